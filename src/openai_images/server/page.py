"""The page for people, and the headers that keep it to itself."""

from __future__ import annotations

from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

__all__ = ["page_routes"]

_SECURITY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}
_ASSETS = {
    "/": ("index.html", "text/html"),
    "/static/page.css": ("page.css", "text/css"),
    "/static/page.js": ("page.js", "text/javascript"),
    "/static/icon.svg": ("icon.svg", "image/svg+xml"),
}


def page_routes() -> list[Route]:
    """One route for each file of the page; no path of a request ever reaches the file system."""
    return [Route(path, _asset, methods=["GET"]) for path in _ASSETS]


async def _asset(request: Request) -> Response:
    name, media_type = _ASSETS[request.url.path]
    return Response(_content(name), media_type=media_type, headers=_SECURITY)


@cache
def _content(name: str) -> bytes:
    return (resources.files(__package__) / "static" / name).read_bytes()
