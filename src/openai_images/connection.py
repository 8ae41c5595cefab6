"""Which service answers, where it is and how patiently it is asked: plain data, never a secret.

A `Connection` travels between nodes as JSON. It holds the credential's name; the secret is read
from the credential where the call is made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from .errors import InvalidConnection

__all__ = [
    "COMPRESSING_FORMATS",
    "DEFAULT_PROMPT",
    "Connection",
    "EditOptions",
    "EngineOptions",
    "RetryPolicy",
    "Route",
    "ServiceKind",
    "Timeouts",
    "parse_headers",
    "parse_seed",
]

OPENAI_BASE_URL = "https://api.openai.com/v1"
AZURE_PATH = "/openai/v1"
# Image formats whose `output_compression` the edits call reads.
COMPRESSING_FORMATS = ("webp", "jpeg")
DEFAULT_PROMPT = (
    "Make a variation of this picture. Keep its subject, style and mood; "
    "vary the composition, the viewpoint and the details."
)
# Where OpenAI switched the variations call off on 2026-05-12.
_RETIRED_HOSTS = ("api.openai.com", ".openai.azure.com", ".services.ai.azure.com")
_SECRET_HEADERS = frozenset({"authorization", "api-key", "cookie", "proxy-authorization"})


class ServiceKind(str, Enum):
    """Who answers."""

    EMBEDDED = "embedded"
    OPENAI = "openai"
    AZURE = "azure"
    COMPATIBLE = "compatible"


class Route(str, Enum):
    """Which call makes a variation."""

    VARIATIONS = "variations"
    EDITS = "edits"


@dataclass(frozen=True)
class Timeouts:
    """Seconds: until connected; without a byte of the answer; for one whole call."""

    connect: float = 10.0
    read: float = 300.0

    def __post_init__(self) -> None:
        for name, seconds in (("Connect timeout", self.connect), ("Read timeout", self.read)):
            if not 0 < seconds <= 86_400:
                raise InvalidConnection(
                    f"{name} is {seconds:g} seconds; it must be over 0 and at most a day."
                )


@dataclass(frozen=True)
class RetryPolicy:
    """When a call is sent again; all numbers of the policy stand here.

    Attributes:
        attempts: calls in total, the first included.
        base_delay: seconds before the second call, doubled each time.
        max_delay: cap of the doubled delay in seconds.
        jitter: share of the delay, 0 to 1, that chance may take off.
        max_wait: the longest `retry-after` in seconds that is obeyed; a longer one ends the call.
        deadline: seconds for all calls and waits together.
        may_bill_twice: also repeat what the service may already have done and charged.
    """

    attempts: int = 5
    base_delay: float = 1.0
    max_delay: float = 30.0
    jitter: float = 0.25
    max_wait: float = 120.0
    deadline: float = 900.0
    may_bill_twice: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 100:
            raise InvalidConnection(f"Attempts is {self.attempts}; it must be 1 to 100.")
        for name in ("base_delay", "max_delay", "max_wait", "deadline"):
            if not getattr(self, name) >= 0:
                raise InvalidConnection(f"Retry {name} is negative; use 0 or more seconds.")
        if not 0 <= self.jitter <= 1:
            raise InvalidConnection(f"Retry jitter is {self.jitter:g}; it must be 0 to 1.")


@dataclass(frozen=True)
class EngineOptions:
    """The embedded engine's own settings.

    Attributes:
        strength: how far a variation may go from the picture, 0 to 1.
        seed: the same seed gives the same pixels; None takes a fresh one for each call.
        mirror: whether a variation may be the mirror image.
    """

    strength: float = 0.5
    seed: int | None = None
    mirror: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise InvalidConnection(f"Strength is {self.strength:g}; it must be 0 to 1.")
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise InvalidConnection(f"Seed is {self.seed}; it must be 0 or a positive integer.")


@dataclass(frozen=True)
class EditOptions:
    """What the edits call gets besides the request; an empty text is not sent.

    Attributes:
        prompt: the instruction that makes an edit a variation, up to 32,000 characters.
        image_field: `image` or `image[]`, whichever the server reads.
        background, quality, output_format, input_fidelity, moderation: values that the model
            knows; they differ by model and change over time, so none is refused here.
        output_compression: 0 to 100 for JPEG and WebP; None is not sent.
    """

    prompt: str = DEFAULT_PROMPT
    image_field: str = "image"
    background: str = ""
    quality: str = ""
    output_format: str = ""
    output_compression: int | None = None
    input_fidelity: str = ""
    moderation: str = ""

    def __post_init__(self) -> None:
        if not self.prompt.strip() or len(self.prompt) > 32_000:
            raise InvalidConnection(
                f"The prompt has {len(self.prompt)} characters; the edits call needs 1 to 32,000."
            )
        if self.image_field not in ("image", "image[]"):
            raise InvalidConnection(
                f'The image field is "{self.image_field}"; servers know image and image[].'
            )
        if self.output_compression is not None and not 0 <= self.output_compression <= 100:
            raise InvalidConnection(
                f"Output compression is {self.output_compression}; it must be 0 to 100."
            )


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
        requests_per_minute: the most calls a node makes in a minute; 0 for no limit.
        ca_bundle: path of a PEM file with the certificates to trust; empty for the usual ones.
        allow_plain_http: whether the key may travel unencrypted to another machine.
        headers: further HTTP headers (name, value); never for secrets.
        models: image models that the connector found at the service.

    Raises:
        InvalidConnection: the settings are incomplete or contradict each other.
    """

    service: ServiceKind = ServiceKind.EMBEDDED
    credential: str = ""
    base_url: str = ""
    organization: str = ""
    project: str = ""
    route: Route = Route.VARIATIONS
    default_model: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    requests_per_minute: int = 0
    ca_bundle: str = ""
    allow_plain_http: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    engine: EngineOptions = field(default_factory=EngineOptions)
    edits: EditOptions = field(default_factory=EditOptions)
    models: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.service is ServiceKind.EMBEDDED:
            return
        if self.service is not ServiceKind.OPENAI and not self.base_url:
            raise InvalidConnection(
                "The base URL is empty: enter the address of the service, "
                "such as http://localhost:9997/v1."
            )
        _check_base_url(self.root)
        if self.needs_credential and not self.credential:
            raise InvalidConnection(
                "No credential is chosen: pick the one whose password is the API key."
            )
        if self.requests_per_minute < 0:
            raise InvalidConnection("Requests per minute is negative; use 0 for no limit.")

    @property
    def needs_credential(self) -> bool:
        """Whether the service cannot be called without a key."""
        return self.service in (ServiceKind.OPENAI, ServiceKind.AZURE)

    @property
    def root(self) -> str:
        """The API's root without a trailing slash, such as `https://api.openai.com/v1`."""
        url = (self.base_url.strip() or OPENAI_BASE_URL).rstrip("/")
        if self.service is ServiceKind.AZURE and not urlsplit(url).path.strip("/"):
            return url + AZURE_PATH
        return url

    @property
    def uses_retired_call(self) -> bool:
        """Whether variations are asked of a service that is known to have ended the call."""
        host = urlsplit(self.root).hostname or ""
        remote = self.service is not ServiceKind.EMBEDDED
        return remote and self.route is Route.VARIATIONS and host.endswith(_RETIRED_HOSTS)

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
        known["route"] = Route(known.get("route", Route.VARIATIONS))
        known["headers"] = tuple((name, value) for name, value in known.get("headers", ()))
        known["models"] = tuple(known.get("models", ()))
        for name, kind in _PARTS.items():
            known[name] = kind(**_known(kind, known.get(name, {})))
        return cls(**known)


_PARTS: Mapping[str, type] = {
    "timeouts": Timeouts,
    "retry": RetryPolicy,
    "engine": EngineOptions,
    "edits": EditOptions,
}


def parse_seed(text: str) -> int | None:
    """A seed from an option's text; empty for none.

    Raises:
        InvalidConnection: it is no whole number of 0 or more.
    """
    trimmed = text.strip()
    if not trimmed:
        return None
    if not (trimmed.isascii() and trimmed.isdigit()):
        raise InvalidConnection(
            f'Seed is "{trimmed}"; enter a whole number of 0 or more, or leave it empty.'
        )
    return int(trimmed)


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


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    names = {f.name for f in dataclasses.fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _check_base_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise InvalidConnection(
            "The base URL is not a valid address: write it like https://host:port/v1."
        ) from None
    if "@" in parts.netloc:
        raise InvalidConnection(
            "The base URL holds a user name or password: put the key into a credential instead."
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_valid:
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
