"""The node *Create Image Variation*."""

from __future__ import annotations

from pathlib import Path

import knime.extension as knext

from ..errors import Canceled
from ..job import ResultFormat, VariationJob
from ..pictures import Preparation
from ..request import (
    DEFAULT_N,
    DEFAULT_RESPONSE_FORMAT,
    DEFAULT_SIZE,
    MAX_N,
    RESPONSE_FORMATS,
    SIZES,
    VariationRequest,
    parse_extra_fields,
)
from ..session import open_session
from . import context
from .category import CATEGORY
from .parameters import (
    FailureChoice,
    PreparationChoice,
    ResultFormatChoice,
    checked_in_configure,
)
from .ports import ConfigurationObject, ConfigurationSpec, configuration_port_type


@knext.node(
    name="Create Image Variation",
    node_type=knext.NodeType.MANIPULATOR,
    icon_path="icons/create_image_variation.png",
    category=CATEGORY,
    keywords=["OpenAI", "image", "picture", "variation", "generate", "DALL-E", "GPT Image"],
    id="create_image_variation",
)
@knext.input_port("Configuration", "Which service makes the images.", configuration_port_type)
@knext.output_table("Result", "The service's answer, in the form that Result Format says.")
@knext.output_port(
    "Configuration", "The same configuration, for the next node.", configuration_port_type
)
@knext.output_view("Gallery", "The picture and its variations.")
class CreateImageVariation:
    """Makes variations of an image.

    Sends a picture to the service behind the configuration port and gives back what it makes of
    it. Each option with a *Set* switch is sent only while the switch is on; otherwise the
    service's default holds.

    **Before the call** the picture is checked: it must be a square PNG file of less than 4 MB.
    *Prepare Image* makes one from any picture.

    **After the call** nothing that was paid for is thrown away: if some images are missing or of
    another size, the node keeps the rest and warns.
    """

    image = knext.LocalPathParameter(
        "Image",
        "The picture to vary: a file on this computer, a `file:` or `http(s):` address, or a file "
        "in the workflow's data area (`knime://knime.workflow/data/...`).",
        placeholder_text="Path or URL of a picture",
        validator=checked_in_configure,
    )
    set_model = knext.BoolParameter("Set Model", "Whether to name a model.", False)
    model = knext.StringParameter(
        "Model",
        "The model that makes the images, by the name that the service knows. The connector's "
        "*Check Connection* lists those of the service.",
        "",
    ).rule(knext.OneOf(set_model, [True]), knext.Effect.SHOW)
    set_n = knext.BoolParameter("Set N", "Whether to say how many images.", False)
    n = knext.IntParameter(
        "N",
        "How many images to make.",
        DEFAULT_N,
        checked_in_configure,
        min_value=1,
        max_value=MAX_N,
    ).rule(knext.OneOf(set_n, [True]), knext.Effect.SHOW)
    set_response_format = knext.BoolParameter(
        "Set Response Format", "Whether to say in which form the images come back.", False
    )
    response_format = knext.StringParameter(
        "Response Format",
        "`url`: web addresses, which live for 60 minutes at OpenAI. "
        "`b64_json`: the images themselves as base64 texts.",
        DEFAULT_RESPONSE_FORMAT,
        enum=list(RESPONSE_FORMATS),
    ).rule(knext.OneOf(set_response_format, [True]), knext.Effect.SHOW)
    set_size = knext.BoolParameter("Set Size", "Whether to say how large the images are.", False)
    size = knext.StringParameter(
        "Size", "Width and height in pixels.", DEFAULT_SIZE, enum=list(SIZES)
    ).rule(knext.OneOf(set_size, [True]), knext.Effect.SHOW)
    set_user = knext.BoolParameter("Set User", "Whether to name the end user.", False)
    user = knext.StringParameter(
        "User",
        "An id of your end user, which helps the service to find abuse. Use no personal data.",
        "",
    ).rule(knext.OneOf(set_user, [True]), knext.Effect.SHOW)
    result_format = knext.EnumParameter(
        "Result Format",
        "What the result table looks like.",
        ResultFormatChoice.STRUCTURED_TABLE.name,
        ResultFormatChoice,
        style=knext.EnumParameter.Style.VALUE_SWITCH,
    )
    prepare_image = knext.EnumParameter(
        "Prepare Image",
        "How the picture becomes what the call needs.",
        PreparationChoice.AS_IS.name,
        PreparationChoice,
    )
    extra_fields = knext.MultilineStringParameter(
        "Extra Form Fields",
        "Further fields for servers that want them, one `name=value` a line, such as a `prompt` "
        "for Xinference, or `seed` and `strength` for the embedded engine.",
        "",
        is_advanced=True,
    )
    on_failure = knext.EnumParameter(
        "On Failure",
        "What becomes of the workflow when the call fails.",
        FailureChoice.FAIL.name,
        FailureChoice,
        style=knext.EnumParameter.Style.VALUE_SWITCH,
        is_advanced=True,
    )

    def configure(
        self, ctx: knext.ConfigurationContext, configuration: ConfigurationSpec
    ) -> tuple[knext.Schema, ConfigurationSpec]:
        from .columns import knime_schema

        connection = configuration.connection
        with context.refusals():
            secret = context.read_secret(ctx, connection)
            job = self._job()
            with open_session(connection, secret) as session:
                job.check(session)
        return knime_schema(job.result_format), configuration

    def execute(
        self, ctx: knext.ExecutionContext, configuration: ConfigurationObject
    ) -> tuple[knext.BatchOutputTable, ConfigurationObject, object] | None:
        from .columns import knime_table
        from .view import gallery

        connection = configuration.connection
        secret = context.read_secret(ctx, connection)
        job = self._job(context.data_area(ctx, self.image))
        try:
            with open_session(connection, secret) as session:
                outcome = job.run(session, context.NodeWatch(ctx))
        except Canceled:
            # KNIME itself says that the node was canceled; an exception would look like a failure.
            return None
        table = knime_table(outcome, job.result_format)
        return table, configuration, knext.view_html(gallery(outcome))

    def _job(self, data_area: Path | None = None) -> VariationJob:
        request = VariationRequest(
            image=b"",
            model=self.model if self.set_model else None,
            n=self.n if self.set_n else None,
            response_format=self.response_format if self.set_response_format else None,
            size=self.size if self.set_size else None,
            user=self.user if self.set_user else None,
            extra_fields=parse_extra_fields(self.extra_fields),
        )
        return VariationJob(
            location=self.image or "",
            request=request,
            preparation=Preparation[self.prepare_image],
            result_format=ResultFormat[self.result_format],
            continue_on_error=self.on_failure == FailureChoice.WARN.name,
            data_area=data_area,
        )
