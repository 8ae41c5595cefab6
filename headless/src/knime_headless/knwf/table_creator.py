"""KNIME's node *Table Creator*: a small table in a node's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knime_headless.errors import WorkflowError
from knime_headless.knwf.config_xml import Config, array, entry

FACTORY = "org.knime.base.node.io.tablecreator.TableCreator2NodeFactory"
BUNDLE = ("KNIME Base Nodes", "org.knime.base")
FEATURE = ("KNIME Base nodes", "org.knime.features.base.feature.group")
_CELLS = "org.knime.core.data.def."
_TYPES = {"StringCell": "string", "IntCell": "int32", "LongCell": "int64", "DoubleCell": "double"}
_MOST_ROWS = 10_000
_READERS = {"string": str, "int32": int, "int64": int, "double": float}


def read_table_creator(model: Config) -> dict[str, Any]:
    """The table as an entry of a YAML workflow file: ``table``, its rows, and ``types``.

    Raises:
        ValueError: it has columns or RowIDs that such an entry cannot hold.
    """
    row_ids = [model[key].value for key in ("rowIdPrefix", "rowIdSuffix", "rowIdStartValue")]
    if row_ids != ["Row", "", 0]:
        raise ValueError("its RowIDs are not Row0, Row1 and so on")
    columns = {
        int(number): properties
        for number, properties in model["columnProperties"].items()
        if number != "array-size" and not properties["SkipThisColumn"].value
    }
    types = {_name(properties): _type(properties) for properties in columns.values()}
    parts = [_list(model[key]) for key in ("rowIndices", "columnIndices", "values")]
    cells = list(zip(*parts, strict=True))
    count = 1 + max(parts[0], default=-1)
    if count > _MOST_ROWS:
        raise ValueError(f"it has more than {_MOST_ROWS:,} rows")
    rows: list[dict[str, Any]] = [dict.fromkeys(types) for _ in range(count)]
    for row, column, text in cells:
        properties = columns.get(column)
        if properties is not None and text != properties["MissValuePattern"].value:
            name = _name(properties)
            rows[row][name] = _READERS[types[name]](text)
    return {"table": rows, "types": types}


def _list(config: Config) -> list[Any]:
    return [config[str(index)].value for index in range(config["array-size"].value)]


def _name(properties: Config) -> str:
    return str(properties["ColumnName"].value)


def _type(properties: Config) -> str:
    cell = str(properties["ColumnClass"]["cell_class"].value)
    if cell.removeprefix(_CELLS) not in _TYPES:
        raise ValueError(f"its column {_name(properties)} is made of {cell}")
    return _TYPES[cell.removeprefix(_CELLS)]


def table_creator_model(rows: Sequence[Mapping[str, Any]]) -> Config:
    """The settings of a node that gives these rows of texts and numbers.

    Raises:
        WorkflowError: a value is something else.
    """
    names = list({name: None for row in rows for name in row})
    cells = [
        (number, column, str(row[name]))
        for number, row in enumerate(rows)
        for column, name in enumerate(names)
        if row.get(name) is not None
    ]
    kinds = {name: _cell_class(name, [row.get(name) for row in rows]) for name in names}
    return {
        "rowIndices": array([row for row, _, _ in cells]),
        "columnIndices": array([column for _, column, _ in cells]),
        "values": array([text for _, _, text in cells]),
        "rowIdPrefix": entry("Row"),
        "rowIdSuffix": entry(""),
        "rowIdStartValue": entry(0),
        "highlightOutputTable": entry(False),
        "columnProperties": {
            str(number): {
                "UserSetValues": entry(True),
                "MissValuePattern": entry(""),
                "FormatParameter": entry(None),
                "ReadPossValsFromFile": entry(False),
                "SkipThisColumn": entry(False),
                "ColumnName": entry(name),
                "ColumnClass": {"cell_class": entry(kinds[name]), "is_null": entry(False)},
            }
            for number, name in enumerate(names)
        },
    }


def _cell_class(name: str, values: Sequence[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int} and all(value is None or abs(value) < 2**31 for value in values):
        return f"{_CELLS}IntCell"
    if kinds <= {int, float}:
        return f"{_CELLS}DoubleCell"
    if kinds <= {str} and "" not in values:
        return f"{_CELLS}StringCell"
    raise WorkflowError(
        f"The column {name} holds neither texts nor numbers, as KNIME's node would."
    )
