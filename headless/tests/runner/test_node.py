"""Single nodes: dialog, configure, execute, and what they must not do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import knime.extension as knext
from knime_headless import (
    Executed,
    Node,
    NodeCanceled,
    NodeFailed,
    Progress,
    backend,
    load_extension,
)

RED = {"colours": "red,blue", "credential": ""}


@pytest.fixture
def palette(colours) -> Executed:
    return colours.nodes["palette_source"].execute(RED)


@pytest.fixture
def sample(write_extension: Callable[..., Path]) -> Callable[..., Node]:
    """The only node of an extension with the given class body and decorators."""

    def load(body: str = "", decorators: str = "") -> Node:
        return load_extension(write_extension(body, decorators)).nodes["sample"]

    return load


class TestConfigure:
    def test_specs_are_made_anew(self, colours):
        source, paint = colours.nodes["palette_source"], colours.nodes["paint"]
        (spec,) = source.configure(RED).specs
        assert spec.name == "red,blue"
        configured = paint.configure({}, [spec])
        schema, passed = configured.specs
        assert schema.column_names == ["Image", "Colour", "Letters", "Parts"]
        assert passed.name == "red,blue"
        assert passed is not spec
        assert configured.warnings == ("Paint is wet.",)

    def test_tables_know_how_their_types_are_shown(self, colours):
        paint, count = colours.nodes["paint"], colours.nodes["count"]
        spec = colours.nodes["palette_source"].configure(RED).specs[0]
        schema = count.configure({}, [paint.configure({}, [spec]).specs[0]]).specs[0]
        assert {c.name: c.metadata["displayed_column_type"] for c in schema} == {
            "Image": "PNG Image",
            "Colour": "String",
            "Letters": "Number (Long Integer)",
            "Parts": "List (Collection of: String)",
            "Number": "Number (Long Integer)",
        }
        assert schema["Image"].metadata["preferred_value_type"].endswith("PNGImageValue")

    def test_a_refusal(self, colours):
        with pytest.raises(NodeFailed, match=r"^Palette Source: Name at least one colour") as error:
            colours.nodes["palette_source"].configure({"colours": "", "credential": ""})
        assert (error.value.step, error.value.shown_without_trace) == ("configure", True)

    def test_credentials(self, colours):
        source = colours.nodes["palette_source"]
        source.configure({"credential": "me"}, credentials={"me": ("user", None)})
        with pytest.raises(NodeFailed, match="no credential called 'you'") as error:
            source.configure({"credential": "you"}, credentials={"me": ("user", "secret")})
        assert not error.value.shown_without_trace

    def test_a_missing_input(self, colours):
        with pytest.raises(NodeFailed, match="input 'Palette' is not connected"):
            colours.nodes["paint"].configure()

    def test_a_wrong_input(self, colours):
        schema = knext.Schema.from_types([knext.string()], ["A"])
        with pytest.raises(NodeFailed, match="takes a Palette, not a Schema"):
            colours.nodes["paint"].configure({}, [schema])

    def test_too_many_inputs(self, colours):
        with pytest.raises(NodeFailed, match="has 0 inputs, but got 1"):
            colours.nodes["palette_source"].configure(RED, [None])

    @pytest.mark.parametrize(
        ("result", "message"),
        [
            ("[None, None]", "gave 2 results, but has 1 outputs"),
            ("'text'", "takes a Schema, not str"),
            ("knext.Schema.from_types([knext.string()] * 2, ['A', 'A'])", "(?i)duplicate column"),
        ],
    )
    def test_specs_that_do_not_fit(self, sample, result, message):
        body = f"def configure(self, ctx):\n    return {result}"
        with pytest.raises(NodeFailed, match=message):
            sample(body, '@knext.output_table("Out", "d")').configure()

    def test_a_single_column_is_a_schema(self, sample):
        body = "def configure(self, ctx):\n    return knext.Column(knext.string(), 'A')"
        (spec,) = sample(body, '@knext.output_table("Out", "d")').configure().specs
        assert spec.column_names == ["A"]

    def test_binary_ports_with_another_id(self, sample):
        body = "def configure(self, ctx):\n    return knext.BinaryPortObjectSpec('b')"
        with pytest.raises(NodeFailed, match="has the id a"):
            sample(body, '@knext.output_binary("Out", "d", "a")').configure()


class TestExecute:
    def test_a_chain(self, colours, palette):
        painted = colours.nodes["paint"].execute({"size": {"width": 8}}, palette.outputs)
        table, passed = painted.outputs
        assert [row["Colour"] for row in table.rows()] == ["red", "blue"]
        picture = table.rows()[0]["Image"]
        assert (picture.size, picture.getpixel((0, 0))) == ((8, 3), (255, 0, 0))
        assert passed.colours == ["red", "blue"]
        assert passed is not palette.outputs[0]
        assert painted.view == "<!DOCTYPE html><p>red, blue</p>"
        assert painted.flow_variables == {"painted": 2}
        assert [p.message for p in painted.progress] == ["painting red", "painting blue"]
        assert (logging.INFO, "painting red") in {(e.level, e.text) for e in painted.log}

        (counted,) = colours.nodes["count"].execute({"batch": 1}, [table]).outputs
        assert [row["Number"] for row in counted.rows()] == [0, 1]
        assert counted.to_pandas()["Image"].iloc[1].getpixel((0, 0)) == (0, 0, 255)
        assert repr(counted).startswith("StoredTable(['Image', 'Colour'")

    def test_tables_from_outside(self, colours):
        frame = pd.DataFrame({"A": [1, 2, 3]}, index=["x", "y", "z"])
        (counted,) = colours.nodes["count"].execute({}, [frame]).outputs
        assert list(counted.to_pandas().index) == ["x", "y", "z"]
        arrow = counted.to_pyarrow().drop_columns(["Number"])
        (again,) = colours.nodes["count"].execute({}, [arrow]).outputs
        assert again.to_pyarrow() == counted.to_pyarrow()

    def test_a_failure(self, colours, palette):
        with pytest.raises(NodeFailed, match=r"^Paint: There is no blue paint left") as error:
            colours.nodes["paint"].execute({"fail_at": "blue"}, palette.outputs)
        assert error.value.step == "execute"
        assert isinstance(error.value.__cause__, ValueError)

    def test_cancel(self, colours, palette):
        cancel = threading.Event()

        def stop_when_painting(told: Progress) -> None:
            cancel.set()

        with pytest.raises(NodeCanceled, match="Canceled"):
            colours.nodes["paint"].execute(
                {"delay": 60.0}, palette.outputs, cancel=cancel, on_progress=stop_when_painting
            )

    def test_a_node_that_ignores_a_cancel_still_counts_as_canceled(self, sample):
        cancel = threading.Event()
        cancel.set()
        with pytest.raises(NodeCanceled):
            sample().execute({}, cancel=cancel)

    def test_nothing_set_in_configure_reaches_execute(self, sample):
        body = """\
        def configure(self, ctx):
            self.kept = 1

        def execute(self, ctx):
            self.kept
        """
        with pytest.raises(NodeFailed, match="no attribute 'kept'"):
            sample(body).execute()

    def test_it_runs_outside_the_main_thread(self, sample):
        body = """\
        def execute(self, ctx):
            import threading
            assert threading.current_thread() is not threading.main_thread()
        """
        sample(body).execute()

    def test_the_end_of_the_process_is_only_a_failure(self, sample):
        with pytest.raises(NodeFailed, match="tried to end the process"):
            sample("def execute(self, ctx):\n    raise SystemExit(3)").execute()

    def test_an_error_without_words_is_named(self, sample):
        with pytest.raises(NodeFailed, match="Sample: ValueError"):
            sample("def execute(self, ctx):\n    raise ValueError").execute()

    def test_the_last_warning_of_configure_is_not_lost(self, colours, palette):
        assert colours.nodes["paint"].execute({}, palette.outputs).warnings == ("Paint is wet.",)

    def test_folders(self, sample, tmp_path):
        body = """\
        def execute(self, ctx):
            ctx.flow_variables["data"] = ctx.get_workflow_data_area_dir()
            ctx.flow_variables["temp"] = ctx.get_workflow_temp_dir()
        """
        variables = sample(body).execute(data_area=tmp_path / "mine").flow_variables
        assert variables["data"] == str(tmp_path / "mine")
        assert sample(body).execute().flow_variables["data"].endswith("data")

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("ctx.flow_variables['knime.x'] = 1", "belongs to KNIME|starts with 'knime'"),
            ("ctx.flow_variables[1] = 1", "is a text"),
            ("del ctx.flow_variables['a']", "cannot be deleted"),
            ("ctx.flow_variables['a'] = {}", "cannot hold"),
            ("ctx.flow_variables['a'] = [1, 'x']", "cannot hold"),
            ("ctx.flow_variables['a'] = 2**63", "cannot hold"),
            ("ctx.flow_variables['a'] = [1, -(2**63) - 1]", "cannot hold"),
        ],
    )
    def test_flow_variables_that_knime_refuses(self, sample, code, message):
        with pytest.raises(NodeFailed, match=message):
            sample(f"def execute(self, ctx):\n    {code}").execute(flow_variables={"a": 1})

    def test_flow_variables_that_belong_to_knime_can_be_read(self, sample):
        body = "def execute(self, ctx):\n    assert ctx.flow_variables['knime.workspace'] == 'x'"
        sample(body).execute(flow_variables={"knime.workspace": "x"})


TABLE = '@knext.output_table("Out", "d")\n'
VIEW = '@knext.output_view("View", "d")\n'


class TestOutputs:
    @pytest.mark.parametrize(
        ("decorators", "result", "message"),
        [
            (TABLE, "None", "takes a Table"),
            (TABLE, "'text'", "takes a Table or BatchOutputTable, not str"),
            (TABLE + VIEW, "frame()", "gave 1 results, but has 1 outputs and a view"),
            (TABLE + VIEW, "frame(), frame()", "the view, not"),
            (VIEW, "None", "gave 0 results"),
            (VIEW, "knext.view_html(b'<p>')", "the view, not"),
            (VIEW, "knext.view_html('\\ud800')", "surrogates not allowed"),
            ('@knext.output_binary("Out", "d", "a")', "'text'", "takes bytes, not str"),
        ],
    )
    def test_results_that_do_not_fit(self, sample, decorators, result, message):
        body = f"""\
        def execute(self, ctx):
            import pandas as pd

            def frame():
                return knext.Table.from_pandas(pd.DataFrame())

            return {result}
        """
        with pytest.raises(NodeFailed, match=message):
            sample(body, decorators).execute()

    @pytest.mark.parametrize(
        "ktype",
        ["knext.blob()", "knext.struct(knext.string())", "knext.list_(knext.list_(knext.blob()))"],
    )
    def test_columns_that_knime_does_not_take_are_refused_in_configure(self, sample, ktype):
        body = f"""\
        def configure(self, ctx):
            return knext.Schema.from_columns([knext.Column({ktype}, "Raw")])
        """
        with pytest.raises(NodeFailed, match=r"no column of .* as 'Raw'"):
            sample(body, TABLE).configure()

    @pytest.mark.parametrize("kept", ["Key", "<RowID>", "index", " "])
    def test_row_ids_are_kept_from_a_column_of_any_name(self, sample, kept):
        body = f"""\
        def execute(self, ctx):
            import pyarrow as pa

            data = pa.table({{{kept!r}: ["a", "b"], "Number": [1, 2]}})
            table = knext.Table.from_pyarrow(data, row_ids="keep")
            assert list(table.to_pandas().index) == ["a", "b"]
            batches = knext.BatchOutputTable.create(row_ids="keep")
            batches.append(data)
            return table, batches
        """
        for table in sample(body, TABLE * 2).execute().outputs:
            assert table.rows() == [{"Number": 1}, {"Number": 2}]
            assert list(table.to_pandas().index) == ["a", "b"]
            assert table.to_pyarrow().column_names == ["<RowID>", "Number"]

    def test_a_port_object_may_serialize_to_a_bytearray(self, colours, palette, monkeypatch):
        held = type(palette.outputs[0])
        monkeypatch.setattr(held, "serialize", lambda self: bytearray(b"lime"))
        passed = colours.nodes["paint"].execute({}, [palette.outputs[0], None]).outputs[1]
        assert passed.colours == ["lime"]

    def test_a_view_alone(self, sample):
        body = "def execute(self, ctx):\n    return knext.view_html('<p>x</p>')"
        assert sample(body, VIEW).execute().view == "<p>x</p>"

    def test_bytes(self, sample):
        body = """\
        def configure(self, ctx, *inputs):
            return knext.BinaryPortObjectSpec("a")

        def execute(self, ctx, data):
            return (data or b"") + b"x"
        """
        ports = '@knext.input_binary("In", "d", "a")\n@knext.output_binary("Out", "d", "a")'
        node = sample(body, ports)
        assert node.execute({}, [b"ab"]).outputs == (b"abx",)
        spec = knext.BinaryPortObjectSpec("a")
        assert node.configure({}, [spec]).specs[0].id == "a"

    def test_bytes_do_not_go_into_other_ports(self, colours):
        with pytest.raises(NodeFailed, match="does not take bytes"):
            colours.nodes["count"].execute({}, [b"x"])

    def test_objects_of_another_class(self, sample):
        body = """\
        class Spec(knext.PortObjectSpec):
            def serialize(self):
                return {}

            @classmethod
            def deserialize(cls, data, java_callback=None):
                return cls()

        class Thing(knext.PortObject):
            def serialize(self):
                return "text"

            @classmethod
            def deserialize(cls, spec, storage):
                return cls(spec)

        thing = knext.port_type("Thing", Thing, Spec)
        output_ports = [knext.Port(thing, "Out", "d")]
        wrong = knext.StringParameter("Wrong", "d", "yes")

        def configure(self, ctx):
            return self.Spec()

        def execute(self, ctx):
            return "text" if self.wrong == "yes" else self.Thing(self.Spec())
        """
        node = sample(body)
        with pytest.raises(NodeFailed, match="takes a Thing, not str"):
            node.execute()
        with pytest.raises(NodeFailed, match="serialize gave str, not bytes"):
            node.execute({"wrong": "no"})


class TestBatches:
    BODY = """\
    def execute(self, ctx):
        import pyarrow as pa

        out = knext.BatchOutputTable.create(row_ids="{row_ids}")
        for batch in {batches}:
            out.append(pa.table(batch))
        return out
    """

    @pytest.mark.parametrize(
        ("row_ids", "batches", "message"),
        [
            ("generate", "[{'A': [1]}, {'A': [1, 2]}]", "2 rows came after batches of 1"),
            ("generate", "[{'A': [1, 2]}, {'A': [1]}, {'A': [1]}]", "1 rows came after"),
            ("generate", "[{'A': [1]}, {'A': ['x']}]", "string.* in a batch, but .*int64"),
            ("generate", "[{'A': [1]}, {'B': [1]}]", r"columns \['B'\], the first one \['A'\]"),
            ("keep", "[{'<RowID>': ['x']}, {'<RowID>': ['x']}]", "'x' occurs twice"),
            ("keep", "[{'<RowID>': pa.array([None], pa.string())}]", "RowID is missing"),
        ],
    )
    def test_batches_that_do_not_fit(self, sample, row_ids, batches, message):
        body = self.BODY.format(row_ids=row_ids, batches=batches)
        with pytest.raises(NodeFailed, match=message):
            sample(body, TABLE).execute()

    @pytest.mark.skipif(backend.IS_REAL, reason="KNIME loses the values without a word")
    def test_values_after_a_first_batch_without_any(self, sample):
        body = self.BODY.format(row_ids="generate", batches="[{'A': [None]}, {'A': ['x']}]")
        with pytest.raises(NodeFailed, match="would be lost"):
            sample(body, TABLE).execute()

    def test_a_frame_with_an_index_that_repeats(self, sample):
        body = """\
        def execute(self, ctx):
            import pandas as pd

            return knext.Table.from_pandas(pd.DataFrame({"A": [1, 2]}, index=["x", "x"]))
        """
        with pytest.raises(NodeFailed, match="unique"):
            sample(body, TABLE).execute()

    def test_empty_batches_leave_a_table_with_columns(self, sample):
        body = self.BODY.format(row_ids="generate", batches="[{'A': pa.array([], pa.int64())}]")
        (table,) = sample(body, TABLE).execute().outputs
        assert (table.column_names, table.num_rows) == (["A"], 0)


class TestDialog:
    def test_stored_settings_and_html(self, colours):
        dialog = colours.nodes["palette_source"].dialog(RED, credentials={"me": ("user", "x")})
        assert dialog["data"]["model"]["colours"] == "red,blue"
        properties = dialog["schema"]["properties"]["model"]["properties"]
        assert properties["colours"]["description"] == "<p>Names with commas between.</p>"
        assert properties["credential"]["oneOf"] == [{"const": "me", "title": "me"}]
        assert "<li>Sorted: Colours are sorted by name.</li>" in properties["order"]["description"]
        assert dialog["ui_schema"]["elements"][3]["rule"] == {
            "effect": "SHOW",
            "condition": {
                "scope": "#/properties/model/properties/set_order",
                "schema": {"oneOf": [{"const": True}]},
            },
        }

    def test_columns_of_an_input(self, colours):
        picture = pd.DataFrame({"Picture": [Image.new("L", (1, 1))], "Name": ["x"]})
        titles = colours.nodes["count"].execute({}, [picture]).outputs[0]
        spec = colours.nodes["palette_source"].configure(RED).specs[0]
        dialog = colours.nodes["paint"].dialog({}, [spec, titles.spec])
        possible = dialog["ui_schema"]["elements"][-1]["options"]["possibleValues"]
        assert [(v["id"], v["type"]["text"]) for v in possible] == [
            ("Picture", "PNG Image"),
            ("Name", "String"),
            ("Number", "Number (Long Integer)"),
        ]

    def test_unconnected_inputs(self, colours):
        dialog = colours.nodes["paint"].dialog()
        assert dialog["ui_schema"]["elements"][-1]["options"]["possibleValues"] == []

    def test_flow_variables(self, sample):
        body = "p = knext.StringParameter('P', 'D', choices=lambda c: list(c.get_flow_variables()))"
        dialog = sample(body).dialog(flow_variables={"a": 1})
        model = dialog["schema"]["properties"]["model"]["properties"]
        assert model["p"]["oneOf"] == [{"const": "a", "title": "a"}]

    def test_choices_that_fail_keep_the_dialog_from_opening(self, sample):
        node = sample("p = knext.StringParameter('P', 'D', choices=lambda ctx: 1 / 0)")
        with pytest.raises(NodeFailed, match="division by zero") as error:
            node.dialog()
        assert error.value.step == "dialog"

    def test_raw_html_is_shown_as_text(self, sample):
        body = "p = knext.StringParameter('P', 'a <b>c</b>')"
        model = sample(body).dialog()["schema"]["properties"]["model"]["properties"]
        assert model["p"]["description"] == "<p>a &lt;b&gt;c&lt;/b&gt;</p>"

    def test_a_dialog_opens_in_spite_of_a_file_that_is_gone(self, sample):
        node = sample("p = knext.LocalPathParameter('P', 'D')")
        assert node.dialog({"p": "/no/such/file"})["data"]["model"]["p"] == "/no/such/file"
        with pytest.raises(NodeFailed, match="/no/such/file"):
            node.configure({"p": "/no/such/file"})


def test_what_a_node_says_of_itself(colours):
    node = colours.nodes["palette_source"]
    assert node.documentation.startswith("Makes a palette")
    assert (node.icon, node.view, node.outputs[0].name) == ("icons/colour.png", None, "Palette")
    assert repr(node) == "Node('palette_source')"
    assert node.settings_schema()["properties"]["colours"]["type"] == "string"
