"""Parameter groups: nested values, bound to the node they are read from."""

from __future__ import annotations

import pytest

import knime.extension as knext
from knime.extension.parameter import (
    extract_parameters,
    inject_parameters,
    validate_parameters,
    validate_specs,
)


@knext.parameter_group("Inner")
class Inner:
    """Deep inside."""

    depth = knext.IntParameter("Depth", "How deep.", 1, max_value=9)


@knext.parameter_group("Outer")
class Outer:
    """Around it."""

    width = knext.IntParameter("Width", "How wide.", 2)
    inner = Inner()

    def area(self):
        return self.width * self.inner.depth


class Node:
    outer = Outer()
    plain = knext.BoolParameter("Plain", "No group.")


def test_values_are_nested():
    expected = {"outer": {"width": 2, "inner": {"depth": 1}}, "plain": False}
    assert extract_parameters(Node()) == {"model": expected}


def test_values_belong_to_the_node():
    one, other = Node(), Node()
    one.outer.inner.depth = 5
    one.outer.width = 4
    assert (one.outer.area(), other.outer.area()) == (20, 2)
    inject_parameters(other, extract_parameters(one))
    assert other.outer.area() == 20


def test_the_decorated_class_keeps_its_name_and_docstring():
    assert (Outer.__name__, Outer.__doc__, Outer.__module__) == ("Outer", "Around it.", __name__)


def test_checks_run_inside_groups():
    with pytest.raises(ValueError, match="above"):
        Node().outer.inner.depth = 10
    stored = {"model": {"outer": {"width": 2, "inner": {"depth": 10}}, "plain": False}}
    with pytest.raises(ValueError, match="above"):
        validate_parameters(Node(), stored)
    with pytest.raises(ValueError, match="above"):
        inject_parameters(Node(), stored)


def test_a_group_cannot_be_replaced():
    with pytest.raises(RuntimeError, match="one by one"):
        Node().outer = Outer()


def test_reserved_arguments_are_refused():
    with pytest.raises(SyntaxError, match="validator"):

        @knext.parameter_group("Bad")
        class Bad:
            def __init__(self, validator):
                pass


def test_a_group_takes_arguments_of_its_own():
    @knext.parameter_group("Named")
    class Named:
        number = knext.IntParameter("Number", "Any.")

        def __init__(self, unit):
            self.unit = unit

    class Node:
        named = Named("metres", since_version="1.2.0")

    assert Node().named.unit == "metres"


class TestVersions:
    @knext.parameter_group("Later", since_version="1.1.0")
    class Later:
        number = knext.IntParameter("Number", "Any.", 7)
        inner = Inner()

    class Node:
        pass

    def test_old_settings_load_without_the_group(self):
        class Node:
            old = knext.IntParameter("Old", "First.")
            later = self.Later()

        stored = {"model": {"old": 1}}
        validate_parameters(Node(), stored, "1.0.0")
        node = Node()
        inject_parameters(node, stored, "1.0.0")
        assert (node.later.number, node.later.inner.depth) == (7, 1)
        with pytest.raises(ValueError, match="'later' is missing"):
            validate_parameters(Node(), stored, "1.1.0")


class TestValidators:
    def test_the_method_validate_sees_the_stored_values(self):
        @knext.parameter_group("Range")
        class Range:
            low = knext.IntParameter("Low", "Least.", 0)
            high = knext.IntParameter("High", "Most.", 1)

            def validate(self, values):
                if values["low"] > values["high"]:
                    raise ValueError("low above high")

        class Node:
            range = Range()
            plain = Range()

            @range.validator(override=False)
            def also(values):
                if values["high"] > 100:
                    raise ValueError("too high")

            @plain.validator
            def instead(values):
                if values["high"] > 50:
                    raise ValueError("much too high")

        def check(**ranges):
            model = {"range": {"low": 0, "high": 1}, "plain": {"low": 0, "high": 1}, **ranges}
            validate_parameters(Node(), {"model": model})

        check()
        check(plain={"low": 5, "high": 1})
        with pytest.raises(ValueError, match="low above high"):
            check(range={"low": 5, "high": 1})
        with pytest.raises(ValueError, match=r"^too high"):
            check(range={"low": 5, "high": 101})
        with pytest.raises(ValueError, match="much too high"):
            check(plain={"low": 0, "high": 60})


def test_column_parameters_in_groups_are_checked_against_the_inputs():
    @knext.parameter_group("Columns")
    class Columns:
        column = knext.ColumnParameter("Column", "Which.")

    class Node:
        columns = Columns()

    with pytest.raises(ValueError, match="needs a table at input 0"):
        validate_specs(Node(), [])


def test_groups_made_in_init_are_refused():
    class Node:
        def __init__(self):
            self.outer = Outer()

    with pytest.raises(NotImplementedError, match="made in __init__"):
        extract_parameters(Node())
