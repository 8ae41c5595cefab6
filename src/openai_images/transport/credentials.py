"""Where the key goes, and where it never may."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, quote, quote_plus, urlsplit

from ..addresses import is_loopback
from ..connection import Connection, ServiceKind
from ..errors import InvalidConnection, InvalidCredential
from ..response import ApiResponse
from ..secret import Secret
from .limits import MIN_MASKED_KEY

_MASK = b"[key]"
_PORTS = {"http": 80, "https": 443}
# RFC 9110, 5.1 and 5.5; anything else would be refused by http.client with the value quoted.
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[ -~]*")
_OWN_HEADERS = frozenset(
    {"connection", "content-length", "content-type", "host", "transfer-encoding"}
)


def check_credentials(connection: Connection, secret: Secret | None) -> None:
    """Refuse what must not be sent, before anything is.

    Raises:
        InvalidCredential: the service needs a key and there is none.
        InvalidConnection: the key would travel unencrypted to another machine, or a header of the
            connection cannot be sent.
    """
    if secret is None and connection.needs_credential:
        raise InvalidCredential(
            "This service needs an API key: choose a credential that holds it as its password."
        )
    for name, value in _account(connection).items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            raise InvalidConnection(f'"{name}" cannot be an additional header: remove it.')
        if not _HEADER_VALUE.fullmatch(value):
            raise InvalidConnection(
                f'The value of the header "{name}" has line breaks or characters other than '
                "ASCII in it: enter it again."
            )
    parts = urlsplit(connection.root)
    is_plain = parts.scheme == "http" and not is_loopback(parts.hostname or "")
    if secret is not None and is_plain and not connection.allow_plain_http:
        raise InvalidConnection(
            f"The API key would travel unencrypted to {parts.hostname}: write https:// in the "
            "base URL, or allow plain HTTP in the connector if the network between is yours."
        )


def request_headers(connection: Connection, secret: Secret | None, url: str) -> dict[str, str]:
    """The headers of a call to `url`: with key and account only where the service itself is."""
    headers = public_headers()
    if not same_origin(url, connection.root):
        return headers
    headers.update(_account(connection))
    if secret is not None and connection.service is ServiceKind.AZURE:
        headers["api-key"] = secret.reveal()
    elif secret is not None:
        headers["Authorization"] = f"Bearer {secret.reveal()}"
    return headers


def public_headers() -> dict[str, str]:
    """The headers of a call to anybody: neither key nor account."""
    return {
        "User-Agent": "openai-images",
        "Accept": "*/*",
        # Pictures do not compress, and what arrives as it is cannot be a decompression bomb.
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common (RFC 6454)."""
    return _origin(urlsplit(one)) == _origin(urlsplit(other))


def _account(connection: Connection) -> Mapping[str, str]:
    named = {
        "OpenAI-Organization": connection.organization.strip(),
        "OpenAI-Project": connection.project.strip(),
    }
    return {name: value for name, value in named.items() if value} | dict(connection.headers)


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(scheme)


class Mask:
    """Takes the key out of an answer: a service may echo it, and answers become results."""

    def __init__(self, secret: Secret | None) -> None:
        key = secret.reveal() if secret is not None else ""
        forms = _written_forms(key) if len(key) >= MIN_MASKED_KEY else set()
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, response: ApiResponse) -> ApiResponse:
        """The answer without the key, be it plain, percent-encoded, base64 or escaped JSON."""
        headers = {
            name: self._masked(value.encode("latin-1", "replace")).decode("latin-1")
            for name, value in response.headers.items()
        }
        return ApiResponse(response.status, headers, self._masked(response.body))

    def _masked(self, text: bytes) -> bytes:
        for form in self._forms:
            if form in text:
                text = text.replace(form, _MASK)
        return text


def _written_forms(key: str) -> set[bytes]:
    texts = {key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1]}
    return {text.encode() for text in texts} | set(_base64_forms(key.encode()))


def _base64_forms(key: bytes) -> list[bytes]:
    """The letters that depend on the key alone, where 0, 1 or 2 bytes stand before it."""
    forms = [base64.b64encode(key), base64.urlsafe_b64encode(key)]
    for before in range(3):
        letters = base64.b64encode(b"\0" * before + key)
        first, last = -(-before * 8 // 6), (before + len(key)) * 8 // 6
        forms += [letters[first:last], base64.urlsafe_b64encode(b"\0" * before + key)[first:last]]
    return forms
