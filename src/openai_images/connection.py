"""Which service answers, and where: everything needed to call it, but the secret.

A `Connection` travels between nodes as JSON. It holds the credential's name; the secret is read
from the credential where the call is made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .errors import InvalidConnection
from .models import Model
from .options import EditOptions, EngineOptions, Prices, RetryPolicy, Timeouts
from .text import one_line

__all__ = ["Connection", "Route", "ServiceKind"]

OPENAI_BASE_URL = "https://api.openai.com/v1"
# Stands for the name of a credential where a token comes by a port of a node.
CREDENTIAL_PORT = "(the credential port)"
AZURE_PATH = "/openai/v1"
# Where OpenAI switched the variations call off on 2026-05-12.
_RETIRED_HOSTS = ("api.openai.com", ".openai.azure.com", ".services.ai.azure.com")


class ServiceKind(str, Enum):
    """Who answers."""

    EMBEDDED = "embedded"
    OPENAI = "openai"
    AZURE = "azure"
    COMPATIBLE = "compatible"

    @property
    def needs_key(self) -> bool:
        """Whether it cannot be called without a key."""
        return self in (ServiceKind.OPENAI, ServiceKind.AZURE)


class Route(str, Enum):
    """Which call makes a variation; automatic is the edits call where the other one has ended."""

    AUTOMATIC = "automatic"
    VARIATIONS = "variations"
    EDITS = "edits"


@dataclass(frozen=True)
class Connection:
    """Everything a service needs to be called, but the secret.

    Attributes:
        service: who answers.
        credential: the name of the credential that holds the API key; empty for none.
        base_url: root of the API; empty for OpenAI's own address and for the embedded engine.
        organization, project: OpenAI's headers of the same names; empty for none.
        route: which call makes a variation.
        default_model: sent where the request names no model; empty for the server's default.
        requests_per_minute: the most calls in any minute, of all processes of this user; 0 for no
            limit.
        ca_bundle: path of a PEM file with the certificates to trust; empty for the usual ones.
        client_certificate: path of a PEM file with the certificate, and its unencrypted key, that
            proves to the service who calls; empty for none.
        proxy: address of the proxy, without user name and password; empty for that of the process.
        allow_plain_http: whether the key may travel unencrypted to another machine.
        headers: further HTTP headers (name, value); never for secrets.
        models: image models that the connector found at the service.
        prices: what tokens cost.

    Raises:
        InvalidConnection: the settings are incomplete or contradict each other.
    """

    service: ServiceKind = ServiceKind.EMBEDDED
    credential: str = ""
    base_url: str = ""
    organization: str = ""
    project: str = ""
    route: Route = Route.AUTOMATIC
    default_model: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    requests_per_minute: int = 0
    ca_bundle: str = ""
    client_certificate: str = ""
    proxy: str = ""
    allow_plain_http: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    engine: EngineOptions = field(default_factory=EngineOptions)
    edits: EditOptions = field(default_factory=EditOptions)
    models: tuple[Model, ...] = ()
    prices: Prices = field(default_factory=Prices)

    def __post_init__(self) -> None:
        if self.service is ServiceKind.EMBEDDED:
            return
        if self.service is not ServiceKind.OPENAI and not self.base_url:
            raise InvalidConnection(
                "The base URL is empty: enter the address of the service, "
                "such as http://localhost:9997/v1."
            )
        _check_base_url(self._address)
        if self.proxy:
            _check_proxy(self.proxy)
        if self.service.needs_key and not self.credential:
            raise InvalidConnection(
                "No credential is chosen: pick the one whose password is the API key."
            )
        if self.requests_per_minute < 0:
            raise InvalidConnection("Requests per minute is negative; use 0 for no limit.")

    @property
    def root(self) -> str:
        """The API's root without a trailing slash, such as `https://api.openai.com/v1`."""
        if self.service is not ServiceKind.AZURE:
            return self._address
        parts = urlsplit(self._address)
        is_endpoint = parts.path.strip("/") in ("", "openai")
        return f"{parts.scheme}://{parts.netloc}{AZURE_PATH}" if is_endpoint else self._address

    @property
    def _address(self) -> str:
        return (self.base_url.strip() or OPENAI_BASE_URL).rstrip("/")

    def model(self, name: str) -> Model:
        """What the connector found about the model `name`; its name alone where it found none."""
        return next((model for model in self.models if model.name == name), Model(name))

    @property
    def call(self) -> Route:
        """Which call is made: the route, or what automatic stands for here."""
        if self.route is not Route.AUTOMATIC:
            return self.route
        return Route.EDITS if self._has_ended_variations else Route.VARIATIONS

    @property
    def uses_retired_call(self) -> bool:
        """Whether variations are asked of a service that is known to have ended the call."""
        host = urlsplit(self.root).hostname or ""
        remote = self.service is not ServiceKind.EMBEDDED
        return remote and self.call is Route.VARIATIONS and host.endswith(_RETIRED_HOSTS)

    @property
    def _has_ended_variations(self) -> bool:
        if self.service is ServiceKind.COMPATIBLE:
            return (urlsplit(self.root).hostname or "").endswith(_RETIRED_HOSTS)
        return self.service is not ServiceKind.EMBEDDED

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values; `from_dict` takes them back."""
        values = dataclasses.asdict(self)
        values["service"] = self.service.value
        values["route"] = self.route.value
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Connection:
        """Rebuild a connection; names that this version does not know are passed over."""
        known = _known(cls, values)
        known["service"] = ServiceKind(known.get("service", ServiceKind.EMBEDDED))
        known["route"] = Route(known.get("route", Route.AUTOMATIC))
        known["headers"] = tuple((name, value) for name, value in known.get("headers", ()))
        known["models"] = tuple(Model(**_known(Model, m)) for m in known.get("models", ()))
        for name, kind in _PARTS.items():
            known[name] = kind(**_known(kind, known.get(name, {})))
        return cls(**known)


_PARTS: Mapping[str, type] = {
    "timeouts": Timeouts,
    "retry": RetryPolicy,
    "engine": EngineOptions,
    "edits": EditOptions,
    "prices": Prices,
}


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {f.name for f in dataclasses.fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _check_base_url(url: str) -> None:
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
            f'The base URL "{one_line(url)}" is not an http or https address: '
            "write it like https://host:port/v1."
        )
    if parts.query or parts.fragment:
        raise InvalidConnection(
            "The base URL has a query or fragment: give the address of the API alone, "
            "such as https://host/v1."
        )
    if parts.path.endswith(("/images/variations", "/images/edits")):
        raise InvalidConnection(
            f'The base URL "{one_line(url)}" is the address of one call: '
            "leave /images/... out, it is added."
        )


def _check_proxy(url: str) -> None:
    """Refuse what cannot be a proxy that may stand in a workflow.

    Raises:
        InvalidConnection: it is no http or https address of a host, or it holds a user name or
            password, which would be stored in the workflow.
    """
    parts = _split(url, "Proxy", "http://host:port")
    if "@" in url:
        raise InvalidConnection(
            "Proxy holds a user name or password, which would be stored: enter them in KNIME's "
            "preferences, under Network Connections, or in the system's proxy settings, and leave "
            "Proxy empty."
        )
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    if not is_web or parts.path.strip("/") or parts.query or parts.fragment:
        raise InvalidConnection(
            f'Proxy is "{one_line(url)}": write it like http://host:port. '
            "SOCKS proxies are not supported."
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
