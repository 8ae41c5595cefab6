"""Which Host and Origin headers are believed.

A server without keys trusts whoever runs programs on its machine. A web page that rebinds its own
name to 127.0.0.1, or posts a form across sites, is not that: its requests carry a foreign name in
Host or Origin, and are refused.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.requests import Request

from ..addresses import is_loopback
from .refusal import Refusal
from .settings import Settings

__all__ = ["Hosts"]

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_.-]{1,253})(:[0-9]{1,5})?")


class Hosts:
    """Checks each request's names, and makes the addresses that answers hold."""

    def __init__(self, settings: Settings) -> None:
        self._public_url = settings.public_url.rstrip("/")
        public = urlsplit(settings.public_url)
        self._public_host = public.hostname
        self._origins = {*settings.allow_origins, f"{public.scheme}://{public.netloc}".lower()}
        self._only_known = not settings.keys

    def check(self, request: Request) -> None:
        """Refuse a request that a foreign page made, or that names a host which cannot be.

        Raises:
            Refusal: 400 for the Host header, 403 for a request across sites.
        """
        host = request.headers.get("host", "localhost")
        if not _HOST.fullmatch(host) or (self._only_known and not self._knows(host)):
            raise Refusal(
                400,
                "The Host header is not an address of this server. Behind a proxy, start the "
                "server with --public-url.",
                code="invalid_host",
            )
        if self._is_foreign(request, host):
            raise Refusal(
                403,
                "A page of another site made this request. To allow that site, start the server "
                "with --allow-origin.",
                code="cross_site_request",
            )

    def address(self, request: Request, path: str) -> str:
        """The absolute URL of `path` on this server, as the client should see it."""
        return (self._public_url or str(request.base_url).rstrip("/")) + path

    def _is_foreign(self, request: Request, host: str) -> bool:
        """Whether a page of another site made the request; programs send neither header."""
        origins = [origin.lower() for origin in request.headers.getlist("origin")]
        if origins:
            own = {*self._origins, f"http://{host}".lower(), f"https://{host}".lower()}
            return not own.issuperset(origins)
        return self._only_known and request.headers.get("sec-fetch-site") == "cross-site"

    def _knows(self, host: str) -> bool:
        name = host.rpartition(":")[0] if re.search(r":[0-9]+$", host) else host
        return is_loopback(name) or name.lower() == self._public_host
