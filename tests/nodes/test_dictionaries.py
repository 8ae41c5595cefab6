"""Columns as KNIME stores them: pairs of a key and a value, which stands beside its first key."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.nodes.dictionaries import completed


class Pairs(pa.ExtensionType):
    """KNIME's `knime.struct_dict_encoded`, without the arrays that look values up."""

    STORAGE = pa.struct([("0", pa.uint64()), ("1", pa.string())])

    def __init__(self):
        super().__init__(self.STORAGE, "knime.struct_dict_encoded")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls()


class Path(pa.ExtensionType):
    """A logical type of KNIME's whose storage has such pairs."""

    STORAGE = pa.struct([("0", Pairs()), ("2", pa.string())])

    def __init__(self):
        super().__init__(self.STORAGE, "knime.logical_type")

    def __arrow_ext_serialize__(self):
        return b"path"

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls()


def encoded(texts):
    """Texts as KNIME stores them; keys begin anywhere."""
    seen, cells = {}, []
    for text in texts:
        is_new = text not in seen
        seen.setdefault(text, len(seen) + 7)
        cells.append(text if text is None else {"0": seen[text], "1": text if is_new else None})
    return pa.ExtensionArray.from_storage(Pairs(), pa.array(cells, Pairs.STORAGE))


def texts_of(array):
    return [cell and cell["1"] for cell in array.storage.to_pylist()]


def batch(array):
    return pa.RecordBatch.from_arrays([pa.array(range(len(array))), array], ["<RowID>", "C"])


@given(st.lists(st.none() | st.text(max_size=2)), st.data())
def test_each_row_has_its_value_wherever_it_is_taken(texts, data):
    whole = completed(batch(encoded(texts))).column("C")
    rows = data.draw(st.lists(st.sampled_from(range(len(texts)))) if texts else st.just([]))
    assert texts_of(whole.take(pa.array(rows, pa.int64()))) == [texts[row] for row in rows]
    assert whole.storage.field(0) == encoded(texts).storage.field(0)


def test_a_part_of_a_batch_is_completed_by_itself():
    part = batch(encoded(["gone", "a", "a", None])).slice(1)
    assert texts_of(completed(part).column("C")) == ["a", "a", None]


def test_pairs_inside_of_a_logical_type_are_completed():
    rows = [("LOCAL", "/a"), None, ("LOCAL", "/b")]
    storage = pa.StructArray.from_arrays(
        [encoded([row and row[0] for row in rows]), pa.array([row and row[1] for row in rows])],
        fields=list(Path.STORAGE),
        mask=pa.array([row is None for row in rows]),
    )
    whole = completed(batch(pa.ExtensionArray.from_storage(Path(), storage))).column("C")
    taken = whole.take(pa.array([2, 1]))
    assert taken.is_null().to_pylist() == [False, True]
    assert texts_of(taken.storage.field(0)) == ["LOCAL", None]
    assert taken.storage.field(1).to_pylist() == ["/b", None]


def test_pairs_in_lists_are_completed():
    kind = pa.list_(pa.field("item", Pairs()))
    lists = pa.ListArray.from_arrays(
        pa.array([0, 2, 2, 3]),
        encoded(["a", "b", "a"]),
        type=kind,
        mask=pa.array([False, True, False]),
    )
    whole = completed(batch(lists)).column("C")
    assert whole.is_null().to_pylist() == [False, True, False]
    assert texts_of(whole.take(pa.array([2])).flatten()) == ["a"]


@pytest.mark.parametrize("as_table", [False, True])
def test_other_columns_stay_as_they_are(as_table):
    rows = batch(pa.array(["a", None]))
    given_rows = pa.Table.from_batches([rows]) if as_table else rows
    assert completed(given_rows) is given_rows


def test_each_part_of_a_table_has_keys_of_its_own():
    table = pa.Table.from_batches([batch(encoded(["a", "a"])), batch(encoded(["b", "b"]))])
    column = completed(table).column("C")
    assert [texts_of(chunk) for chunk in column.chunks] == [["a", "a"], ["b", "b"]]
