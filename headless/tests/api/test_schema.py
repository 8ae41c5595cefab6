from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

import knime.extension as knext

primitives = st.sampled_from(
    [knext.int32(), knext.int64(), knext.double(), knext.bool_(), knext.string(), knext.null()]
)
logicals = st.sampled_from([knext.logical(Image.Image), knext.logical(dict)])
types = st.recursive(
    primitives | logicals,
    lambda inner: (
        inner.map(knext.list_) | st.lists(inner, max_size=3).map(lambda t: knext.struct(*t))
    ),
    max_leaves=5,
)
column_names = st.text(min_size=1).filter(str.strip)


@given(st.dictionaries(column_names, types))
def test_schemas_survive_the_trip_through_json(columns):
    schema = knext.Schema.from_columns([knext.Column(t, n) for n, t in columns.items()])
    assert knext.Schema.deserialize(json.loads(json.dumps(schema.serialize()))) == schema


def test_metadata_is_part_of_a_column():
    plain = knext.Column(knext.string(), "A")
    marked = knext.Column(knext.string(), "A", {"unit": "m"})
    assert plain != marked
    schema = knext.Schema.from_columns(marked)
    assert knext.Schema.deserialize(schema.serialize())["A"].metadata == {"unit": "m"}


def test_two_columns_of_one_name_cannot_be_passed_on():
    schema = knext.Schema.from_types([knext.string()] * 2, ["A", "A"])
    with pytest.raises(RuntimeError, match="Duplicate column names: A"):
        schema.serialize()


ABC = knext.Schema([knext.string(), knext.int64(), knext.double()], ["A", "B", "C"])


class TestSelection:
    def test_one_column(self):
        assert ABC["B"] == ABC[1] == ABC[-2] == knext.Column(knext.int64(), "B")

    def test_several_columns(self):
        assert ABC[["C", "A"]].column_names == ["C", "A"]
        assert ABC[[2, 0]].column_names == ["C", "A"]
        assert ABC[1:].column_names == ["B", "C"]

    @pytest.mark.parametrize("key", ["D", 3, -4, ["A", "D"]])
    def test_what_is_not_there(self, key):
        with pytest.raises(IndexError, match="There is no column"):
            ABC[key]

    def test_a_nonsensical_key(self):
        with pytest.raises(TypeError, match="name or position"):
            ABC[1.5]

    def test_append_insert_remove(self):
        column = knext.Column(knext.bool_(), "D")
        assert ABC.append(column).column_names == ["A", "B", "C", "D"]
        assert ABC.append([column]).num_columns == 4
        assert ABC.insert(column, 1).column_names == ["A", "D", "B", "C"]
        assert ABC.remove("B").append(ABC["B"]).column_names == ["A", "C", "B"]
        assert ABC.remove(["A", "C"]).column_names == ["B"]
        assert ABC.remove(0).column_names == ["B", "C"]
        assert ABC.column_names == ["A", "B", "C"]

    def test_removing_what_is_not_there(self):
        with pytest.raises(ValueError, match="no column 'D'"):
            ABC.remove("D")

    def test_contains(self):
        assert "A" in ABC
        assert ABC["A"] in ABC
        assert "D" not in ABC


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: knext.Column(knext.string(), " "), ValueError),
        (lambda: knext.Column(knext.string(), 5), TypeError),
        (lambda: knext.Column(complex, "A"), TypeError),
        (lambda: knext.Schema([knext.string()], []), ValueError),
        (lambda: knext.Schema.from_columns(["A"]), TypeError),
        (lambda: knext.list_(str), TypeError),
        (lambda: knext.struct(str), TypeError),
        (lambda: knext.logical(complex), TypeError),
        (lambda: knext.logical("PIL.Image.Image"), TypeError),
        (knext.KnimeType, TypeError),
    ],
)
def test_nonsense_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_columns_take_classes_as_types():
    assert knext.Column(Image.Image, "Picture").ktype == knext.logical(Image.Image)


def test_equal_schemas_and_columns_have_equal_hashes():
    again = knext.Schema.deserialize(ABC.serialize())
    assert hash(again) == hash(ABC)
    assert ABC[:2] != ABC
    assert ABC != "ABC"
    assert ABC["A"] != "A"


@pytest.mark.parametrize(
    ("ktype", "shown"),
    [
        (knext.int32(), "Number (Integer)"),
        (knext.list_(knext.string()), "List (Collection of: String)"),
        (knext.struct(knext.string(), knext.blob()), "struct<String, blob>"),
        (knext.logical(Image.Image), "PNG Image"),
        (knext.LogicalType("other", knext.string()), "extension<logical=other, storage=String>"),
    ],
)
def test_types_show_as_knime_names_them(ktype, shown):
    assert str(ktype) == repr(ktype) == shown


class TestLogicalTypes:
    def test_png_files_and_images_are_the_same_type(self):
        assert knext.logical(PngImageFile) == knext.logical(Image.Image)
        assert knext.logical(Image.Image).value_type == "PIL.Image.Image"

    def test_times_have_plain_arrow_types(self):
        assert str(knext.logical(datetime.date).to_pyarrow()) == "date32[day]"

    def test_an_unknown_type_has_no_arrow_type(self):
        with pytest.raises(ValueError, match="not known"):
            knext.LogicalType("other", knext.string()).to_pyarrow()

    def test_the_supported_classes_can_be_listed(self):
        assert "PIL.Image.Image" in knext.supported_value_types().splitlines()


def test_specs_of_binary_ports():
    spec = knext.BinaryPortObjectSpec("org.example.model")
    assert knext.BinaryPortObjectSpec.deserialize(spec.serialize()).id == "org.example.model"
