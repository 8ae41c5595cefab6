"""Workflow files of KNIME: read, refused, run, converted, and written."""

from __future__ import annotations

import io
import math
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knime_headless import Workflow, WorkflowError, cli
from knime_headless.flow_variables import java_double, overwriting
from knime_headless.knwf.archive import open_workflow
from knime_headless.knwf.config_xml import Entry, array, entry, read_config, write_config
from knime_headless.knwf.convert import yaml_data
from knime_headless.knwf.model import read_model, write_model
from knime_headless.knwf.reading import Given
from knime_headless.knwf.variables import read_variables, written_variable
from knime_headless.knwf.writing import knime_workflow

COLOURS = Path(__file__).parents[1] / "extensions" / "colours"
Write = Callable[[str], Path]
Files = dict[str, bytes]

CHAIN = """\
flow_variables: {width: 16}
nodes:
  palette: {node: palette_source, settings: {colours: "red,blue", credential: ""}}
  paint:
    node: paint
    settings: {size: {width: {flow_variable: width}}, delay: 0.001}
    inputs: {Palette: palette}
  count:
    node: count
    settings: {batch: 5}
    inputs: [paint.Pictures]
"""


@pytest.fixture
def saved(write_workflow: Write, tmp_path: Path) -> Path:
    """The chain as KNIME would have saved it."""
    path = tmp_path / "Chain.knwf"
    path.write_bytes(knime_workflow(Workflow(write_workflow(CHAIN)), "Chain", "<h4>Colours</h4>"))
    return path


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def changed(path: Path, node: str, change: Callable[[dict], None]) -> Path:
    """The same archive with another configuration in one file, found by a part of its name."""
    files = files_of(path)
    (name,) = [n for n in files if node in n]
    config = read_config(files[name])
    change(config)
    files[name] = write_config(name.rsplit("/", 1)[1], config)
    return pack(path, files)


def data_of(path: Path, given: Given | None = None, name: str | None = None) -> dict:
    return yaml_data(path, [COLOURS], given or Given(), name)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["knime-headless", *map(str, arguments)])
        status = cli._command(threading.Event())
        said = capfd.readouterr()
        return status, said.out, said.err

    return call


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("%0123456789\n\t&<\"'"))
ENTRIES = st.builds(Entry, st.sampled_from(["xstring", "xint", "xboolean"]), TEXTS | st.none())
CONFIGS = st.recursive(
    st.dictionaries(TEXTS, ENTRIES, max_size=4),
    lambda inner: st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
SCHEMA = {
    "properties": {
        "text": {"type": "string"},
        "number": {"type": "number"},
        "whole": {"type": "integer"},
        "many": {"type": "array"},
        "none": {"type": "array"},
        "group": {"type": "object", "properties": {"on": {"type": "boolean"}}},
    }
}
PARAMETERS = {
    "text": None,
    "number": 1,
    "whole": 3,
    "many": ["a", "b"],
    "none": [],
    "group": {"on": True},
}


class TestConfigXml:
    @given(CONFIGS)
    def test_what_is_written_is_read(self, config):
        assert read_config(write_config("settings.xml", config)) == config

    @pytest.mark.parametrize(
        ("text", "stored"),
        [
            ("a\nb", "a%%00010b"),
            ("100%%", "100%%00037%"),
            ("\N{TOKYO TOWER}", "%%55357%%56828"),
            ('<&">', "&lt;&amp;&quot;&gt;"),
        ],
    )
    def test_escapes_are_those_of_knime(self, text, stored):
        assert f'value="{stored}"/>'.encode() in write_config("s", {"k": entry(text)})

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\xff",
            b"<a/>",
            b"<config><entry/></config>",
            b'<!DOCTYPE a [<!ENTITY b "c">]><config>&b;</config>',
            b"<config>" * 5000 + b"</config>" * 5000,
        ],
    )
    def test_anything_else_is_refused(self, data):
        with pytest.raises(ValueError, match=r"no configuration|document type|decode"):
            read_config(data)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_numbers_are_read_again(self, number):
        text = java_double(number)
        assert float(text) == number
        assert "." in text

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            (1.0, "1.0"),
            (1e-4, "1.0E-4"),
            (12345678.9, "1.23456789E7"),
            (0.001, "0.001"),
            (-0.0, "-0.0"),
            (math.inf, "Infinity"),
            (math.nan, "NaN"),
        ],
    )
    def test_numbers_read_as_in_java(self, number, text):
        assert java_double(number) == text


class TestModel:
    def test_parameters_are_read_again(self):
        model = write_model(PARAMETERS, SCHEMA, "1.2.3")
        assert list(model)[-2:] == ["json-type_Internals", "extension_version_Internals"]
        assert model["number"] == Entry("xdouble", "1.0")
        assert read_model(model) == PARAMETERS

    def test_a_password_stays_unread(self):
        assert read_model({"key": Entry("xpassword", "c2VjcmV0")}) == {"key": None}

    @pytest.mark.parametrize(
        ("value", "kind", "wanted"),
        [
            (5, "string", "5"),
            (1e7, "string", "1.0E7"),
            (True, "string", "true"),
            (5, "number", 5.0),
            (True, "number", True),
            (5.5, "integer", 5.5),
            ("true", "boolean", True),
            ("yes", "boolean", "yes"),
            (1, "boolean", 1),
            ([1, 2], "array", ["1", "2"]),
            ("a", "array", ["a"]),
        ],
    )
    def test_flow_variables_overwrite_what_they_can(self, value, kind, wanted):
        assert overwriting(value, {"type": kind}) == wanted


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8"))


class TestVariables:
    @given(
        st.one_of(
            *(kind for kind in (st.booleans(), st.integers(-(2**63), 2**63 - 1), NUMBERS, TEXTS)),
            *(st.lists(k) for k in (st.booleans(), st.integers(-(2**63), 2**63 - 1))),
            *(st.lists(kind) for kind in (NUMBERS, TEXTS)),
        )
    )
    def test_they_are_read_again(self, value):
        config = read_config(write_config("w", {"Var_0": written_variable("v", value)}))
        assert read_variables(config) == {"v": value}

    @pytest.mark.parametrize(
        ("value", "kind", "stored"),
        [
            (2**31, "LONG", "xlong"),
            ([1, 2], "INTARRAY", "xint"),
            ([1, 2**40], "LONGARRAY", "xlong"),
            ([1, 2.5], "DOUBLEARRAY", "xdouble"),
            ([True], "BOOLEANARRAY", "xboolean"),
            (["a"], "STRINGARRAY", "xstring"),
        ],
    )
    def test_their_classes_are_those_of_knime(self, value, kind, stored):
        config = written_variable("v", value)
        first = config["value"]["0"] if isinstance(value, list) else config["value"]
        assert (config["class"].text, first.type) == (kind, stored)

    def test_a_list_of_several_kinds(self):
        with pytest.raises(WorkflowError, match=r"flow_variables.v: .* of one kind"):
            written_variable("v", [1, "a"])


class TestReading:
    def test_the_way_there_and_back(self, saved: Path, write_workflow: Write):
        data = data_of(saved)
        assert data["flow_variables"] == {"width": 16}
        assert data["nodes"] == {
            "palette_source_1": {"node": "palette_source", "settings": {"colours": "red,blue"}},
            "paint_2": {
                "node": "paint",
                "settings": {"delay": 0.001, "size": {"width": {"flow_variable": "width"}}},
                "inputs": {"Palette": "palette_source_1.Palette"},
            },
            "count_3": {
                "node": "count",
                "settings": {"batch": 5},
                "inputs": {"Table": "paint_2.Pictures"},
            },
        }

    def test_an_optional_port_exists_only_if_it_was_added(self, saved: Path):
        def add(config):
            config["connections"]["connection_9"] = {
                "sourceID": entry(2),
                "sourcePort": entry(1),
                "destID": entry(2),
                "destPort": entry(2),
            }

        with pytest.raises(WorkflowError, match=r"Paint \(#2\): nothing is known of .* port 2"):
            data_of(changed(saved, "workflow.knime", add))

    def test_a_folder_and_an_archive_of_several(self, saved: Path, tmp_path: Path, run):
        with zipfile.ZipFile(saved) as archive:
            archive.extractall(tmp_path / "unpacked")
        assert data_of(tmp_path / "unpacked" / "Chain") == data_of(saved)
        assert data_of(tmp_path / "unpacked") == data_of(saved)
        files = files_of(saved)
        both = {f"{group}/{n}": data for group in ("A", "B") for n, data in files.items()}
        several = pack(tmp_path / "both.knar", both)
        status, _, said = run("run", several, "-e", COLOURS)
        assert (status, "name one with --workflow: A/Chain, B/Chain" in said) == (1, True)
        assert data_of(several, name="B/Chain") == data_of(saved)

    def test_settings_of_an_older_version(self, write_extension, tmp_path: Path):
        body = """\
        old = knext.IntParameter("Old", "d", 1)
        new = knext.StringParameter("New", "d", lambda v: f"as in {v}", since_version="0.9.0")
        gone = knext.StringParameter("Gone", "d", "kept")
        """
        path = tmp_path / "w.yml"
        path.write_text(f"extension: {write_extension(body)}\nnodes: {{a: {{node: sample}}}}")
        workflow = Workflow(path)
        saved = tmp_path / "w.knwf"
        saved.write_bytes(knime_workflow(workflow, "W", ""))

        def age(config):
            model = config["model"]
            del model["new"], model["gone"]
            model |= {"old": entry(7), "unknown": entry("x")}
            model["extension_version_Internals"] = entry("0.8.0")

        changed(saved, "Sample", age)
        data = yaml_data(saved, [workflow.extensions[0].path], Given())
        assert data["nodes"]["sample_1"]["settings"] == {"old": 7, "new": "as in 0.8.0"}

    def test_variables_travel_and_are_exposed(self, saved: Path):
        def expose(config):
            config["variables"]["tree"]["size"]["width"]["exposed_variable"] = entry("shown_width")
            config["variables"]["tree"]["no_such_parameter"] = {
                "used_variable": entry("width"),
                "exposed_variable": entry(None),
            }

        def control(config):
            config["variables"] = {
                "version": entry("V_2019_09_13"),
                "tree": {
                    "batch": {
                        "used_variable": entry("shown_width"),
                        "exposed_variable": entry(None),
                    }
                },
            }

        changed(changed(saved, "Paint", expose), "Count", control)
        data = data_of(saved)
        assert data["nodes"]["paint_2"]["expose"] == {"size.width": "shown_width"}
        path = saved.with_suffix(".yml")
        path.write_text(yaml.safe_dump(data))
        assert len(Workflow(path).run()["count_3"][0].rows()) == 2

    def test_nodes_that_only_knime_runs(self, saved: Path, run):
        def other(config):
            config["factory_settings"] = {}
            config["node-name"] = entry("Row Filter")

        changed(saved, "Count", other)
        status, _, said = run("run", saved, "-e", COLOURS)
        assert status == 1
        assert "Only KNIME can run this: Row Filter (#3) is a node. Give the table" in said
        assert run("run", saved, "-e", COLOURS, "--without", "Row Filter")[0] == 0

    @pytest.mark.parametrize(
        ("kind", "words"),
        [("MetaNode", "a metanode"), ("SubNode", "a comp"), ("NativeNode", "locked")],
    )
    def test_parts_with_workflows_of_their_own(self, saved: Path, kind: str, words: str):
        def part(config):
            node = config["nodes"]["node_3"]
            node |= {"node_type": entry(kind), "node_settings_file": entry("Part (#3)/x.encrypted")}

        changed(saved, "workflow.knime", part)
        with pytest.raises(WorkflowError, match=rf"Part \(#3\) is {words}"):
            data_of(saved)

    def test_a_table_in_place_of_a_node(self, saved: Path, run, tmp_path: Path):
        (tmp_path / "t.csv").write_text("A\n1\n2\n3\n")
        arguments = ["-e", COLOURS, "--input", "Paint=t.csv", "--output", "Count/Numbers=n.csv"]
        status, _, said = run("run", saved, *arguments)
        assert status == 0, said
        assert (tmp_path / "n.csv").read_text().splitlines()[1:] == ["1,0", "2,1", "3,2"]
        assert "palette" not in said  # it only fed the node that is replaced

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--input", "Point=a.csv"], "no node is called 'Point'; name one of: Palette Source"),
            (["--output", "Paint=a.csv"], "write the name of a Python node"),
            (["--output", "Paint/Picture=a.csv"], "Did you mean Pictures"),
            (["--output", "Paint"], "is not of the form"),
            (["--without", "#9"], "no node is called '#9'"),
            (["--workflow", "Other"], "There is no workflow Other in"),
            (["--credential", "sk_secret"], "is not of the form"),
            (["-f", "width=wide"], "size.width is a whole number"),
        ],
    )
    def test_mistakes_of_the_command_line(self, saved: Path, run, arguments, message):
        status, _, said = run("run", saved, "-e", COLOURS, *arguments)
        assert status in (1, 2)
        assert message in " ".join(said.replace("│", "").split())
        assert "sk_secret" not in said
        assert "Traceback" not in said

    def test_options_for_knime_do_not_go_with_a_yaml_file(self, run, write_workflow: Write):
        assert run("run", write_workflow(CHAIN), "--without", "paint")[0] == 2

    def test_another_extension(self, saved: Path, write_extension):
        with pytest.raises(WorkflowError, match=r"org.example.colours, which is not among"):
            yaml_data(saved, [write_extension()], Given())

    @pytest.mark.parametrize("cut", range(0, 4000, 211))
    def test_torn_archives(self, saved: Path, cut: int):
        saved.write_bytes(saved.read_bytes()[: -cut - 1])
        with pytest.raises(WorkflowError):
            data_of(saved)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.integers(0), st.integers(1, 255), st.sampled_from([0, 8]))
    def test_damaged_archives(self, saved: Path, place: int, change: int, method: int):
        files = files_of(saved)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        data = bytearray(buffer.getvalue())
        data[place % len(data)] ^= change
        damaged = saved.with_name("damaged.knwf")
        damaged.write_bytes(data)
        with suppress(WorkflowError):
            data_of(damaged)

    @pytest.mark.parametrize("key", ["nodes", "connections", "workflow_variables"])
    @pytest.mark.parametrize("value", [entry("x"), {"a": entry(1)}, {"a": {"id": entry("x")}}])
    def test_parts_that_are_not_what_they_should_be(self, saved: Path, key: str, value):
        changed(saved, "workflow.knime", lambda config: config.update({key: value}))
        with pytest.raises(WorkflowError):
            data_of(saved)


class TestCredentials:
    TEXT = """\
credentials: {me: {password: ME_PASSWORD}}
nodes:
  palette: {node: palette_source, settings: {credential: me}}
"""

    @pytest.fixture
    def saved(self, write_workflow: Write, tmp_path: Path, monkeypatch) -> Path:
        monkeypatch.setenv("ME_PASSWORD", "hunter22")
        path = tmp_path / "w.knwf"
        path.write_bytes(knime_workflow(Workflow(write_workflow(self.TEXT)), "W", ""))
        return path

    def test_no_password_is_written(self, saved: Path):
        text = b"".join(files_of(saved).values())
        assert b"hunter22" not in text
        assert b"ME_PASSWORD" not in text
        assert b"xpassword" not in text

    def test_the_node_is_a_source_of_a_credential(self, saved: Path, run):
        data = data_of(saved)
        assert data["credentials"] == {"me": {"password": "ME_PASSWORD"}}
        assert run("run", saved, "-e", COLOURS)[0] == 0

    def test_a_password_that_is_missing(self, saved: Path, run, monkeypatch):
        monkeypatch.delenv("ME_PASSWORD")
        status, _, said = run("run", saved, "-e", COLOURS)
        assert status == 1
        assert "set the environment variable ME_PASSWORD" in said
        status, _, said = run("run", saved, "-e", COLOURS, "--credential", "me=sk_live_012")
        assert status == 1
        assert "sk_live" not in said

    def test_on_a_terminal_the_password_is_asked_for(self, saved: Path):
        import pty

        ours, theirs = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if k != "ME_PASSWORD"}
        code = "from knime_headless.cli import main; main()"
        with subprocess.Popen(
            [sys.executable, "-c", code, "run", saved, "-e", COLOURS],
            stdin=theirs,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        ) as process:
            assert process.stderr is not None
            said = ""
            while not said.endswith("Password of me: "):
                said += process.stderr.read(1) or "(ended)"
                assert "(ended)" not in said
            os.write(ours, b"hunter22\n")
            said += process.communicate(timeout=60)[1]
        os.close(ours)
        os.close(theirs)
        assert process.returncode == 0, said
        assert "hunter22" not in said

    def test_another_variable(self, saved: Path, run, monkeypatch):
        monkeypatch.delenv("ME_PASSWORD")
        monkeypatch.setenv("OTHER", "hunter22")
        assert run("run", saved, "-e", COLOURS, "--credential", "me=OTHER")[0] == 0


class TestRunning:
    def test_the_same_as_the_yaml_file(self, saved: Path, run, write_workflow: Write, tmp_path):
        outputs = "    outputs: {Pictures: yaml.parquet}\n"
        text = CHAIN.replace(
            "    inputs: {Palette: palette}\n", f"    inputs: [palette]\n{outputs}"
        )
        Workflow(write_workflow(text)).run()
        arguments = [
            *("--output", "Paint/Pictures=knwf.parquet"),
            *("--output", "#2/Pictures/Image=out/{row}.png"),
            *("--output", "paint/gallery=view.html"),
        ]
        status, _, said = run("run", saved, "-e", COLOURS, *arguments)
        assert status == 0, said
        assert pq.read_table(tmp_path / "knwf.parquet") == pq.read_table(tmp_path / "yaml.parquet")
        assert len(list((tmp_path / "out").iterdir())) == 2
        assert (tmp_path / "view.html").is_file()

    def test_flow_variables_of_the_command_line(self, saved: Path, run, tmp_path: Path):
        output = ["--output", "Paint/Pictures/Image={row}.png"]
        assert run("run", saved, "-e", COLOURS, "-f", "width=5", *output)[0] == 0
        assert int.from_bytes((tmp_path / "1.png").read_bytes()[16:20], "big") == 5

    def test_converted(self, saved: Path, run, tmp_path: Path):
        status, printed, _ = run("convert", saved, "-e", COLOURS)
        assert status == 0
        to = tmp_path / "deep" / "w.yml"
        to.parent.mkdir()
        assert run("convert", saved, "-e", COLOURS, "--to", to)[0] == 0
        assert yaml.safe_load(to.read_text())["nodes"] == yaml.safe_load(printed)["nodes"]
        assert len(Workflow(to).run()["count_3"][0].rows()) == 2


class TestWriting:
    def test_the_same_bytes_each_time(self, saved: Path, write_workflow: Write):
        again = knime_workflow(Workflow(write_workflow(CHAIN)), "Chain", "<h4>Colours</h4>")
        assert again == saved.read_bytes()

    def test_what_a_node_holds(self, saved: Path):
        config = open_workflow(saved).config("Paint (#2)/settings.xml")
        assert config["factory_settings"]["extension_id"].text == "org.example.colours"
        assert config["node-bundle-symbolic-name"].text == "org.example.colours"
        assert config["model"]["size"]["json-type_Internals"].text == "OBJECT"
        assert config["node_creation_config"] == {
            "Input Palette # 0": {},
            "Output Pictures # 0": {},
            "Output Palette # 1": {},
        }
        assert config["state"].text == "CONFIGURED"
        assert config["nodeAnnotation"]["text"].text == "Paint"

    def test_what_the_workflow_holds(self, saved: Path):
        top = open_workflow(saved).top
        assert top["state"].text == "CONFIGURED"
        assert top["annotations"]["annotation_0"]["text"].text == "<h4>Colours</h4>"
        assert top["workflow_credentials"] == {}
        assert top["connections"]["connection_0"] == {
            "sourceID": entry(1),
            "destID": entry(2),
            "sourcePort": entry(1),
            "destPort": entry(1),
        }

    def test_settings_that_become_flow_variables(self, write_workflow: Write, tmp_path: Path, run):
        text = CHAIN.replace(
            "    settings: {size: {width: {flow_variable: width}}, delay: 0.001}\n",
            "    settings: {size: {width: {flow_variable: width}}}\n"
            "    expose: {size.width: shown, size.height: high}\n",
        ).replace("{batch: 5}", "{batch: {flow_variable: high}}")
        saved = tmp_path / "w.knwf"
        saved.write_bytes(knime_workflow(Workflow(write_workflow(text)), "W", ""))
        tree = open_workflow(saved).config("Paint (#2)/settings.xml")["variables"]["tree"]
        assert tree["size"] == {
            "width": {"used_variable": entry("width"), "exposed_variable": entry("shown")},
            "height": {"used_variable": entry(None), "exposed_variable": entry("high")},
        }
        nodes = data_of(saved)["nodes"]
        assert nodes["paint_2"]["expose"] == {"size.width": "shown", "size.height": "high"}
        assert nodes["count_3"]["settings"] == {"batch": {"flow_variable": "high"}}
        status, _, said = run("run", saved, "-e", COLOURS)
        assert status == 0, said

    def test_a_node_that_cannot_be_configured_is_idle(self, write_workflow: Write, tmp_path: Path):
        text = CHAIN.replace("red,blue", "none")
        path = tmp_path / "w.knwf"
        path.write_bytes(knime_workflow(Workflow(write_workflow(text)), "W", ""))
        files = open_workflow(path)
        nodes = ("Palette Source (#1)", "Paint (#2)", "Count (#3)")
        states = [files.config(f"{node}/settings.xml")["state"].text for node in nodes]
        assert states == ["CONFIGURED", "IDLE", "IDLE"]
        assert files.top["state"].text == "IDLE"

    def test_a_table_becomes_a_table_creator(self, write_workflow: Write, tmp_path: Path, run):
        (tmp_path / "a.csv").write_text("Name,Count,Share\na,1,0.5\n,,\nc,3,1e-5\n")
        text = "nodes: {t: {table: a.csv}, c: {node: count, inputs: [t]}}"
        saved = tmp_path / "w.knwf"
        saved.write_bytes(knime_workflow(Workflow(write_workflow(text)), "W", ""))
        node = data_of(saved)["nodes"]["table_creator_1"]
        assert node["types"] == {"Name": "string", "Count": "int32", "Share": "double"}
        assert node["table"][1:] == [
            {"Name": None, "Count": None, "Share": None},
            {"Name": "c", "Count": 3, "Share": 1e-5},
        ]
        output = ["--output", "Count/Numbers=n.csv"]
        assert run("run", saved, "-e", COLOURS, *output)[0] == 0
        assert (tmp_path / "n.csv").read_text().splitlines()[3] == '"c",3,0.00001,2'

        def many(config):
            config["model"]["rowIndices"]["0"] = entry(2**31 - 1)

        with pytest.raises(WorkflowError, match=r"more than 10,000 rows"):
            data_of(changed(saved, "Table Creator", many))

    @pytest.mark.parametrize("column", ["true", '""'])
    def test_a_table_that_is_not_for_knime(self, write_workflow: Write, tmp_path: Path, column):
        (tmp_path / "a.csv").write_text(f"A\n{column}\n")
        workflow = Workflow(write_workflow("nodes: {t: {table: a.csv}}"))
        with pytest.raises(WorkflowError, match="holds neither texts nor numbers"):
            knime_workflow(workflow, "W", "")

    def test_an_array(self):
        assert array(["a"]) == {"array-size": entry(1), "0": entry("a")}
        assert io.BytesIO(write_config("x", {"a": array([])})).read().count(b"<entry") == 1
