"""Tables made by nodes, from pandas and Arrow, and read back."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import knime.extension as knext
from knime_headless import backend
from knime_headless.table_files import ArrowFile, Workspace

WORKSPACE = Workspace()


@pytest.fixture(autouse=True)
def _session() -> Iterator[None]:
    with backend.table_session(WORKSPACE):
        yield


def stored(table) -> knext.Table:
    """The table as the next node sees it."""
    writer = backend.written_table(table, WORKSPACE)
    assert writer is not None
    writer.close()
    return backend.input_table(ArrowFile(writer.path))


def row_ids(table) -> list[str]:
    return table.to_pyarrow().column("<RowID>").to_pylist()


PICTURE = Image.new("RGB", (3, 2), "red")
columns = st.fixed_dictionaries(
    {
        "whole": st.none() | st.integers(-(2**63), 2**63 - 1),
        "decimal": st.none() | st.floats(allow_nan=False),
        "text": st.none() | st.text(),
        "switch": st.none() | st.booleans(),
        "texts": st.none() | st.lists(st.none() | st.text(), max_size=3),
    }
)
ARROW = pa.schema(
    [
        ("whole", pa.int64()),
        ("decimal", pa.float64()),
        ("text", pa.string()),
        ("switch", pa.bool_()),
        ("texts", pa.list_(pa.string())),
    ]
)
TYPES = [
    knext.int64(),
    knext.double(),
    knext.string(),
    knext.bool_(),
    knext.list_(knext.string()),
]


@given(st.lists(columns, max_size=5))
def test_arrow_tables_survive_the_trip_to_the_next_node(rows):
    table = stored(knext.Table.from_pyarrow(pa.Table.from_pylist(rows, ARROW)))
    assert table.to_pyarrow().drop_columns(["<RowID>"]).to_pylist() == rows
    assert row_ids(table) == [f"Row{i}" for i in range(len(rows))]
    assert table.schema == knext.Schema(TYPES, ARROW.names)


@given(st.lists(columns, min_size=1, max_size=5))
def test_pandas_tables_survive_the_trip_to_the_next_node(rows):
    frame = pa.Table.from_pylist(rows, ARROW).to_pandas(types_mapper=pd.ArrowDtype)
    table = stored(knext.Table.from_pandas(frame))
    assert table.to_pyarrow().drop_columns(["<RowID>"]).to_pylist() == rows


class TestFromPandas:
    def test_types_of_plain_columns(self):
        frame = pd.DataFrame(
            {
                "int64": pd.Series([1, None], dtype="Int64"),
                "gap": [1, None],
                "string": pd.Series(["a", None], dtype="string"),
                "object": ["a", None],
                "lost": [None, None],
                "int32": np.array([1, 2], dtype="int32"),
                "float32": np.array([1, 2], dtype="float32"),
                "category": pd.Categorical(["a", "b"]),
            }
        )
        types = {c.name: c.ktype for c in stored(knext.Table.from_pandas(frame)).schema}
        assert types == {
            "int64": knext.int64(),
            "gap": knext.double(),
            "string": knext.string(),
            "object": knext.string(),
            "lost": knext.null(),
            "int32": knext.int32(),
            "float32": knext.double(),
            "category": knext.string(),
        }

    def test_texts_come_back_as_pandas_strings(self):
        table = stored(knext.Table.from_pandas(pd.DataFrame({"A": ["x"]})))
        frame = table.to_pandas()
        assert frame["A"].dtype == "string"
        assert (frame.index.name, list(frame.index)) == ("<RowID>", ["Row0"])

    @pytest.mark.parametrize(
        ("row_ids_are", "expected"),
        [("auto", ["Row7", "Row9"]), ("keep", ["7", "9"]), ("generate", ["Row0", "Row1"])],
    )
    def test_row_ids_from_a_numbered_index(self, row_ids_are, expected):
        frame = pd.DataFrame({"A": [1, 2]}, index=[7, 9])
        assert row_ids(knext.Table.from_pandas(frame, row_ids=row_ids_are)) == expected

    def test_row_ids_from_a_named_index(self):
        frame = pd.DataFrame({"A": [1, 2]}, index=["x", "y"])
        assert row_ids(knext.Table.from_pandas(frame)) == ["x", "y"]

    def test_nothing_at_all_is_a_table(self):
        table = stored(knext.Table.from_pandas(pd.DataFrame()))
        assert table.shape == (0, 0)

    def test_column_names_become_texts(self):
        assert knext.Table.from_pandas(pd.DataFrame({1: [2]})).column_names == ["1"]

    def test_sentinels_become_missing(self):
        frame = pd.DataFrame({"A": [1, -1, 3]})
        table = knext.Table.from_pandas(frame, sentinel=-1)
        assert table.to_pyarrow().column("A").to_pylist() == [1, None, 3]
        assert table.to_pyarrow(sentinel="min").column("A").to_pylist() == [1, -(2**63), 3]
        assert table.to_pandas(sentinel="max")["A"].to_list() == [1, 2**63 - 1, 3]

    @pytest.mark.parametrize(("data", "error"), [([1, 2], TypeError), (pa.table({}), TypeError)])
    def test_only_data_frames(self, data, error):
        with pytest.raises(error, match="DataFrame"):
            knext.Table.from_pandas(data)

    def test_an_unknown_way_of_row_ids(self):
        with pytest.raises(ValueError, match="'odd'"):
            knext.Table.from_pandas(pd.DataFrame({"A": [1]}), row_ids="odd")


class TestFromArrow:
    @pytest.mark.parametrize(
        "arrow_type",
        [pa.large_string(), pa.binary(), pa.large_binary(), pa.uint8(), pa.int8(), pa.float16()],
    )
    def test_types_that_knime_does_not_take(self, arrow_type):
        data = pa.table({"A": pa.array([None], arrow_type)})
        with pytest.raises(ValueError, match="Column 'A' has the Arrow type"):
            knext.Table.from_pyarrow(data)

    def test_lists_of_lists_are_not_taken(self):
        with pytest.raises(ValueError, match="Column 'A'"):
            knext.Table.from_pyarrow(pa.table({"A": [[["x"]]]}))

    def test_row_ids_are_kept_when_they_come_along(self):
        data = pa.table({"<RowID>": ["x", "y"], "A": [1, 2]})
        assert row_ids(knext.Table.from_pyarrow(data)) == ["x", "y"]
        assert knext.Table.from_pyarrow(data).column_names == ["A"]

    def test_numbers_become_row_ids(self):
        data = pa.table({"<RowID>": [4, 5], "A": [1, 2]})
        assert row_ids(knext.Table.from_pyarrow(data)) == ["Row4", "Row5"]

    def test_row_ids_to_keep_must_be_there(self):
        with pytest.raises(TypeError, match="first column"):
            knext.Table.from_pyarrow(pa.table({"A": [1]}), row_ids="keep")

    def test_unequal_batches_are_refused(self):
        batches = [pa.record_batch([pa.array([0] * n)], names=["A"]) for n in (2, 1, 2)]
        with pytest.raises(ValueError, match=r"\[2, 1, 2\]"):
            knext.Table.from_pyarrow(pa.Table.from_batches(batches))

    def test_a_larger_last_batch_is_refused(self):
        batches = [pa.record_batch([pa.array([0] * n)], names=["A"]) for n in (1, 2)]
        with pytest.raises(ValueError, match="not larger"):
            knext.Table.from_pyarrow(pa.Table.from_batches(batches))

    def test_times_of_day_from_python(self):
        times = [datetime.time(1, 2, 3, 4), None]
        dtype = knext.logical(datetime.time).to_pandas()
        for column in (times, pd.Series(times, dtype=dtype)):
            table = stored(knext.Table.from_pandas(pd.DataFrame({"Time": column})))
            assert str(table.schema["Time"].ktype) == "Local Time"
            assert table.to_pandas()["Time"].iloc[0] == times[0]

    @pytest.mark.parametrize(
        ("row_ids", "kept"),
        [("auto", ["Row5", "Row7"]), ("keep", ["5", "7"]), ("generate", ["Row0", "Row1"])],
    )
    def test_rows_without_columns(self, row_ids, kept):
        frame = pd.DataFrame(index=[5, 7])
        table = stored(knext.Table.from_pandas(frame, row_ids=row_ids))
        assert table.shape == (0, 2)
        assert list(table.to_pandas().index) == kept

    def test_large_lists(self):
        data = pa.table({"Words": pa.array([["a"], None], pa.large_list(pa.string()))})
        table = stored(knext.Table.from_pyarrow(data))
        assert table.schema["Words"].ktype == knext.list_(knext.string())
        assert table.to_pyarrow()["Words"].to_pylist() == [["a"], None]

    def test_times(self):
        data = pa.table(
            {
                "local": pa.array([0], pa.timestamp("us")),
                "zoned": pa.array([0], pa.timestamp("us", "UTC")),
                "date": pa.array([0], pa.date32()),
                "time": pa.array([0], pa.time64("us")),
                "duration": pa.array([0], pa.duration("s")),
            }
        )
        shown = [str(c.ktype) for c in stored(knext.Table.from_pyarrow(data)).schema]
        assert shown == [
            "Local Date Time",
            "Zoned Date Time",
            "Local Date",
            "Local Time",
            "Duration",
        ]


class TestValues:
    def test_images_with_the_explicit_dtype(self):
        dtype = knext.logical(Image.Image).to_pandas()
        frame = pd.DataFrame({"Image": pd.Series([PICTURE, None], dtype=dtype)})
        table = stored(knext.Table.from_pandas(frame))
        assert table.schema["Image"].ktype == knext.logical(Image.Image)
        first, second = table.to_pandas()["Image"]
        assert first.tobytes() == PICTURE.tobytes()
        assert (first.format, second) == ("PNG", None)

    def test_images_are_recognised(self):
        frame = pd.DataFrame({"Image": [None, PICTURE]})
        assert str(knext.Table.from_pandas(frame).schema["Image"].ktype) == "PNG Image"

    def test_dictionaries_are_recognised_as_json(self):
        frame = pd.DataFrame({"J": [{"a": [1, "ü"]}, None, {}]})
        table = stored(knext.Table.from_pandas(frame))
        assert str(table.schema["J"].ktype) == "JSON"
        assert table.to_pyarrow().column("J").to_pylist() == [{"a": [1, "ü"]}, None, {}]

    @given(st.recursive(st.none() | st.booleans() | st.text(), lambda s: st.lists(s), max_leaves=5))
    def test_any_json_with_the_explicit_type(self, value):
        arrow_type = knext.logical(dict).to_pyarrow()
        assert arrow_type.decode(arrow_type.encode(value)) == value

    def test_images_through_arrow(self):
        arrow_type = knext.logical(Image.Image).to_pyarrow()
        storage = pa.array([arrow_type.encode(PICTURE), None], arrow_type.storage_type)
        column = pa.ExtensionArray.from_storage(arrow_type, storage)
        table = stored(knext.Table.from_pyarrow(pa.table({"Image": column})))
        first, second = table.to_pyarrow().column("Image").to_pylist()
        assert first.size == (3, 2)
        assert second is None

    def test_a_file_of_another_format_needs_the_explicit_dtype(self, tmp_path):
        PICTURE.save(tmp_path / "picture.jpg")
        picture = Image.open(tmp_path / "picture.jpg")
        with pytest.raises(pa.ArrowInvalid):
            knext.Table.from_pandas(pd.DataFrame({"Image": [picture]}))
        dtype = knext.logical(Image.Image).to_pandas()
        series = pd.Series([picture], dtype=dtype)
        assert series.iloc[0].format == "PNG"

    @pytest.mark.parametrize("mode", ["CMYK", "F", "YCbCr"])
    def test_modes_that_png_does_not_know_fail(self, mode):
        with pytest.raises(OSError, match="as PNG"):
            knext.logical(Image.Image).to_pyarrow().encode(Image.new(mode, (1, 1)))

    def test_only_images_become_images(self):
        with pytest.raises(TypeError, match="not bytes"):
            knext.logical(Image.Image).to_pyarrow().encode(b"PNG")


class TestSeriesOfImages:
    @pytest.fixture
    def series(self) -> pd.Series:
        pictures = [Image.new("L", (n, 1)) for n in (1, 2, 3)]
        return pd.Series([*pictures, None], dtype=knext.logical(Image.Image).to_pandas())

    def widths(self, series) -> list[int | None]:
        return [None if picture is None else picture.width for picture in series]

    def test_selection(self, series):
        assert series.iloc[1].width == 2
        assert self.widths(series[1:3]) == [2, 3]
        assert self.widths(series[[True, False, True, False]]) == [1, 3]
        assert self.widths(series.iloc[[-1, 0]]) == [None, 1]
        assert self.widths(series.reindex([0, 9])) == [1, None]

    def test_missing(self, series):
        assert series.isna().to_list() == [False, False, False, True]
        assert self.widths(series.dropna()) == [1, 2, 3]
        assert self.widths(pd.Series([math.nan, pd.NA], dtype=series.dtype)) == [None, None]

    def test_concatenation_and_copies(self, series):
        assert self.widths(pd.concat([series, series], ignore_index=True)) == [1, 2, 3, None] * 2
        copy = series.copy()
        copy.iloc[0] = Image.new("L", (9, 1))
        assert (self.widths(copy)[0], self.widths(series)[0]) == (9, 1)

    def test_comparison(self, series):
        assert (series == series.copy()).to_list() == [True] * 4
        assert series.array.nbytes > 0
        assert series.dtype != knext.logical(dict).to_pandas()

    def test_only_missing_values_fill(self, series):
        with pytest.raises(ValueError, match="Only missing"):
            series.array.take([-1], allow_fill=True, fill_value=series.iloc[0])
        with pytest.raises(ValueError, match="-1"):
            series.array.take([-2], allow_fill=True)


class TestSelection:
    @pytest.fixture
    def table(self) -> knext.Table:
        data = pa.table({"A": [1, 2, 3], "B": ["x", "y", "z"], "C": [0.1, 0.2, 0.3]})
        return stored(knext.Table.from_pyarrow(data))

    def test_columns(self, table):
        assert table[["C", "A"]].column_names == ["C", "A"]
        assert table["B"].column_names == ["B"]
        assert table[1:].column_names == ["B", "C"]
        assert table.remove("B").column_names == ["A", "C"]

    def test_rows(self, table):
        assert row_ids(table[["A"], 1:3]) == ["Row1", "Row2"]
        assert table[:, 5:].num_rows == 0
        with pytest.raises(ValueError, match="without gaps"):
            table[:, ::2]

    def test_shape(self, table):
        assert (table.shape, table.num_columns, table.num_rows) == ((3, 3), 3, 3)
        assert repr(table) == "Table[3 columns, 3 rows]"

    def test_a_column_called_like_the_row_id_is_refused(self):
        data = pa.table([["a"], ["b"]], names=["<RowID>", "<RowID>"])
        with pytest.raises(RuntimeError, match="rename"):
            knext.Table.from_pyarrow(data).to_pyarrow()


class TestBatches:
    def test_an_input_is_read_as_it_was_written(self):
        out = knext.BatchOutputTable.create(row_ids="generate")
        for start in (0, 2, 4):
            out.append(pa.table({"A": list(range(start, min(start + 2, 5)))}))
        assert out.num_batches == 3
        table = stored(out)
        assert table.num_batches == 3
        assert [b.to_pyarrow().column("A").to_pylist() for b in table.batches()] == [
            [0, 1],
            [2, 3],
            [4],
        ]
        assert row_ids(table) == [f"Row{i}" for i in range(5)]
        assert len(list(table.to_batches())) == 3

    def test_only_inputs_have_batches(self):
        table = knext.Table.from_pandas(pd.DataFrame({"A": [1]}))
        with pytest.raises(RuntimeError, match="unmodified input"):
            table.batches()

    def test_all_forms_of_batches(self):
        frame = pd.DataFrame({"A": [1]})
        arrow = pa.table({"A": [2]})
        table = knext.Table.from_pandas(pd.DataFrame({"A": [3]}))
        batch = pa.record_batch([pa.array([4])], names=["A"])
        out = knext.BatchOutputTable.from_batches([frame, arrow, table, batch])
        assert stored(out).to_pyarrow().to_pylist() == [
            {"<RowID>": f"Row{i}", "A": i + 1} for i in range(4)
        ]

    def test_tables_keep_their_row_ids(self):
        out = knext.BatchOutputTable.create()
        for name in "xy":
            out.append(knext.Table.from_pandas(pd.DataFrame({"A": [1]}, index=[name])))
        assert row_ids(stored(out)) == ["x", "y"]

    def test_nothing_appended_is_a_table_without_columns(self):
        assert stored(knext.BatchOutputTable.create()).shape == (0, 0)

    def test_other_things_are_refused(self):
        with pytest.raises(TypeError, match="not list"):
            knext.BatchOutputTable.create().append([1])
        with pytest.raises(ValueError, match="'auto'"):
            knext.BatchOutputTable.create(row_ids="auto")


def test_tables_are_only_made_while_a_node_executes():
    from knime.extension.table import use_backend

    use_backend(None)
    with pytest.raises(RuntimeError, match="while a node executes"):
        knext.Table.from_pandas(pd.DataFrame())
