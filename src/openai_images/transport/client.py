"""The calls of an OpenAI-compatible service."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from ..connection import Connection
from ..errors import InvalidPicture, NoAnswer
from ..models import Model
from ..response import ApiResponse
from ..secret import Secret
from ..watch import UNWATCHED, Watch
from .advice import error_answer
from .credentials import (
    Mask,
    check_credentials,
    public_headers,
    request_headers,
    same_origin,
)
from .download import Terms, fetch
from .exchange import Call
from .limits import DOWNLOAD_CONNECT_SECONDS, MAX_ANSWER_BYTES
from .models import image_models
from .multipart import FilePart, encode_form
from .pace import Pace
from .repeating import call_repeatedly
from .way import Way, bundle_to_trust, check_certificate, is_public, way_to


class Transport:
    """Calls a service over the network; may be used by many threads at once.

    Raises:
        InvalidCredential: the service needs a key and `secret` is None.
        InvalidConnection: the key would travel unencrypted, a header cannot be sent, or the CA
            bundle or the client certificate cannot be used.
    """

    def __init__(self, connection: Connection, secret: Secret | None = None) -> None:
        check_credentials(connection, secret)
        self._connection = connection
        self._secret = secret
        check_certificate(connection.client_certificate)
        self._bundle = bundle_to_trust(connection.ca_bundle)
        self._mask = Mask(secret)
        self._pace = Pace(connection.requests_per_minute, connection.retry.max_wait)
        self._closed = threading.Event()

    def post_form(
        self,
        path: str,
        fields: Sequence[tuple[str, str]],
        files: Sequence[FilePart],
        watch: Watch = UNWATCHED,
    ) -> ApiResponse:
        """Post a form; what may have been billed is repeated only where the policy says so.

        Raises:
            NoAnswer: no HTTP answer came; an HTTP error is an answer and is returned.
            Canceled: the watch said so, or the transport was closed.
        """
        body, content_type = encode_form(fields, files)
        return self._call("POST", path, body, {"Content-Type": content_type}, watch)

    def get(self, path: str, watch: Watch = UNWATCHED) -> ApiResponse:
        """Get a resource of the API.

        Raises:
            NoAnswer: no HTTP answer came; an HTTP error is an answer and is returned.
            Canceled: the watch said so, or the transport was closed.
        """
        return self._call("GET", path, None, {}, watch)

    def list_models(self, watch: Watch = UNWATCHED) -> tuple[Model, ...]:
        """The image models that the service lists, sorted by name.

        Raises:
            ErrorAnswer: it answered with an error.
            BadAnswer: its answer is no list of models.
            NoAnswer, Canceled: as `get`.
        """
        answer = self.get("/models", watch)
        if answer.status != 200:
            raise error_answer(answer, self._connection)
        return image_models(answer)

    def download(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        """The picture behind an address of a result.

        Only the service's own host may be inside this network or machine, and only the service
        itself gets the key, across redirects too.

        Raises:
            NoAnswer: it cannot be had.
            Canceled: the watch said so, or the transport was closed.
        """
        own_host = urlsplit(self._connection.root).hostname

        def allows(hop: str) -> Callable[[str], bool]:
            return _any if urlsplit(hop).hostname == own_host else is_public

        terms = Terms(
            policy=self._connection.retry,
            way=lambda hop: self._way(hop, DOWNLOAD_CONNECT_SECONDS),
            headers=lambda hop: request_headers(self._connection, self._secret, hop),
            allows=allows,
            mask=self._mask,
        )
        return fetch(url, terms, self._while_open(watch))

    def fetch_picture(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        """The picture behind an address that the user chose; private networks are allowed.

        It travels like a call, by the same proxy and certificates, but without the key.

        Raises:
            InvalidPicture: it cannot be had; nothing was billed.
            Canceled: the watch said so, or the transport was closed.
        """
        terms = Terms(
            policy=self._connection.retry,
            way=lambda hop: self._way(hop, DOWNLOAD_CONNECT_SECONDS),
            headers=lambda _: public_headers(),
            allows=lambda _: _any,
            mask=self._mask,
        )
        try:
            return fetch(url, terms, self._while_open(watch))
        except NoAnswer as error:
            message = str(error)
        raise InvalidPicture(f"The picture cannot be downloaded. {message}")

    def close(self) -> None:
        """End the calls that other threads still make."""
        self._closed.set()

    def _while_open(self, watch: Watch) -> Watch:
        return _UntilClosed(watch, self._closed)

    def _way(self, url: str, connect_timeout: float) -> Way:
        own = same_origin(url, self._connection.root)
        return way_to(
            url,
            connect_timeout,
            bundle=self._bundle,
            certificate=self._connection.client_certificate if own else "",
            own_proxy=self._connection.proxy,
        )

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        watch: Watch,
    ) -> ApiResponse:
        connection = self._connection
        url = connection.root + path

        def new_call(ends: float) -> Call:
            return Call(
                method=method,
                url=url,
                way=self._way(url, connection.timeouts.connect),
                read_timeout=connection.timeouts.read,
                ends=ends,
                bound=f"the deadline of {connection.retry.deadline:g} s",
                max_bytes=MAX_ANSWER_BYTES,
                headers={**request_headers(connection, self._secret, url), **headers},
                body=body,
                mask=self._mask,
            )

        return call_repeatedly(
            new_call,
            connection.retry,
            self._pace,
            self._while_open(watch),
            is_charged=method == "POST",
        )


class _UntilClosed:
    """A watch that also ends the work once the transport is closed."""

    def __init__(self, watch: Watch, closed: threading.Event) -> None:
        self._watch = watch
        self._closed = closed
        self.progress = watch.progress
        self.warn = watch.warn

    def canceled(self) -> bool:
        return self._closed.is_set() or self._watch.canceled()


def _any(address: str) -> bool:
    return True
