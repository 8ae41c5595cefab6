"""The node *Create Image Variations (Table)*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import knime.extension as knext

from ..batch import MAX_CONCURRENCY, run
from ..errors import Canceled, ImagesError, InvalidRequest, MissingPicture
from ..job import ResultFormat, VariationJob
from ..journal import SqliteJournal, fingerprint
from ..pictures import Preparation
from ..session import open_session
from . import context
from . import request_parameters as options
from .category import CATEGORY
from .parameters import ResultFormatChoice, checked_in_configure
from .ports import ConfigurationObject, ConfigurationSpec, configuration_port_type
from .table_parameters import (
    BatchFailureChoice,
    ColumnValueParameters,
    KeptColumnsChoice,
    MissingValueChoice,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ..rows import RowJobs
    from .table_jobs import Results

# Beside the pictures of the workflow.
_JOURNALS = "openai_images_journal"


def _holds_pictures(column: knext.Column) -> bool:
    from .columns import is_image
    from .table_input import is_path, is_text

    return is_image(column) or is_path(column) or is_text(column)


@knext.node(
    name="Create Image Variations (Table)",
    node_type=knext.NodeType.MANIPULATOR,
    icon_path="icons/create_image_variations_table.png",
    category=CATEGORY,
    keywords=["OpenAI", "image", "picture", "variation", "batch", "table", "DALL-E", "GPT Image"],
    id="create_image_variations_table",
)
@knext.input_port("Configuration", "Which service makes the images.", configuration_port_type)
@knext.input_table("Pictures", "A column of images, or of paths or URLs of pictures.")
@knext.output_table("Result", "What the service made, row by row.")
@knext.output_table(
    "Failures",
    "The rows that failed, as they came in, and why: Status, Error, Code, Request ID, May Be "
    "Billed. A second node behind this port tries them again.",
)
@knext.output_port(
    "Configuration", "The same configuration, for the next node.", configuration_port_type
)
@knext.output_view("Gallery", "The first pictures and their variations.")
class CreateImageVariationsTable:
    """Makes variations of all images in a table.

    Sends the picture of each row to the service behind the configuration port, several at a time,
    and gives back what it makes of them. Each option with a *Set* switch is sent only while the
    switch is on; otherwise the service's default holds.

    **Nothing is paid twice.** Every call is written down in the workflow's data area before it is
    sent, and every answer before anybody sees it. If KNIME or the computer stops half-way, run the
    node again: answers that were received are taken over without a call. Calls that were sent and
    not answered may have been billed; they go to *Failures* and are made again only where the
    connector's *Repeat Calls That May Have Been Billed* is on.

    **RowIDs** of the results tell the row that they came from: `Row7_2` is the second image that
    was made of Row7.

    **Before a call** the picture is checked: it must be a square PNG file of less than 4 MB.
    *Prepare Image* makes one from any picture.
    """

    image_column = knext.ColumnParameter(
        "Image Column",
        "The pictures to vary: a column of images, of paths (as List Files/Folders gives them), or "
        "of texts that are paths, or `file:`, `knime:` or `http(s):` addresses. Where nothing is "
        "chosen, the only column of images is taken, or else the only one of paths, or of texts.",
        port_index=1,
        column_filter=_holds_pictures,
    )
    set_model, model = options.model_options()
    set_n, n = options.n_options()
    set_response_format, response_format = options.response_format_options()
    set_size, size = options.size_options()
    set_user, user = options.user_options()
    result_format = options.result_format_option(ResultFormatChoice.IMAGES)
    prepare_image = options.prepare_image_option()
    kept_columns = knext.EnumParameter(
        "Input Columns",
        "Which columns of the input table the result repeats. *Failures* has all of them.",
        KeptColumnsChoice.ALL.name,
        KeptColumnsChoice,
        style=knext.EnumParameter.Style.VALUE_SWITCH,
    )
    concurrency = knext.IntParameter(
        "Concurrency",
        "How many calls are under way at the same time.",
        4,
        checked_in_configure,
        min_value=1,
        max_value=MAX_CONCURRENCY,
    )
    on_failure = knext.EnumParameter(
        "On failure",
        "What happens when the call for a row fails, after the retries that the connector allows.",
        BatchFailureChoice.COLLECT.name,
        BatchFailureChoice,
        style=knext.EnumParameter.Style.VALUE_SWITCH,
    )
    on_missing = knext.EnumParameter(
        "If there are missing values",
        "What happens to rows without a picture.",
        MissingValueChoice.OUTPUT_MISSING.name,
        MissingValueChoice,
        style=knext.EnumParameter.Style.VALUE_SWITCH,
    )
    most_requests = knext.IntParameter(
        "Most Requests",
        "A spending limit: the most calls that one execution makes; 0 for no limit. Rows beyond it "
        "go to *Failures*, and running the node again goes on from there.",
        0,
        checked_in_configure,
        min_value=0,
    )
    extra_fields = options.extra_fields_option()
    keep_days = knext.IntParameter(
        "Keep Answers (days)",
        "For how many days answers stay in the workflow's data area once the node is through, to "
        "be taken over when it runs again on the same pictures with the same options; 0 removes "
        "them at once.",
        0,
        checked_in_configure,
        min_value=0,
        is_advanced=True,
    )
    # What a group's decorator gives is more than mypy knows of it.
    from_columns: ColumnValueParameters = cast(Any, ColumnValueParameters())

    def configure(
        self,
        ctx: knext.ConfigurationContext,
        configuration: ConfigurationSpec,
        table: knext.Schema,
    ) -> tuple[knext.Schema, knext.Schema, ConfigurationSpec]:
        from .table_jobs import failures_schema

        with context.refusals():
            secret = context.read_secret(ctx, configuration)
            open_session(configuration.connection, secret).close()
            self._check_numbers()
            self._rows(table)
        return self._results().schema(table), failures_schema(table), configuration

    def execute(
        self,
        ctx: knext.ExecutionContext,
        configuration: ConfigurationObject,
        table: knext.Table,
    ) -> tuple[object, ...] | None:
        try:
            return self._run(ctx, configuration, table, context.NodeWatch(ctx))
        except Canceled:
            # KNIME itself says that the node was canceled; an exception would look like a failure.
            return None

    def _run(
        self,
        ctx: knext.ExecutionContext,
        configuration: ConfigurationObject,
        table: knext.Table,
        watch: context.NodeWatch,
    ) -> tuple[object, ...]:
        from .table_input import inputs_of, rows_of
        from .table_jobs import Outputs

        connection = configuration.connection
        secret = context.read_secret(ctx, configuration)
        data_area = context.data_area_folder(ctx)
        rows = self._rows(table.schema, data_area)
        name = fingerprint(connection, rows.job.request.fields())
        inputs = inputs_of(table, rows.pictures)
        with (
            SqliteJournal(
                data_area / _JOURNALS, name, inputs=inputs, keep_days=self.keep_days
            ) as journal,
            open_session(connection, secret) as session,
        ):
            service = session.recorded(journal, self.most_requests or None)
            outputs = Outputs(table, self._results(), service.counts)
            for result in run(
                rows.items(rows_of(table)),
                session,
                service,
                concurrency=self.concurrency,
                total=table.num_rows,
                is_fatal=self._is_fatal,
                watch=watch,
            ):
                outputs.add(result)
            outputs.raise_first_failure(self._is_fatal)
            tables = outputs.close()
            if not outputs.left_out:
                journal.finish()
        for sentence in outputs.sentences():
            watch.warn(sentence)
        return (*tables, configuration, knext.view_html(outputs.gallery()))

    def _is_fatal(self, error: ImagesError) -> bool:
        return self.on_failure == BatchFailureChoice.FAIL.name or isinstance(error, MissingPicture)

    def _rows(self, table: knext.Schema, data_area: Path | None = None) -> RowJobs:
        from ..rows import RowJobs
        from .table_input import picture_column

        job = VariationJob(
            location="",
            request=options.request_of(self),
            preparation=Preparation[self.prepare_image],
            result_format=ResultFormat[self.result_format],
            data_area=data_area,
        )
        return RowJobs(
            pictures=picture_column(table, self.image_column),
            job=job,
            from_columns=self.from_columns.names(table),
            fails_on_missing=self.on_missing == MissingValueChoice.FAIL.name,
        )

    def _results(self) -> Results:
        from .table_jobs import Results

        return Results(ResultFormat[self.result_format], KeptColumnsChoice[self.kept_columns].name)

    def _check_numbers(self) -> None:
        """Refuse what a flow variable may set and the dialog does not let enter."""
        if not 1 <= self.concurrency <= MAX_CONCURRENCY:
            raise InvalidRequest(
                f"Concurrency is {self.concurrency}; it must be 1 to {MAX_CONCURRENCY}."
            )
        for label, number in (
            ("Most Requests", self.most_requests),
            ("Keep Answers", self.keep_days),
        ):
            if number < 0:
                raise InvalidRequest(f"{label} is {number}; it must be 0 or more.")
