"""The calls of an OpenAI-compatible service."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from ..addresses import is_public, literal_address
from ..connection import Connection
from ..errors import InvalidPicture, NoAnswer
from ..models import Model, image_models
from ..response import ApiResponse
from ..secret import Secret
from ..watch import UNWATCHED, Watch, WatchThrough
from .attempts import send_with_retries
from .credentials import check_credentials, public_headers, request_headers, same_origin
from .download import fetch
from .error_answers import error_answer
from .exchange import HttpRequest
from .limits import (
    DOWNLOAD_CONNECT_SECONDS,
    DOWNLOAD_READ_SECONDS,
    DOWNLOAD_SECONDS,
    MAX_ANSWER_BYTES,
    MAX_DOWNLOAD_BYTES,
)
from .masking import Mask
from .multipart import FilePart, encode_form
from .network import NetworkRoute, bundle_to_trust, check_certificate, route_to
from .ratelimit import Clock, RateLimit


class Transport:
    """Calls a service over the network; may be used by many threads at once.

    Args:
        shares_rate_limit: whether the limit counts the calls of all processes of this user, or
            those of this object alone.

    Raises:
        InvalidCredential: the service needs a key and `secret` is None.
        InvalidConnection: the key would travel unencrypted, a header cannot be sent, or the CA
            bundle or the client certificate cannot be used.
    """

    def __init__(
        self,
        connection: Connection,
        secret: Secret | None = None,
        clock: Clock = time,
        *,
        shares_rate_limit: bool = True,
    ) -> None:
        check_credentials(connection, secret)
        self._connection = connection
        check_certificate(connection.client_certificate)
        self._bundle = bundle_to_trust(connection.ca_bundle)
        self._key = (secret, Mask(secret))
        self._clock = clock
        longest = connection.retry.max_wait
        service = f"{connection.root} {connection.credential}" if shares_rate_limit else None
        self._rate_limit = RateLimit(connection.requests_per_minute, longest, service, clock)
        # Those that the base URL spells, and those that the API was reached at.
        self._own_addresses = _spelled_addresses(urlsplit(connection.root).hostname or "")
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
        with watch.turn():
            return self._call("POST", path, watch, {"Content-Type": content_type}, body)

    def get(self, path: str, watch: Watch = UNWATCHED) -> ApiResponse:
        """Get a resource of the API.

        Raises:
            NoAnswer: no HTTP answer came; an HTTP error is an answer and is returned.
            Canceled: the watch said so, or the transport was closed.
        """
        return self._call("GET", path, watch)

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

        Only the service's own address and port may be inside this network or machine, and only
        the service itself gets the key, across redirects too.

        Raises:
            NoAnswer: it cannot be had.
            Canceled: the watch said so, or the transport was closed.
        """
        return self._fetch(url, watch, is_result=True)

    def fetch_picture(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        """The picture behind an address that the user chose; private networks are allowed.

        It travels like a call, by the same proxy and certificates, but without the key.

        Raises:
            InvalidPicture: it cannot be had; nothing was billed.
            Canceled: the watch said so, or the transport was closed.
        """
        try:
            return self._fetch(url, watch, is_result=False)
        except NoAnswer as error:
            message = str(error)
        raise InvalidPicture(f"The picture cannot be downloaded. {message}")

    def close(self) -> None:
        """End the calls that other threads still make."""
        self._closed.set()

    def _call(
        self,
        method: str,
        path: str,
        watch: Watch,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> ApiResponse:
        connection = self._connection
        url = connection.root + path
        secret, mask = self._current_key()
        request = HttpRequest(
            method=method,
            url=url,
            route=self._route(url, connection.timeouts.connect),
            read_timeout=connection.timeouts.read,
            seconds=connection.retry.deadline,
            deadline=connection.retry.deadline,
            max_bytes=MAX_ANSWER_BYTES,
            headers={**request_headers(connection, secret, url), **(headers or {})},
            body=body,
            connected=self._own_addresses.add,
        )
        return self._send(request, self._rate_limit, mask, watch)

    def _fetch(self, url: str, watch: Watch, *, is_result: bool) -> bytes:
        connection = self._connection
        seconds = min(DOWNLOAD_SECONDS, connection.retry.deadline)
        ends = self._clock.monotonic() + seconds
        # What a host of pictures says about its limits concerns this picture alone.
        rate_limit = RateLimit(0, connection.retry.max_wait, clock=self._clock)

        def get(hop: str) -> ApiResponse:
            secret, mask = self._current_key()
            with_key = request_headers(connection, secret, hop)
            request = HttpRequest(
                method="GET",
                url=hop,
                route=self._route(hop, DOWNLOAD_CONNECT_SECONDS),
                read_timeout=DOWNLOAD_READ_SECONDS,
                seconds=ends - self._clock.monotonic(),
                deadline=seconds,
                max_bytes=MAX_DOWNLOAD_BYTES,
                headers=with_key if is_result else public_headers(),
                allows=self._allowed_at(hop) if is_result else _any,
            )
            return self._send(request, rate_limit, mask.headers, watch)

        return fetch(url, get)

    def _send(
        self,
        request: HttpRequest,
        rate_limit: RateLimit,
        mask: Callable[[ApiResponse], ApiResponse],
        watch: Watch,
    ) -> ApiResponse:
        while_open = _UntilClosed(watch, self._closed)
        policy = self._connection.retry
        return send_with_retries(request, policy, rate_limit, mask, while_open, self._clock)

    def _current_key(self) -> tuple[Secret | None, Mask]:
        """The key as it is now, and what takes it out of the answer."""
        before, mask = self._key
        now = before.renewed() if before is not None else None
        if now is not before:
            mask = Mask(now)
            self._key = (now, mask)
        return now, mask

    def _route(self, url: str, connect_timeout: float) -> NetworkRoute:
        own = same_origin(url, self._connection.root)
        return route_to(
            url,
            connect_timeout,
            bundle=self._bundle,
            certificate=self._connection.client_certificate if own else "",
            own_proxy=self._connection.proxy,
        )

    def _allowed_at(self, url: str) -> Callable[[str], bool]:
        """Which addresses the host of a result's URL may have.

        Public ones; and where it is the service's own origin, those that the base URL names or
        led to, which may be inside.
        """
        if not same_origin(url, self._connection.root):
            return is_public
        return lambda address: address in self._own_addresses or is_public(address)


class _UntilClosed(WatchThrough):
    """A watch that also ends the work once the transport is closed."""

    def __init__(self, watch: Watch, closed: threading.Event) -> None:
        super().__init__(watch)
        self._closed = closed

    def canceled(self) -> bool:
        return self._closed.is_set() or super().canceled()


def _spelled_addresses(host: str) -> set[str]:
    """The addresses that a host name stands for without asking a name server."""
    if host.lower().rstrip(".") == "localhost":
        return {"127.0.0.1", "::1"}
    address = literal_address(host)
    return {address} if address else set()


def _any(address: str) -> bool:
    return True
