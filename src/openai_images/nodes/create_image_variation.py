"""The node *Create Image Variation*."""

from __future__ import annotations

from pathlib import Path

import knime.extension as knext

from ..errors import Canceled
from ..job import ResultFormat, VariationJob
from ..pictures import Preparation
from ..session import open_session
from . import context
from . import request_parameters as options
from .category import CATEGORY
from .parameters import (
    FailureChoice,
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
    "Configuration",
    "The same configuration, for the next node: so image nodes chain without a second wire to the "
    "connector.",
    configuration_port_type,
)
@knext.output_view("Gallery", "The picture and its variations.")
class CreateImageVariation:
    """Makes variations of an image.

    Sends a picture to the service behind the configuration port and gives back what it makes of
    it. Each option with a *Set* switch is sent only while the switch is on; otherwise the
    service's default holds.

    **Before the call** the picture is checked: it must be a square PNG file of less than 4 MB.
    *Prepare Image* makes one from any other picture.

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
    set_model, model = options.model_options()
    set_n, n = options.n_options()
    set_response_format, response_format = options.response_format_options()
    set_size, size = options.size_options()
    set_user, user = options.user_options()
    result_format = options.result_format_option(ResultFormatChoice.STRUCTURED_TABLE)
    prepare_image = options.prepare_image_option()
    extra_fields = options.extra_fields_option()
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
            secret = context.read_secret(ctx, configuration)
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
        secret = context.read_secret(ctx, configuration)
        job = self._job(context.data_area(ctx, self.image))
        watch = context.NodeWatch(ctx)
        try:
            with open_session(connection, secret) as session:
                outcome = job.run(session, watch)
        except Canceled:
            # KNIME itself says that the node was canceled; an exception would look like a failure.
            return None
        # Who chose Crop or Pad knows what is done.
        if outcome.prepared and job.preparation is Preparation.AUTOMATIC:
            watch.warn(outcome.prepared)
        table = knime_table(outcome, job.result_format)
        return table, configuration, knext.view_html(gallery(outcome))

    def _job(self, data_area: Path | None = None) -> VariationJob:
        return VariationJob(
            location=self.image or "",
            request=options.request_of(self),
            preparation=Preparation[self.prepare_image],
            result_format=ResultFormat[self.result_format],
            continue_on_error=self.on_failure == FailureChoice.WARN.name,
            data_area=data_area,
        )
