"""The node *OpenAI Image Connector*."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import knime.extension as knext

from ..connection import CREDENTIAL_PORT, Connection, Route, ServiceKind
from ..errors import Canceled
from ..options import (
    COMPRESSING_FORMATS,
    DEFAULT_PROMPT,
    EditOptions,
    EngineOptions,
    parse_headers,
    read_seed,
)
from ..session import open_session
from . import context
from .category import CATEGORY
from .parameters import (
    NetworkParameters,
    PriceParameters,
    RetryParameters,
    RouteChoice,
    ServiceChoice,
    checked_in_configure,
)
from .ports import ConfigurationObject, ConfigurationSpec, configuration_port_type

RETIRED_CALL = (
    "OpenAI and Azure switched the variations call off in May 2026: "
    "set Make Variations With to Automatic or to the edits call."
)


@knext.node(
    name="OpenAI Image Connector",
    node_type=knext.NodeType.SOURCE,
    icon_path="icons/openai_image_connector.png",
    category=CATEGORY,
    keywords=["OpenAI", "Azure", "image", "variation", "connector", "credentials", "GPT Image"],
    id="openai_image_connector",
)
@knext.input_port(
    "Credential",
    "Optional: a token in place of an API key, from a node such as Microsoft Authenticator. The "
    "nodes ask KNIME for the token whenever they need it, so one that ends is renewed. For Azure "
    "the scope is `https://cognitiveservices.azure.com/.default`.",
    knext.PortType.CREDENTIAL,
    optional=True,
)
@knext.output_port(
    "Configuration",
    "Which service answers, for the image nodes. It holds the credential's name, never its secret.",
    configuration_port_type,
)
class OpenAIImageConnector:
    """Says which service makes the images.

    Choose the **Embedded** engine, which needs no account, or a service that speaks OpenAI's
    images API, and connect the output to the image nodes. They read the API key from the
    credential of that name when they run; the key itself is never stored. A service that takes
    OAuth tokens, such as Azure OpenAI with Microsoft Entra ID, gets them by the **credential
    port** (the three dots on the node add it).
    """

    service = knext.EnumParameter(
        "Service", "Who makes the images.", ServiceChoice.EMBEDDED.name, ServiceChoice
    )
    _remote = knext.OneOf(
        service,
        [ServiceChoice.OPENAI.name, ServiceChoice.AZURE.name, ServiceChoice.COMPATIBLE.name],
    )
    _openai = knext.OneOf(service, [ServiceChoice.OPENAI.name])
    _embedded = knext.OneOf(service, [ServiceChoice.EMBEDDED.name])

    credentials = knext.StringParameter(
        "Credentials",
        "The credential whose password is the API key. Only its name is stored. "
        f"*{context.ONLY_CREDENTIAL}* takes the workflow's credential where there is exactly one "
        "and the service is OpenAI or Azure; other servers get a key only if one is chosen. A "
        "connected credential port takes its place.",
        context.ONLY_CREDENTIAL,
        choices=context.credential_names,
    ).rule(
        knext.And(_remote, knext.DialogContextCondition(context.has_no_token)), knext.Effect.SHOW
    )
    base_url = knext.StringParameter(
        "Base URL",
        "Root of the API, such as `http://localhost:9997/v1`; for Azure the resource's endpoint. "
        "Empty for OpenAI's own address.",
        "",
    ).rule(_remote, knext.Effect.SHOW)
    organization = knext.StringParameter(
        "Organization", "Sent as `OpenAI-Organization`; may stay empty.", "", is_advanced=True
    ).rule(_openai, knext.Effect.SHOW)
    project = knext.StringParameter(
        "Project", "Sent as `OpenAI-Project`; may stay empty.", "", is_advanced=True
    ).rule(_openai, knext.Effect.SHOW)
    route = knext.EnumParameter(
        "Make Variations With",
        "Which of the service's calls makes a variation.",
        RouteChoice.AUTOMATIC.name,
        RouteChoice,
        style=knext.EnumParameter.Style.VALUE_SWITCH,
    ).rule(_remote, knext.Effect.SHOW)
    _edits = knext.And(
        _remote,
        knext.Or(
            knext.OneOf(route, [RouteChoice.EDITS.name]),
            knext.And(
                knext.OneOf(route, [RouteChoice.AUTOMATIC.name]),
                knext.OneOf(service, [ServiceChoice.OPENAI.name, ServiceChoice.AZURE.name]),
            ),
        ),
    )
    prompt = knext.MultilineStringParameter(
        "Prompt", "What the edits call is told to do with the picture.", DEFAULT_PROMPT
    ).rule(_edits, knext.Effect.SHOW)
    default_model = knext.StringParameter(
        "Default Model",
        "Used where a node sets no model of its own. Empty for the service's default.",
        "",
    ).rule(_remote, knext.Effect.SHOW)
    check_connection = knext.BoolParameter(
        "Check Connection",
        "Ask the service for its models when this node runs. A wrong address or key then shows "
        "here, the nodes behind offer the image models that were found, and a model that will be "
        "shut down within 60 days is warned of. It costs nothing. Off, this node calls nobody.",
        True,
    ).rule(_remote, knext.Effect.SHOW)

    strength = knext.DoubleParameter(
        "Strength",
        "How far a variation may go from the picture, 0 to 1.",
        EngineOptions.strength,
        validator=checked_in_configure,
        min_value=0.0,
        max_value=1.0,
    ).rule(_embedded, knext.Effect.SHOW)
    seed = knext.StringParameter(
        "Seed",
        "A whole number: the same seed makes the same variations again. "
        "Empty for new ones each time.",
        "",
    ).rule(_embedded, knext.Effect.SHOW)
    mirror = knext.BoolParameter(
        "Allow Mirroring",
        "Whether a variation may be the mirror image. Pictures with lettering are never mirrored.",
        EngineOptions.mirror,
    ).rule(_embedded, knext.Effect.SHOW)

    image_field = knext.StringParameter(
        "Image Field",
        "Name of the form field that holds the picture; some servers read `image[]` only.",
        EditOptions.image_field,
        enum=["image", "image[]"],
        is_advanced=True,
    ).rule(_edits, knext.Effect.SHOW)
    quality = knext.StringParameter(
        "Quality",
        "How carefully the model works; more costs more. Which values a model knows differs.",
        context.SERVICE_DEFAULT,
        choices=context.or_default("auto", "low", "medium", "high", "xhigh", "max"),
        is_advanced=True,
    ).rule(_edits, knext.Effect.SHOW)
    background = knext.StringParameter(
        "Background",
        "What stands behind the subject. Transparent needs PNG or WebP.",
        context.SERVICE_DEFAULT,
        choices=context.or_default("auto", "opaque", "transparent"),
        is_advanced=True,
    ).rule(_edits, knext.Effect.SHOW)
    output_format = knext.StringParameter(
        "Output Format",
        "The files that the service sends; JPEG and WebP are smaller.",
        context.SERVICE_DEFAULT,
        choices=context.or_default("png", "webp", "jpeg"),
        is_advanced=True,
    ).rule(_edits, knext.Effect.SHOW)
    output_compression = knext.IntParameter(
        "Output Compression",
        "0 (smallest file) to 100 (best picture).",
        100,
        validator=checked_in_configure,
        min_value=0,
        max_value=100,
        is_advanced=True,
    ).rule(
        knext.And(_edits, knext.OneOf(output_format, list(COMPRESSING_FORMATS))),
        knext.Effect.SHOW,
    )
    input_fidelity = knext.StringParameter(
        "Input Fidelity",
        "How closely the result keeps to the picture, for models that know it.",
        context.SERVICE_DEFAULT,
        choices=context.or_default("high", "low"),
        is_advanced=True,
    ).rule(_edits, knext.Effect.SHOW)
    moderation = knext.StringParameter(
        "Moderation",
        "How strictly the service filters.",
        context.SERVICE_DEFAULT,
        choices=context.or_default("auto", "low"),
        is_advanced=True,
    ).rule(_edits, knext.Effect.SHOW)

    # What a group's decorator gives is more than mypy knows of it.
    retries: RetryParameters = cast(Any, RetryParameters()).rule(_remote, knext.Effect.SHOW)
    network: NetworkParameters = cast(Any, NetworkParameters()).rule(_remote, knext.Effect.SHOW)
    prices: PriceParameters = cast(Any, PriceParameters()).rule(_remote, knext.Effect.SHOW)

    def configure(
        self, ctx: knext.ConfigurationContext, credential: knext.CredentialPortObjectSpec | None
    ) -> ConfigurationSpec:
        with context.refusals():
            configuration = self._configuration(ctx, credential)
            connection = configuration.connection
            secret = context.read_secret(ctx, configuration)
            if connection.service is not ServiceKind.EMBEDDED:
                # Calls nobody, but refuses files, headers and keys that could not be used.
                open_session(connection, secret).close()
        if connection.uses_retired_call:
            ctx.set_warning(RETIRED_CALL)
        if credential is not None and configuration.credential is None:
            ctx.set_warning("The embedded engine needs no login: the credential port is not used.")
        return configuration

    def execute(self, ctx: knext.ExecutionContext, credential: Any) -> ConfigurationObject | None:
        configuration = self._configuration(ctx, credential and credential.spec)
        connection = configuration.connection
        secret = context.read_secret(ctx, configuration)
        if self.check_connection and connection.service is not ServiceKind.EMBEDDED:
            watch = context.NodeWatch(ctx)
            try:
                with open_session(connection, secret) as session:
                    connection = replace(connection, models=session.find_models(watch))
            except Canceled:
                # KNIME itself says so; an exception would look like a failure.
                return None
        return ConfigurationObject(ConfigurationSpec(connection, configuration.credential))

    def _configuration(
        self, ctx: knext.ConfigurationContext, credential: knext.CredentialPortObjectSpec | None
    ) -> ConfigurationSpec:
        """What the options that show say; what another service was told stays behind."""
        service = ServiceKind[self.service]
        if service is ServiceKind.EMBEDDED:
            seed = read_seed(self.seed) if self.seed.strip() else None
            return ConfigurationSpec(
                Connection(engine=EngineOptions(self.strength, seed, self.mirror))
            )
        if credential is not None:
            return ConfigurationSpec(self._remote_to(service, CREDENTIAL_PORT), credential)
        name = context.credential_name(ctx, self.credentials, needed=service.needs_key)
        return ConfigurationSpec(self._remote_to(service, name))

    def _remote_to(self, service: ServiceKind, credential: str) -> Connection:
        is_openai = service is ServiceKind.OPENAI
        return Connection(
            service=service,
            credential=credential,
            base_url=self.base_url.strip(),
            organization=self.organization.strip() if is_openai else "",
            project=self.project.strip() if is_openai else "",
            route=Route[self.route],
            default_model=self.default_model.strip(),
            timeouts=self.network.timeouts(),
            retry=self.retries.policy(),
            requests_per_minute=self.network.requests_per_minute,
            ca_bundle=self.network.ca_bundle or "",
            client_certificate=self.network.client_certificate or "",
            proxy=self.network.proxy.strip(),
            allow_plain_http=self.network.allow_plain_http,
            headers=parse_headers(self.network.headers),
            edits=self._edit_options(),
            prices=self.prices.prices(),
        )

    def _edit_options(self) -> EditOptions:
        compresses = self.output_format.strip() in COMPRESSING_FORMATS
        return EditOptions(
            prompt=self.prompt,
            image_field=self.image_field,
            background=_set(self.background),
            quality=_set(self.quality),
            output_format=_set(self.output_format),
            output_compression=self.output_compression if compresses else None,
            input_fidelity=_set(self.input_fidelity),
            moderation=_set(self.moderation),
        )


def _set(choice: str) -> str:
    """What was chosen; empty for the service's default."""
    return "" if choice == context.SERVICE_DEFAULT else choice.strip()
