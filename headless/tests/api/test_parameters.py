"""Values, defaults and checks of the parameter types, and their way through JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knime.extension as knext
from knime.extension.parameter import (
    extract_parameters,
    inject_parameters,
    set_extension_version,
    validate_parameters,
    validate_specs,
)


class Mode(knext.EnumParameterOptions):
    FAST = ("Fast", "Quick and rough.")
    FINE = ("Fine", "Slow and good.")


class Everything:
    whole = knext.IntParameter("Whole", "A number.", 1, min_value=0, max_value=10)
    decimal = knext.DoubleParameter("Decimal", "A number.", 0.5, min_value=-1.0, max_value=1.0)
    switch = knext.BoolParameter("Switch", "On or off.", False)
    text = knext.StringParameter("Text", "A line.", "hello")
    lines = knext.MultilineStringParameter("Lines", "Many lines.", "a\nb")
    mode = knext.EnumParameter("Mode", "How.", Mode.FINE, Mode)
    modes = knext.EnumSetParameter("Modes", "Which.", ["FAST"], Mode)
    path = knext.LocalPathParameter("Path", "A file.")
    column = knext.ColumnParameter("Column", "One of them.")
    columns = knext.MultiColumnParameter("Columns", "Some of them.")


DEFAULTS = {
    "whole": 1,
    "decimal": 0.5,
    "switch": False,
    "text": "hello",
    "lines": "a\nb",
    "mode": "FINE",
    "modes": ["FAST"],
    "path": "",
    "column": "",
    "columns": [],
}


def test_defaults_in_the_order_of_declaration():
    assert extract_parameters(Everything()) == {"model": DEFAULTS}
    assert list(extract_parameters(Everything())["model"]) == list(DEFAULTS)


def test_the_class_gives_the_parameter_and_the_instance_its_value():
    assert isinstance(Everything.whole, knext.IntParameter)
    assert Everything().whole == 1


def test_instances_do_not_share_values():
    one, other = Everything(), Everything()
    one.whole = 7
    one.columns.append("a")
    one.modes.append("FINE")
    assert (other.whole, other.columns, other.modes) == (1, [], ["FAST"])


names = st.text(min_size=1)
stored_values = st.fixed_dictionaries(
    {
        "whole": st.integers(0, 10),
        "decimal": st.floats(-1, 1),
        "switch": st.booleans(),
        "text": st.text(),
        "lines": st.text(),
        "mode": st.sampled_from(Mode.get_all_options()),
        "modes": st.lists(st.sampled_from(Mode.get_all_options()), unique=True),
        "path": st.just(""),
        "column": st.text(),
        "columns": st.lists(names),
    }
)


@given(stored_values)
def test_settings_survive_the_trip_through_json(values):
    text = json.dumps({"model": values})
    validate_parameters(Everything(), json.loads(text))
    node = Everything()
    inject_parameters(node, json.loads(text))
    assert extract_parameters(node) == {"model": values}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("whole", -1, "below the least value 0"),
        ("whole", 11, "above the largest value 10"),
        ("whole", "1", "not a whole number"),
        ("whole", 1.5, "not a whole number"),
        ("decimal", 1.5, "above the largest value"),
        ("decimal", None, "not a number"),
        ("switch", 1, "neither true nor false"),
        ("text", 5, "not a text"),
        ("lines", None, "not a text"),
        ("mode", "Fast", "not one of 'FAST', 'FINE'"),
        ("modes", "FAST", "not a list"),
        ("modes", ["FAST", "ODD"], "'ODD' not among"),
        ("path", "/no/such/file", "no file or folder"),
        ("path", 5, "not a text"),
    ],
)
def test_built_in_checks_run_on_every_way_in(name, value, message):
    with pytest.raises((ValueError, TypeError), match=message):
        setattr(Everything(), name, value)
    stored = {"model": {**DEFAULTS, name: value}}
    with pytest.raises((ValueError, TypeError), match=message):
        validate_parameters(Everything(), stored)
    with pytest.raises((ValueError, TypeError), match=message):
        inject_parameters(Everything(), stored)


def test_whole_numbers_have_32_bits():
    class Node:
        number = knext.IntParameter("Number", "Any.")

    with pytest.raises(ValueError, match="32 bits"):
        Node().number = 2**31


def test_a_missing_value_is_an_error_when_validated():
    stored = {name: value for name, value in DEFAULTS.items() if name != "text"}
    with pytest.raises(ValueError, match="'text' is missing"):
        validate_parameters(Everything(), {"model": stored})


def test_a_file_that_is_gone_still_lets_the_dialog_open(tmp_path: Path):
    stored = {"model": {**DEFAULTS, "path": str(tmp_path / "gone")}}
    node = Everything()
    inject_parameters(node, stored, exclude_validations=True)
    assert node.path == str(tmp_path / "gone")


def test_an_existing_file_is_accepted(tmp_path: Path):
    node = Everything()
    node.path = str(tmp_path)
    assert node.path == str(tmp_path)


def test_an_empty_column_is_none_for_the_node():
    node = Everything()
    assert node.column is None
    inject_parameters(node, {"model": {"column": "A", "columns": ["A", ""]}})
    assert (node.column, node.columns) == ("A", ["A"])


def test_a_validator_takes_the_place_of_the_built_in_check():
    def even(value: int) -> None:
        if value % 2:
            raise ValueError(f"{value} is odd")

    class Node:
        argument = knext.IntParameter("A", "Even.", 2, even, max_value=4)
        decorated = knext.IntParameter("B", "Even.", 2, max_value=4)

        @decorated.validator
        def check(value):
            even(value)

    node = Node()
    node.argument = node.decorated = 6
    with pytest.raises(ValueError, match="5 is odd"):
        node.argument = 5
    with pytest.raises(ValueError, match="7 is odd"):
        node.decorated = 7


def test_validators_of_options_come_on_top_of_the_built_in_check():
    class Node:
        mode = knext.EnumParameter("Mode", "How.", "FAST", Mode)
        modes = knext.EnumSetParameter("Modes", "Which.", enum=Mode, validator=len)

        @mode.validator
        def not_fine(value):
            if value == "FINE":
                raise ValueError("too slow")

    with pytest.raises(ValueError, match="too slow"):
        Node().mode = "FINE"
    with pytest.raises(ValueError, match="not one of"):
        Node().mode = "ODD"
    with pytest.raises(ValueError, match="not among"):
        Node().modes = ["ODD"]


def test_a_validator_argument_on_an_enum_is_refused_as_it_crashes_knime():
    with pytest.raises(TypeError, match="decorator"):
        knext.EnumParameter("Mode", "How.", "FAST", Mode, validator=len)


@pytest.mark.parametrize("parameter", [knext.IntParameter, knext.DoubleParameter])
def test_numbers_need_a_default(parameter):
    with pytest.raises(TypeError, match="default"):
        parameter("Number", "Any.", None)


def test_a_switch_needs_a_default():
    with pytest.raises(TypeError, match="default"):
        knext.BoolParameter("Switch", "Any.", None)


@pytest.mark.parametrize(("lines", "error"), [(0, ValueError), ("3", TypeError)])
def test_lines_are_counted(lines, error):
    with pytest.raises(error, match="number_of_lines"):
        knext.MultilineStringParameter("Text", "Any.", number_of_lines=lines)


def test_the_name_stands_in_for_a_missing_label():
    class Node:
        number = knext.IntParameter()

    assert repr(Node.number) == "IntParameter('number')"
    with pytest.raises(TypeError, match="number: 'x'"):
        Node().number = "x"


def test_an_enum_without_options_has_one():
    class Empty(knext.EnumParameterOptions):
        pass

    class Node:
        mode = knext.EnumParameter("Mode", "How.", enum=Empty)
        modes = knext.EnumSetParameter("Modes", "How.")

    assert (Node().mode, Node().modes) == ("DEFAULT_OPTION", ["DEFAULT_OPTION"])


def test_the_first_static_choice_is_the_default_but_others_are_accepted():
    class Node:
        colour = knext.StringParameter("Colour", "Which.", choices=["red", "green"])
        shade = knext.StringParameter("Shade", "Which.", enum=["dark", "light"])

    node = Node()
    assert (node.colour, node.shade) == ("red", "dark")
    node.colour = "blue"
    assert node.colour == "blue"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"enum": ("a",)}, TypeError),
        ({"enum": ["a"], "choices": ["b"]}, ValueError),
        ({"choices": "ab"}, TypeError),
        ({"choices": [1]}, TypeError),
        ({"choices": ["a", "a"]}, ValueError),
    ],
)
def test_bad_choices_are_refused(arguments, error):
    with pytest.raises(error):
        knext.StringParameter("Text", "Any.", **arguments)


@pytest.mark.parametrize(("id", "error"), [("", ValueError), (5, TypeError)])
def test_a_choice_is_made_of_texts(id, error):
    with pytest.raises(error):
        knext.StringParameter.Choice(id, "label")


class TestVersions:
    class Node:
        old = knext.IntParameter("Old", "First.", 1)
        new = knext.StringParameter("New", "Later.", "fresh", since_version="1.1.0")
        moved = knext.IntParameter(
            "Moved", "Changed.", lambda version: 1 if version < (1, 1, 0) else 2
        )

    def test_old_settings_load_and_new_parameters_get_their_default(self):
        stored = {"model": {"old": 5, "moved": 4}}
        validate_parameters(self.Node(), stored, "1.0.0")
        node = self.Node()
        inject_parameters(node, stored, "1.0.0")
        assert (node.old, node.new, node.moved) == (5, "fresh", 4)

    def test_a_parameter_without_since_version_keeps_old_settings_from_loading(self):
        with pytest.raises(ValueError, match="'moved' is missing"):
            validate_parameters(self.Node(), {"model": {"old": 5}}, "1.0.0")

    def test_a_default_can_depend_on_the_version(self):
        set_extension_version("1.1.0")
        assert self.Node().moved == 2
        set_extension_version("1.0.0")
        assert self.Node().moved == 1

    def test_unknown_values_are_ignored(self):
        node = self.Node()
        inject_parameters(node, {"model": {"old": 3, "gone": 5}}, "1.0.0")
        assert node.old == 3


def test_a_node_can_rewrite_old_settings():
    class Node:
        size = knext.IntParameter("Size", "How large.")

        def _modify_parameters(self, stored):
            return {"size": stored["width"]}

    node = Node()
    inject_parameters(node, {"model": {"width": 8}})
    assert node.size == 8


def test_inherited_parameters_come_after_the_own():
    class Base:
        first = knext.IntParameter("First", "Base.")

    class Derived(Base):
        second = knext.IntParameter("Second", "Derived.")

    assert list(extract_parameters(Derived())["model"]) == ["second", "first"]


class TestColumns:
    class Node:
        column = knext.ColumnParameter("Column", "Which.", port_index=1)

    def test_the_input_must_exist(self):
        with pytest.raises(ValueError, match="only 1 inputs"):
            validate_specs(self.Node(), [knext.Schema([], [])])

    def test_the_input_must_be_a_table(self):
        with pytest.raises(TypeError, match="needs a table"):
            validate_specs(self.Node(), [None, knext.BinaryPortObjectSpec("x")])

    def test_an_unconnected_input_will_do(self):
        validate_specs(self.Node(), [None, None])

    def test_with_a_schema_provider_the_input_does_not_matter(self):
        class Node:
            column = knext.ColumnParameter("Column", "Which.", schema_provider=lambda ctx: None)

        validate_specs(Node(), [])
