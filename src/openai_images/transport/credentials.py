"""Where the key goes, and where it never may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from ..addresses import is_loopback
from ..connection import Connection, ServiceKind
from ..errors import InvalidConnection, InvalidCredential
from ..secret import Secret

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
    if secret is None and connection.service.needs_key:
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
            "base URL, or allow plain HTTP if the network between is yours."
        )


def request_headers(connection: Connection, secret: Secret | None, url: str) -> dict[str, str]:
    """The headers of a call to `url`: with key and account only where the service itself is."""
    headers = public_headers()
    if not same_origin(url, connection.root):
        return headers
    headers.update(_account(connection))
    takes_keys_apart = connection.service is ServiceKind.AZURE
    if secret is not None and takes_keys_apart and not secret.is_token:
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
