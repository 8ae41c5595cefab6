from __future__ import annotations

import json
import subprocess
import sys

import pytest

import knime.extension as knext
from knime.extension import nodes, ports


class Spec(knext.PortObjectSpec):
    def serialize(self):
        return {}

    @classmethod
    def deserialize(cls, data):
        return cls()


class Object(knext.PortObject):
    def serialize(self):
        return b""

    @classmethod
    def deserialize(cls, spec, storage):
        return cls(spec)


class SubSpec(Spec):
    pass


class SubObject(Object):
    pass


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(ports, "_port_types", {})
    monkeypatch.setattr(nodes, "_nodes", {})
    monkeypatch.setattr(nodes, "_categories", [])


def declare(*decorators, **arguments):
    class Sample(knext.PythonNode):
        def configure(self, ctx, *inputs):
            return None

        def execute(self, ctx, *inputs):
            return None

    for decorator in reversed(decorators):
        Sample = decorator(Sample)
    node = knext.node("Sample", knext.NodeType.SINK, "icon.png", "/", **arguments)
    return node(Sample)


class TestPortTypes:
    def test_ids(self):
        explicit = knext.port_type("A", Object, Spec, id="org.example.a")
        derived = knext.port_type("B", SubObject, SubSpec)
        assert explicit.id == "org.example.a"
        assert derived.id == f"{__name__}.SubObject"

    @pytest.mark.parametrize(
        "second",
        [
            ("B", SubObject, SubSpec, "a"),
            ("B", Object, SubSpec, "b"),
            ("B", SubObject, Spec, "b"),
        ],
    )
    def test_each_only_once(self, second):
        knext.port_type("A", Object, Spec, id="a")
        with pytest.raises(ValueError, match="already"):
            knext.port_type(*second)

    def test_supertypes(self):
        wide = knext.port_type("A", Object, Spec, id="a")
        narrow = knext.port_type("B", SubObject, SubSpec, id="b")
        assert wide.is_super_type_of(narrow)
        assert not narrow.is_super_type_of(wide)

    def test_objects_know_their_spec(self):
        spec = Spec()
        assert Object(spec).spec is spec


class TestPorts:
    def test_order_from_top_to_bottom(self):
        custom = knext.port_type("A", Object, Spec, id="a")
        node = declare(
            knext.input_port("one", "d", custom),
            knext.input_table("two", "d", optional=True),
            knext.input_binary("three", "d", "id"),
            knext.output_table("four", "d"),
            knext.output_port("five", "d", custom),
            knext.output_binary("six", "d", "id"),
            knext.output_view("view", "d"),
        )()
        assert [p.name for p in node.input_ports] == ["one", "two", "three"]
        assert [p.optional for p in node.input_ports] == [False, True, False]
        assert [p.name for p in node.output_ports] == ["four", "five", "six"]
        assert node.output_view.name == "view"

    def test_ports_of_a_base_class_are_not_shared(self):
        @knext.input_table("one", "d")
        class Base:
            pass

        @knext.input_table("two", "d")
        class Derived(Base):
            pass

        assert [p.name for p in Base.input_ports] == ["one"]
        assert [p.name for p in Derived.input_ports] == ["two"]

    def test_binary_ports_need_an_id(self):
        with pytest.raises(TypeError, match="needs an id"):
            knext.Port(knext.PortType.BINARY, "name", "d")

    def test_names_are_texts(self):
        with pytest.raises(TypeError, match="texts"):
            knext.Port(knext.PortType.TABLE, "name", None)


class TestNodes:
    def test_the_decorator_leaves_a_function(self):
        factory = declare(id="sample")
        assert not isinstance(factory, type)
        assert factory().input_ports == []
        declared = nodes._nodes["sample"]
        assert (declared.name, declared.node_type) == ("Sample", "Sink")

    def test_without_an_id_the_class_name_is_taken(self):
        declare()
        assert list(nodes._nodes) == ["Sample"]

    def test_parameters_made_in_init_are_refused(self):
        class Loose(knext.PythonNode):
            def __init__(self):
                self.number = knext.IntParameter("Number", "Any.")

            def configure(self, ctx):
                return None

            def execute(self, ctx):
                return None

        factory = knext.node("Loose", knext.NodeType.OTHER, "icon.png", "/")(Loose)
        with pytest.raises(AttributeError, match="number"):
            factory()

    def test_nodes_need_configure_and_execute(self):
        with pytest.raises(TypeError, match="abstract"):
            knext.node("N", knext.NodeType.OTHER, "i.png", "/")(type("N", (knext.PythonNode,), {}))


def test_categories_give_their_path():
    assert knext.category("/community", "images", "Images", "d", "i.png") == "/community/images"
    assert knext.category("/", "images", "Images", "d", "i.png") == "/images"
    assert nodes._categories[0].to_dict() == {
        "path": "/community",
        "level_id": "images",
        "name": "Images",
        "description": "d",
        "icon": "i.png",
        "after": "",
        "locked": True,
    }


def test_the_api_is_what_it_says():
    assert sorted(knext.__all__) == list(knext.__all__)
    assert all(hasattr(knext, name) for name in knext.__all__)


def test_importing_the_api_imports_no_heavy_module():
    code = "import sys, json, knime.extension; print(json.dumps(list(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert not {"numpy", "pandas", "pyarrow", "PIL"} & set(json.loads(output))
