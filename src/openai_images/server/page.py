"""The page for people, and the headers that keep it to itself."""

from __future__ import annotations

from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import gallery

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
_PAGE = resources.files(__package__) / "static"
# Its viewer shows pictures here, too.
_GALLERY = resources.files(gallery)
_ASSETS = {
    "/": (_PAGE / "index.html", "text/html"),
    "/static/page.css": (_PAGE / "page.css", "text/css"),
    "/static/page.js": (_PAGE / "page.js", "text/javascript"),
    "/static/viewer.css": (_GALLERY / "viewer.css", "text/css"),
    "/static/viewer.js": (_GALLERY / "viewer.js", "text/javascript"),
    "/static/icon.svg": (_PAGE / "icon.svg", "image/svg+xml"),
}


def page_routes() -> list[Route]:
    """One route for each file of the page; no path of a request ever reaches the file system."""
    return [Route(path, _asset, methods=["GET"]) for path in _ASSETS]


async def _asset(request: Request) -> Response:
    return Response(
        _content(request.url.path), media_type=_ASSETS[request.url.path][1], headers=_SECURITY
    )


@cache
def _content(path: str) -> bytes:
    return _ASSETS[path][0].read_bytes()
