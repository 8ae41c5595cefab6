"""The seam between the runner and ``knime.extension``, be it the own or KNIME's real one.

Everything that differs inside the two is in this module and in `knime_headless.real`.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import knime.extension as knext
import knime.extension.nodes as _nodes
import knime.extension.parameter as parameters
from knime_headless.table_files import ArrowFile, ArrowWriter, Workspace

IS_REAL = importlib.util.find_spec("knime.extension.context") is None
"""Whether KNIME's own package is used; only ours has a module ``context``."""

extract_parameters = parameters.extract_parameters
extract_schema = parameters.extract_schema
extract_ui_schema = parameters.extract_ui_schema
inject_parameters = parameters.inject_parameters
validate_parameters = parameters.validate_parameters
validate_specs = parameters.validate_specs


def begin_extension(extension_id: str, version: str) -> None:
    """Get ready to import an extension's module."""
    if IS_REAL:
        from knime_headless import real

        real.begin_extension(extension_id)
    else:
        from knime.extension.ports import forget_port_types

        forget_port_types()
    parameters.set_extension_version(version)


def declared_nodes() -> dict[str, Any]:
    """All nodes declared so far in this process, by id."""
    return dict(_nodes._nodes)


def declared_categories() -> list[dict[str, Any]]:
    """All categories declared so far in this process."""
    return [category.to_dict() for category in _nodes._categories]


def dialog_context(host: Any, flow_variables: Any) -> Any:
    """What functions of a dialog are called with."""
    return knext.DialogCreationContext(host, flow_variables, lambda specs, port_map: specs)


def configuration_context(host: Any, flow_variables: Any, node: Any) -> Any:
    """What configure is called with."""
    ports = (node.input_ports, node.output_ports)
    return knext.ConfigurationContext(host, flow_variables, *ports)


class _ExecutionContext(knext.ExecutionContext):
    """Knows where the data area is, which in KNIME is always a folder of the workflow."""

    data_area: str

    def get_workflow_data_area_dir(self) -> str:
        return self.data_area


def execution_context(host: Any, flow_variables: Any, node: Any) -> Any:
    """What execute is called with."""
    context = _ExecutionContext(host, flow_variables, node.input_ports, node.output_ports)
    context.data_area = str(host.data_area)
    return context


class _LateBackend:
    """Imports pandas and pyarrow, which takes about a second, when the first table is made."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __getattr__(self, name: str) -> Any:
        from knime.extension.arrow.tables import ArrowBackend

        return getattr(ArrowBackend(self._workspace.new_writer), name)


@contextmanager
def table_session(workspace: Workspace) -> Iterator[None]:
    """Let tables be made and read; their files go to the workspace."""
    if IS_REAL:
        from knime_headless import real

        with real.table_session(workspace):
            yield
        return
    from knime.extension import table

    outer = table._backend
    table.use_backend(_LateBackend(workspace))
    try:
        yield
    finally:
        table.use_backend(outer)


def input_table(file: ArrowFile) -> Any:
    """The table a node sees for a table file."""
    if IS_REAL:
        from knime_headless import real

        return real.input_table(file)
    from knime.extension.arrow.tables import ArrowSourceTable

    return ArrowSourceTable(file)


def written_table(table: Any, workspace: Workspace) -> ArrowWriter | None:
    """The file of a table that a node gave out; ``None`` if it gave something else."""
    if IS_REAL:
        from knime_headless import real

        return real.written_table(table, workspace)
    from knime.extension.arrow.tables import ArrowBatchOutputTable, ArrowTable

    if isinstance(table, ArrowBatchOutputTable):
        return table.sink  # type: ignore[return-value]  # the factory above made it
    if isinstance(table, ArrowTable):
        writer = workspace.new_writer()
        writer.write(table.data)
        return writer
    return None


_PNG_FACTORY = "org.knime.core.data.image.png.PNGImageValueFactory"
_PLAIN_VALUES = {
    "Number (Integer)": "org.knime.core.data.IntValue",
    "Number (Long Integer)": "org.knime.core.data.LongValue",
    "Number (Float)": "org.knime.core.data.DoubleValue",
    "String": "org.knime.core.data.StringValue",
    "Boolean": "org.knime.core.data.BooleanValue",
}


def with_display_types(schema: Any) -> Any:
    """The schema with the metadata that KNIME adds to columns and column dialogs read."""
    columns = [
        knext.Column(c.ktype, c.name, {**(c.metadata or {}), **_display_type(c.ktype)})
        for c in schema
    ]
    return knext.Schema.from_columns(columns)


def _display_type(ktype: Any) -> dict[str, str]:
    shown = str(ktype)
    if isinstance(ktype, knext.LogicalType):
        factory = json.loads(ktype.logical_type)["value_factory_class"]
        preferred = factory.removesuffix("Factory")
    elif isinstance(ktype, knext.ListType):
        preferred = "org.knime.core.data.collection.ListDataValue"
    else:
        preferred = _PLAIN_VALUES.get(shown, "org.knime.core.data.DataValue")
    return {"preferred_value_type": preferred, "displayed_column_type": shown}


def is_image(arrow_type: Any) -> bool:
    """Whether a column of this Arrow type holds images."""
    return _PNG_FACTORY in str(getattr(arrow_type, "logical_type", ""))


def png_cells(column: Any) -> list[bytes | None]:
    """The PNG files in a column of images, without decoding them."""
    cells = [cell for chunk in column.chunks for cell in chunk.storage.to_pylist()]
    if IS_REAL:
        from knime_headless import real

        return [real.png_bytes(cell) for cell in cells]
    return [None if cell is None else cell["1"] for cell in cells]
