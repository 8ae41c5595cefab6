"""Addresses that a person enters: refused where they cannot work, never quoted with a secret."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from ..errors import InvalidConnection

__all__ = ["check_base_url", "check_proxy"]


def check_base_url(url: str) -> None:
    """Refuse what cannot be the root of an API.

    Raises:
        InvalidConnection: it is no http or https address, holds a secret, or names one call.
    """
    parts = _split(url, "The base URL", "https://host:port/v1")
    if "@" in url:
        raise InvalidConnection(
            "The base URL holds a user name or password: put the key into a credential instead."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidConnection(
            f'The base URL "{url}" is not an http or https address: '
            "write it like https://host:port/v1."
        )
    if parts.query or parts.fragment:
        raise InvalidConnection(
            "The base URL has a query or fragment: give the address of the API alone, "
            "such as https://host/v1."
        )
    if parts.path.endswith(("/images/variations", "/images/edits")):
        raise InvalidConnection(
            f'The base URL "{url}" is the address of one call: '
            "leave /images/... out, the nodes add it."
        )


def check_proxy(url: str) -> None:
    """Refuse what cannot be a proxy that may stand in a workflow.

    Raises:
        InvalidConnection: it is no http or https address of a host, or it holds a user name or
            password, which would be stored in the workflow.
    """
    parts = _split(url, "Proxy", "http://host:port")
    if "@" in url:
        raise InvalidConnection(
            "Proxy holds a user name or password, which would be stored in the workflow: enter "
            "them in KNIME's preferences, under Network Connections, and leave Proxy empty."
        )
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    if not is_web or parts.path.strip("/") or parts.query or parts.fragment:
        raise InvalidConnection(
            f'Proxy is "{url}": write it like http://host:port. SOCKS proxies are not supported.'
        )


def _split(url: str, what: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_valid = parts.port is None or parts.port > 0
    except ValueError:
        is_valid = False
    if not is_valid:
        raise InvalidConnection(f"{what} is not a valid address: write it like {example}.")
    return parts
