"""Further HTTP headers, as text in an option."""

from __future__ import annotations

from ..errors import InvalidConnection

__all__ = ["parse_headers"]

_SECRET_HEADERS = frozenset({"authorization", "api-key", "cookie", "proxy-authorization"})


def parse_headers(text: str) -> tuple[tuple[str, str], ...]:
    """Read `Name: value` lines; empty lines are passed over.

    Raises:
        InvalidConnection: a line has no colon, or its name is not that of a header, or it is the
            header that carries a key. The value is never quoted: it may be a secret by mistake.
    """
    return tuple(_header(line) for line in text.splitlines() if line.strip())


def _header(line: str) -> tuple[str, str]:
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not colon or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise InvalidConnection("A line of Extra Headers is not of the form Name: value.")
    if name.lower() in _SECRET_HEADERS:
        raise InvalidConnection(
            f"Extra Headers has {name}, which carries a secret: "
            "put the key into a credential instead, settings are stored in the workflow."
        )
    if not value.isascii() or not value.isprintable():
        raise InvalidConnection(
            f"The value of the extra header {name} has characters no header may have."
        )
    return name, value
