"""Everything that can be wrong with a workflow file, before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knime_headless import Workflow, WorkflowError
from knime_headless.workflow.file import _Reader, read_description

Write = Callable[[str], Path]

GOOD = """\
credentials:
  me: {user: ME_USER, password: ME_PASSWORD}
flow_variables: {width: 16, names: [a, b]}
nodes:
  palette: {node: palette_source, settings: {credential: me}}
  paint:
    node: paint
    settings: {size: {width: {flow_variable: width}}}
    inputs: {palette: palette}
    outputs:
      pictures:
        file: [out/table.parquet, out/table.csv]
        images: {column: Image, path: "out/{row}.png"}
        print: true
    view: out/view.html
  count:
    node: count
    inputs: [paint.Pictures]
    outputs: {1: out/counted.json}
"""
ENVIRONMENT = {"ME_USER": "user", "ME_PASSWORD": "secret"}


def load(path: Path) -> Workflow:
    return Workflow(path, environment=ENVIRONMENT)


def test_a_good_file(write_workflow: Write, tmp_path: Path):
    workflow = load(write_workflow(GOOD))
    palette, paint, count = workflow.steps
    assert [step.alias for step in workflow.steps] == ["palette", "paint", "count"]
    assert (paint.inputs[0].alias, paint.inputs[0].port, paint.inputs[1]) == ("palette", 0, None)
    assert paint.outputs[0].files == (tmp_path / "out/table.parquet", tmp_path / "out/table.csv")
    assert count.outputs[0].files == (tmp_path / "out/counted.json",)
    assert workflow.description.data_area == tmp_path / "data"
    assert workflow.credentials == {"me": ("user", "secret")}
    assert palette.node.name == "Palette Source"


def test_flow_variables_from_outside_win(write_workflow: Write):
    workflow = Workflow(write_workflow(GOOD), {"width": 8}, ENVIRONMENT)
    assert workflow.flow_variables == {"width": 8, "names": ["a", "b"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("nodes:", "steps:"), "no entry 'steps'"),
        (("node: paint\n", "node: pain\n"), r"nodes\.paint\.node: .*'pain'. Did you mean paint"),
        (("node: paint\n", "node: zzz\n"), "There are: palette_source, paint, count"),
        (("    node: paint\n", ""), "needs either node"),
        (("    node: paint\n", "    node: paint\n    table: a.csv\n"), "needs either node"),
        (("settings: {size", "setting: {size"), "nodes.paint has no entry 'setting'; did you mean"),
        (("{size: {width: {flow_variable: width}}}", "{sise: 1}"), "no option sise"),
        (
            ("{size: {width: {flow_variable: width}}}", "{size: {width: 100}}"),
            "above the largest|> the max",
        ),
        (("{size: {width: {flow_variable: width}}}", "[1]"), "holds entries with names"),
        (("width: 16", "width: many"), "size.width is a whole number, not 'many'"),
        (("names: [a, b]", "names: {a: b}"), "flow_variables.names is a number, text"),
        (("names: [a, b]", "names: null"), "flow_variables.names"),
        (("    inputs: {palette: palette}\n", ""), "port Palette of Paint is missing"),
        (("{palette: palette}", "{pallette: palette}"), "no port 'pallette'. Did you mean Palette"),
        (("{palette: palette}", "{3: palette}"), "no port '3'"),
        (("{palette: palette}", "{palette: palet}"), "no node 'palet'. Did you mean palette"),
        (("{palette: palette}", "{palette: palette, 1: palette}"), "connected twice"),
        (("{palette: palette}", "{palette: 5}"), "is a text, not 5"),
        (("{palette: palette}", "{palette: palette, 2: count}"), "in a circle: "),
        (("{palette: palette}", "{palette: count}"), r"count.Numbers \(table\) does not fit"),
        (("{palette: palette}", "{palette: palette.Numbers}"), "no port 'Numbers'"),
        (("[paint.Pictures]", "[paint]"), "say which output of paint"),
        (("[paint.Pictures]", "[paint.2]"), "does not fit to the port Table"),
        (("[paint.Pictures]", "[paint.1, paint.1]"), "no port '2'"),
        (("      pictures:\n", "      palette:\n"), "only tables can be written"),
        (("      pictures:\n", "      pictres:\n"), "Did you mean Pictures"),
        (("table.csv", "table.xlsx"), "ends in .parquet or .csv or .json, not '.xlsx'"),
        (("view.html", "view.pdf"), "ends in .html"),
        (("{1: out/counted.json}", "{1: {files: a.csv}}"), "no entry 'files'; did you mean file"),
        (("{1: out/counted.json}", "{1: {print: 1}}"), "print is true or false"),
        (("{1: out/counted.json}", "{1: {file: [5]}}"), "is a text, not 5"),
        (("{row}.png", "all.png"), "holds {row}"),
        (("{row}.png", "{rows}.png"), "holds {row}"),
        (("{row}.png", "{row}.jpg"), r"ends in \.png"),
        (("    view: out/view.html", "    view: 5"), "view is a text"),
        (("password: ME_PASSWORD", "passwort: ME_PASSWORD"), "did you mean password"),
        ((", password: ME_PASSWORD", ""), "needs password"),
        (
            ("ME_PASSWORD", "ME_PASSWORT"),
            "me.password: no environment variable of that name is set",
        ),
        (("  count:\n", "  paint:\n"), "Line 17: 'paint' is given twice"),
        (("  count:\n", "  a.b:\n"), "an alias is made of"),
        (("  count:\n", "  [count]:\n"), "a key is not a text"),
        (("nodes:\n", "nodes: [\n"), "not valid YAML"),
    ],
)
def test_what_is_wrong_is_named(write_workflow: Write, change, message):
    old, new = change
    assert old in GOOD
    with pytest.raises(WorkflowError, match=message):
        load(write_workflow(GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nodes: {}", "no node to run"),
        ("nodes: {t: {table: a.csv, types: {A: picture}}}", "'picture', not one of"),
        ("nodes: {t: {table: a.csv, inputs: []}}", "no entry 'inputs'"),
        ("nodes: {t: {table: a.csv}, c: {node: count, inputs: [t], view: a.html}}", "has no view"),
        ("extensions: [a]\nnodes: {}", "either extension or extensions"),
    ],
)
def test_other_files(write_workflow: Write, text, message):
    with pytest.raises(WorkflowError, match=message):
        load(write_workflow(text))


def test_a_secret_in_the_file_is_refused_but_not_repeated(write_workflow: Write):
    text = GOOD.replace("ME_PASSWORD", "sk-not-for-files")
    with pytest.raises(WorkflowError, match="never the value itself") as error:
        load(write_workflow(text))
    assert "sk-not-for-files" not in str(error.value)


def test_a_credential_without_user(write_workflow: Write):
    workflow = load(write_workflow(GOOD.replace("user: ME_USER, ", "")))
    assert workflow.credentials == {"me": ("", "secret")}


def test_a_missing_file(tmp_path: Path):
    with pytest.raises(WorkflowError, match="No such file"):
        load(tmp_path / "none.yml")


def test_a_node_in_two_extensions(write_extension, tmp_path: Path):
    first, second = write_extension(), write_extension()
    path = tmp_path / "workflow.yml"
    path.write_text(f"extensions: [{first}, {second}]\nnodes: {{a: {{node: sample}}}}")
    with pytest.raises(WorkflowError, match="Two of the extensions have a node with the id sample"):
        load(path)


def test_paths_count_from_the_file(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "workflow.yml"
    path.write_text("extension: ..\ndata_area: ../files\nnodes: {a: {table: ../a.csv}}")
    description = read_description(path)
    assert description.extensions == (tmp_path,)
    assert description.data_area == tmp_path / "files"
    assert description.steps["a"].table == tmp_path / "a.csv"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
entries = st.sampled_from(
    ["node", "table", "settings", "inputs", "outputs", "view", "types", "file", "images"]
)


@given(
    st.dictionaries(st.sampled_from(["extension", "nodes", "credentials", "x"]), json_values)
    | st.fixed_dictionaries(
        {
            "extension": st.just("."),
            "nodes": st.dictionaries(
                st.just("a"), st.dictionaries(entries, json_values), min_size=1
            ),
        }
    )
    | json_values
)
def test_anything_else_is_read_or_refused(data):
    with suppress(WorkflowError):
        _Reader(Path("/")).description(data)
