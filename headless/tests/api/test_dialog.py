"""The dialog's JSON, control by control, as KNIME's dialog component reads it."""

from __future__ import annotations

import pytest

import knime.extension as knext
from knime.extension.parameter import (
    extract_parameter_descriptions,
    extract_schema,
    extract_ui_schema,
)


class Mode(knext.EnumParameterOptions):
    FAST = ("Fast", "Quick and rough.")
    FINE = ("Fine", "Slow and good.")


class Many(knext.EnumParameterOptions):
    A = ("a", "1")
    B = ("b", "2")
    C = ("c", "3")
    D = ("d", "4")
    E = ("e", "5")


METADATA = {"preferred_value_type": "org.example.Text", "displayed_column_type": "Text"}
SCHEMA = knext.Schema([knext.string(), knext.int64()], ["Name", "Age"], [METADATA, METADATA])


class Context:
    def __init__(self, *specs):
        self.specs = list(specs)

    def get_input_specs(self):
        return self.specs


def drawn(parameter, context=None):
    """Schema and control of a single parameter called ``p``."""
    node = type("Node", (), {"p": parameter})()
    parameter.__set_name__(type(node), "p")
    context = context or Context(SCHEMA)
    schema = extract_schema(node, "1.0.0", context)["properties"]["model"]["properties"]["p"]
    (control,) = extract_ui_schema(node, context)["elements"]
    assert control["scope"] == "#/properties/model/properties/p"
    assert (control["type"], control["label"]) == ("Control", "L")
    assert schema["title"] == "L"
    return schema, control["options"]


OPTIONS = "D\n\n**Available options:**\n\n- Fast: Quick and rough.\n- Fine: Slow and good.\n"


@pytest.mark.parametrize(
    ("parameter", "schema", "options"),
    [
        (
            knext.IntParameter("L", "D"),
            {"type": "integer", "format": "int32"},
            {"format": "integer"},
        ),
        (
            knext.DoubleParameter("L", "D"),
            {"type": "number", "format": "double"},
            {"format": "number"},
        ),
        (knext.BoolParameter("L", "D"), {"type": "boolean"}, {"format": "boolean"}),
        (knext.StringParameter("L", "D"), {"type": "string"}, {"format": "string"}),
        (
            knext.MultilineStringParameter("L", "D", number_of_lines=5),
            {"type": "string"},
            {"format": "textArea", "rows": 5},
        ),
        (
            knext.LocalPathParameter("L", "D", "choose"),
            {"type": "string"},
            {"format": "stringFileChooser", "fileSystem": "LOCAL", "placeholder": "choose"},
        ),
        (
            knext.StringParameter("L", "D", choices=["a", "b"]),
            {"oneOf": [{"const": "a", "title": "a"}, {"const": "b", "title": "b"}]},
            {"format": "string"},
        ),
        (
            knext.EnumParameter("L", "D", enum=Mode),
            {
                "description": OPTIONS,
                "oneOf": [{"const": "FAST", "title": "Fast"}, {"const": "FINE", "title": "Fine"}],
            },
            {"format": "radio"},
        ),
        (
            knext.EnumParameter("L", "D", enum=Mode, style=knext.EnumParameter.Style.VALUE_SWITCH),
            {
                "description": OPTIONS,
                "oneOf": [{"const": "FAST", "title": "Fast"}, {"const": "FINE", "title": "Fine"}],
            },
            {"format": "valueSwitch"},
        ),
        (
            knext.EnumSetParameter("L", "D", enum=Mode),
            {"description": OPTIONS, "type": "array", "items": {"type": "string"}},
            {
                "format": "twinList",
                "possibleValues": [{"id": "FAST", "text": "Fast"}, {"id": "FINE", "text": "Fine"}],
            },
        ),
    ],
)
def test_schema_and_control(parameter, schema, options):
    assert drawn(parameter) == ({"title": "L", "description": "D", **schema}, options)


def test_many_options_become_a_dropdown():
    _, options = drawn(knext.EnumParameter("L", "D", enum=Many))
    assert options == {"format": "string"}


def test_options_can_be_hidden_by_the_context():
    parameter = knext.EnumParameter("L", "D", enum=Mode, hidden_choices=lambda ctx: [Mode.FINE])
    schema, _ = drawn(parameter)
    assert schema["oneOf"] == [{"const": "FAST", "title": "Fast"}]
    assert "Fine" not in schema["description"]


def test_limits_of_numbers():
    _, options = drawn(knext.IntParameter("L", "D", 1, min_value=1, max_value=10))
    assert options["validation"] == {
        "min": {
            "parameters": {"min": 1, "isExclusive": False},
            "errorMessage": "The value must be at least 1.",
        },
        "max": {
            "parameters": {"max": 10, "isExclusive": False},
            "errorMessage": "The value must be at most 10.",
        },
    }


def test_advanced_controls_are_marked():
    _, options = drawn(knext.IntParameter("L", "D", is_advanced=True))
    assert options == {"format": "integer", "isAdvanced": True}


def test_choices_from_the_context():
    choice = knext.StringParameter.Choice
    parameter = knext.StringParameter(
        "L", "D", choices=lambda ctx: [choice(c.name, c.name.upper(), "x") for c in ctx.specs[0]]
    )
    schema, options = drawn(parameter)
    assert schema["oneOf"] == [
        {"const": "Name", "title": "NAME"},
        {"const": "Age", "title": "AGE"},
    ]
    assert schema["description"].endswith("- NAME: x\n- AGE: x\n")
    assert options == {"format": "string"}


def test_no_choices_from_the_context_leave_an_empty_dropdown():
    schema, options = drawn(knext.StringParameter("L", "D", choices=lambda ctx: []))
    assert schema["type"] == "string"
    assert options == {"format": "dropDown", "placeholder": "No values present"}


def test_choices_that_are_no_list_keep_the_dialog_from_opening():
    with pytest.raises(TypeError, match="list or tuple"):
        drawn(knext.StringParameter("L", "D", choices=lambda ctx: {"a"}))


AGE = {
    "id": "Age",
    "text": "Age",
    "type": {"id": "org.example.Text", "text": "Text"},
    "compatibleTypes": ["org.example.Text"],
}


def test_columns_of_an_input():
    keep = knext.ColumnParameter("L", "D", column_filter=lambda c: c.name == "Age")
    schema, options = drawn(keep)
    assert schema["type"] == "string"
    assert options == {
        "format": "dropDown",
        "showRowKeys": False,
        "showNoneColumn": False,
        "possibleValues": [AGE],
    }


def test_columns_can_include_none():
    parameter = knext.ColumnParameter("L", "D", include_none_column=True, include_row_key=True)
    _, options = drawn(parameter)
    assert options["possibleValues"][-1] == {"id": "<none>", "text": "None"}
    assert (options["showRowKeys"], options["showNoneColumn"]) == (True, True)


def test_several_columns():
    schema, options = drawn(knext.MultiColumnParameter("L", "D"))
    assert (schema["type"], schema["items"]) == ("array", {"type": "string"})
    assert options["format"] == "twinList"
    assert [value["id"] for value in options["possibleValues"]] == ["Name", "Age"]


def test_an_unconnected_input_has_no_columns():
    _, options = drawn(knext.ColumnParameter("L", "D"), Context(None))
    assert options["possibleValues"] == []


def test_columns_from_elsewhere():
    parameter = knext.ColumnParameter("L", "D", port_index=9, schema_provider=lambda ctx: SCHEMA)
    _, options = drawn(parameter, Context())
    assert len(options["possibleValues"]) == 2


@pytest.mark.parametrize(
    ("context", "error"), [(Context(), IndexError), (Context("no table"), TypeError)]
)
def test_columns_need_a_table(context, error):
    with pytest.raises(error, match=r"(?i)input 0"):
        drawn(knext.ColumnParameter("L", "D"), context)


class TestRules:
    def rule_of(self, condition, **parameters):
        shown = knext.IntParameter("L", "D").rule(condition, knext.Effect.SHOW)
        node = type("Node", (), {**parameters, "shown": shown})()
        elements = extract_ui_schema(node, Context())["elements"]
        return elements[-1]["rule"]

    def test_one_of(self):
        switch = knext.BoolParameter("S", "D")
        assert self.rule_of(knext.OneOf(switch, [True]), switch=switch) == {
            "effect": "SHOW",
            "condition": {
                "scope": "#/properties/model/properties/switch",
                "schema": {"oneOf": [{"const": True}]},
            },
        }

    def test_contains(self):
        options = knext.EnumSetParameter("S", "D", enum=Mode)
        rule = self.rule_of(knext.Contains(options, "FAST"), options=options)
        assert rule["condition"]["schema"] == {"contains": {"const": "FAST"}}

    @pytest.mark.parametrize(("combine", "kind"), [(knext.And, "AND"), (knext.Or, "OR")])
    def test_combined(self, combine, kind):
        one, other = knext.BoolParameter("1", "D"), knext.BoolParameter("2", "D")
        condition = combine(knext.OneOf(one, [True]), knext.OneOf(other, [False]))
        rule = self.rule_of(condition, one=one, other=other)
        assert rule["condition"]["type"] == kind
        assert [c["scope"].rsplit("/", 1)[1] for c in rule["condition"]["conditions"]] == [
            "one",
            "other",
        ]

    @pytest.mark.parametrize("combine", [knext.And, knext.Or])
    def test_combining_nothing_is_refused(self, combine):
        with pytest.raises(ValueError, match="at least one condition"):
            combine()

    @pytest.mark.parametrize(("holds", "kind"), [(True, "object"), (False, "null")])
    def test_decided_by_the_context(self, holds, kind):
        rule = self.rule_of(knext.DialogContextCondition(lambda ctx: holds))
        assert rule["condition"] == {"scope": "#", "schema": {"type": [kind]}}

    def test_a_parameter_that_is_not_in_the_dialog_cannot_decide(self):
        with pytest.raises(ValueError, match="not in this dialog"):
            self.rule_of(knext.OneOf(knext.BoolParameter("S", "D"), [True]))


@knext.parameter_group("Size", layout_direction=knext.LayoutDirection.HORIZONTAL)
class Size:
    """How large."""

    fixed = knext.BoolParameter("Fixed", "Same for all.")
    width = knext.IntParameter("Width", "In pixels.").rule(
        knext.OneOf(fixed, [True]), knext.Effect.ENABLE
    )


class Grouped:
    switch = knext.BoolParameter("Switch", "D")
    size = Size().rule(knext.OneOf(switch, [True]), knext.Effect.HIDE)
    extra = Size(is_advanced=True)


class TestGroups:
    def test_a_group_is_a_section(self):
        _, size, extra = extract_ui_schema(Grouped(), Context())["elements"]
        assert size["type"] == "Section"
        assert (size["label"], size["options"]) == ("Size", {})
        assert extra["options"] == {"isAdvanced": True}
        (layout,) = size["elements"]
        assert layout["type"] == "HorizontalLayout"
        assert [c["scope"] for c in layout["elements"]] == [
            "#/properties/model/properties/size/properties/fixed",
            "#/properties/model/properties/size/properties/width",
        ]
        assert size["rule"]["effect"] == "HIDE"

    def test_rules_of_a_group_class_used_twice_point_at_the_first(self):
        _, _, extra = extract_ui_schema(Grouped(), Context())["elements"]
        rule = extra["elements"][0]["elements"][1]["rule"]
        assert rule["condition"]["scope"] == "#/properties/model/properties/size/properties/fixed"

    def test_the_schema_is_nested(self):
        model = extract_schema(Grouped(), "1.0.0", Context())["properties"]["model"]
        assert model["properties"]["size"]["type"] == "object"
        assert list(model["properties"]["size"]["properties"]) == ["fixed", "width"]


def test_parameters_of_later_versions_are_not_in_the_schema():
    class Node:
        old = knext.IntParameter("Old", "D")
        new = knext.IntParameter("New", "D", since_version="2.0.0")

    def names(version):
        return list(extract_schema(Node(), version)["properties"]["model"]["properties"])

    assert names("1.0.0") == ["old"]
    assert names("2.0.0") == ["old", "new"]


class TestDescriptions:
    def test_without_groups(self):
        class Node:
            mode = knext.EnumParameter("Mode", "How.", enum=Mode)
            text = knext.StringParameter("Text", "Which.", choices=["a"])

        described, in_tabs = extract_parameter_descriptions(Node())
        assert not in_tabs
        assert described[0]["description"].startswith("How.\n\n**Available options:**")
        assert described[1] == {"name": "Text", "description": "Which."}

    def test_groups_become_tabs(self):
        tabs, in_tabs = extract_parameter_descriptions(Grouped())
        assert in_tabs
        assert [tab["name"] for tab in tabs] == ["Options", "Size", "Size"]
        assert [o["name"] for o in tabs[1]["options"]] == ["Fixed", "Width"]

    def test_the_options_keep_the_indentation_of_the_docstring(self):
        parameter = knext.EnumParameter("L", "First line.\n\n    Second.", enum=Mode)
        schema, _ = drawn(parameter)
        assert "\n    - Fast: Quick and rough.\n" in schema["description"]
