"""Options of the node for tables: what becomes of rows, and what each row says itself."""

from __future__ import annotations

from collections.abc import Callable

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


def _optional_column(
    label: str, description: str, fits: Callable[[knext.Column], bool]
) -> knext.ColumnParameter:
    """A column of the table of pictures; none at first."""
    return knext.ColumnParameter(
        label,
        description,
        port_index=1,
        column_filter=fits,
        include_none_column=True,
        default_value=knext.ColumnParameter.NONE,
    )


@knext.parameter_group("Values From Columns", is_advanced=True)
class ColumnValueParameters:
    """Options that each row sets for itself. A missing cell leaves the option as it is above."""

    model = _optional_column("Model Column", "Texts that name the model.", _is_text)
    n = _optional_column("N Column", "Whole numbers that say how many images.", _is_whole_number)
    size = _optional_column("Size Column", "Texts such as `512x512`.", _is_text)
    user = _optional_column("User Column", "Texts that name the end user.", _is_text)

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
