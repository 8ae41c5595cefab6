"""Options of the node for tables: what becomes of rows, and what each row says itself."""

from __future__ import annotations

import knime.extension as knext

from ..errors import InvalidRequest


class BatchFailureChoice(knext.EnumParameterOptions):
    """What happens when the call for one row of many fails."""

    COLLECT = ("Collect in Failures", "The row goes to Failures, and the others go on.")
    FAIL = (
        "Fail node",
        "The node fails, once the calls that are under way are finished; their answers are kept.",
    )


class MissingValueChoice(knext.EnumParameterOptions):
    """What happens to rows without a picture."""

    OUTPUT_MISSING = ("Output missing", "The row is in the result, with missing values.")
    FAIL = ("Fail", "The node fails, once the calls that are under way are finished.")


class KeptColumnsChoice(knext.EnumParameterOptions):
    """Which columns of the input a result repeats."""

    ALL = ("All", "All columns of the input table stand before those of the result.")
    ROW_ID = ("RowID only", "A column Input RowID stands before those of the result.")
    NONE = ("None", "Only the columns of the result; its RowIDs still tell the row.")


def _is_text(column: knext.Column) -> bool:
    return bool(column.ktype == knext.string())


def _is_whole_number(column: knext.Column) -> bool:
    return column.ktype in (knext.int32(), knext.int64())


@knext.parameter_group("Values From Columns", is_advanced=True)
class ColumnValueParameters:
    """Options that each row sets for itself. A missing cell leaves the option as it is above."""

    model = knext.ColumnParameter(
        "Model Column",
        "Texts that name the model.",
        port_index=1,
        column_filter=_is_text,
        include_none_column=True,
        default_value=knext.ColumnParameter.NONE,
    )
    n = knext.ColumnParameter(
        "N Column",
        "Whole numbers that say how many images.",
        port_index=1,
        column_filter=_is_whole_number,
        include_none_column=True,
        default_value=knext.ColumnParameter.NONE,
    )
    size = knext.ColumnParameter(
        "Size Column",
        "Texts such as `512x512`.",
        port_index=1,
        column_filter=_is_text,
        include_none_column=True,
        default_value=knext.ColumnParameter.NONE,
    )
    user = knext.ColumnParameter(
        "User Column",
        "Texts that name the end user.",
        port_index=1,
        column_filter=_is_text,
        include_none_column=True,
        default_value=knext.ColumnParameter.NONE,
    )

    def names(self, table: knext.Schema) -> dict[str, str]:
        """The chosen columns by the field of the request that they set.

        Raises:
            InvalidRequest: the table has no such column, or it holds something else.
        """
        chosen = {"model": self.model, "n": self.n, "size": self.size, "user": self.user}
        columns = {
            name: column
            for name, column in chosen.items()
            if column and column != knext.ColumnParameter.NONE
        }
        for name, column in columns.items():
            fits = _is_whole_number if name == "n" else _is_text
            if column not in table.column_names or not fits(table[column]):
                kind = "whole numbers" if name == "n" else "texts"
                raise InvalidRequest(
                    f'The table has no column "{column}" of {kind}: choose another as '
                    f"{name.title()} Column, or None."
                )
        return columns
