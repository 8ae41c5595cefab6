"""Whole workflows, and the files they leave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from PIL import Image

from knime_headless import NodeCanceled, NodeFailed, Workflow, temporary
from knime_headless.workflow.staging import Staging

Write = Callable[[str], Path]

CHAIN = """\
flow_variables: {width: 16}
nodes:
  palette: {node: palette_source, settings: {colours: "red,blue", credential: ""}}
  paint:
    node: paint
    settings: {size: {width: {flow_variable: width}}, fail_at: ""}
    inputs: {Palette: palette}
    outputs:
      Pictures:
        file: [out/t.parquet, out/t.csv, out/t.json]
        images: {column: Image, path: "out/{row}-{row_id}.png"}
    view: out/view.html
  count:
    node: count
    settings: {batch: {flow_variable: painted}}
    inputs: [paint.Pictures]
    outputs: {Numbers: out/counted.csv}
"""


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_chain(write_workflow: Write, tmp_path: Path):
    outputs = Workflow(write_workflow(CHAIN)).run()
    assert [row["Number"] for row in outputs["count"][0].rows()] == [0, 1]
    assert files(tmp_path / "out") == [
        "1-Row0.png",
        "2-Row1.png",
        "counted.csv",
        "t.csv",
        "t.json",
        "t.parquet",
        "view.html",
    ]
    assert (tmp_path / "out/view.html").read_text() == "<!DOCTYPE html><p>red, blue</p>"
    with Image.open(tmp_path / "out/2-Row1.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (16, 3))
        assert picture.getpixel((0, 0)) == (0, 0, 255)


def test_parquet_holds_plain_columns(write_workflow: Write, tmp_path: Path):
    Workflow(write_workflow(CHAIN)).run()
    table = pq.read_table(tmp_path / "out/t.parquet")
    assert table.schema.types == [pa.binary(), pa.string(), pa.int64(), pa.list_(pa.string())]
    assert table.column("Image")[0].as_py() == (tmp_path / "out/1-Row0.png").read_bytes()
    assert table.column("Parts").to_pylist() == [list("red"), list("blue")]


def test_csv_and_json_leave_out_images(write_workflow: Write, tmp_path: Path):
    Workflow(write_workflow(CHAIN)).run()
    assert (tmp_path / "out/t.csv").read_text().splitlines() == [
        '"Colour","Letters","Parts"',
        '"red",3,"[""r"", ""e"", ""d""]"',
        '"blue",4,"[""b"", ""l"", ""u"", ""e""]"',
    ]
    rows = json.loads((tmp_path / "out/t.json").read_text())
    assert rows[0] == {"Colour": "red", "Letters": 3, "Parts": ["r", "e", "d"]}


def test_a_spreadsheet_computes_nothing_of_a_csv_file(write_workflow: Write, tmp_path: Path):
    texts = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "a=1", None]
    pq.write_table(
        pa.table({"=Text": texts, "Number": [-1] * len(texts)}), tmp_path / "texts.parquet"
    )
    outputs = "{Table: {file: [quoted.csv, all.json]}}"
    raw = "{Table: {file: raw.csv, quote_formulas: false}}"
    text = f"""\
nodes:
  a: {{table: texts.parquet, outputs: {outputs}}}
  b: {{table: texts.parquet, outputs: {raw}}}
"""
    Workflow(write_workflow(text)).run()
    quoted = pa.csv.read_csv(tmp_path / "quoted.csv")
    assert quoted.column_names == ["'=Text", "Number"]
    begin = [cell[0] for cell in quoted.column("'=Text").to_pylist()[:7]]
    assert begin == ["'"] * 6 + ["a"]
    assert quoted.column("Number").to_pylist() == [-1] * len(texts)
    assert pa.csv.read_csv(tmp_path / "raw.csv").column("=Text").to_pylist()[:7] == texts[:7]
    assert [row["=Text"] for row in json.loads((tmp_path / "all.json").read_text())] == texts


def test_a_json_file_is_json_whatever_numbers_a_table_holds(write_workflow: Write, tmp_path: Path):
    numbers = [1.5, float("nan"), float("inf"), float("-inf"), None]
    pq.write_table(pa.table({"Number": numbers}), tmp_path / "numbers.parquet")
    text = "nodes: {t: {table: numbers.parquet, outputs: {Table: out.json}}}"
    Workflow(write_workflow(text)).run()
    rows = json.loads((tmp_path / "out.json").read_text(), parse_constant=pytest.fail)
    assert [row["Number"] for row in rows] == [1.5, None, None, None, None]


def test_the_working_directory_is_the_folder_of_the_file(write_workflow: Write, monkeypatch):
    path = write_workflow(CHAIN)
    monkeypatch.chdir("/")
    Workflow(path).run()
    assert Path.cwd() == Path("/")


def test_a_failure_keeps_whole_files_of_earlier_nodes_only(write_workflow: Write, tmp_path: Path):
    text = (
        CHAIN
        + """\
  again:
    node: paint
    settings: {fail_at: blue}
    inputs: {Palette: paint.Palette}
    outputs: {Pictures: out/again.parquet}
    view: out/again.html
"""
    )
    with pytest.raises(NodeFailed, match=r"^again \(Paint\): There is no blue paint left"):
        Workflow(write_workflow(text)).run()
    assert "t.parquet" in files(tmp_path / "out")
    assert not [name for name in files(tmp_path / "out") if "again" in name or "part" in name]


def test_refusals_come_before_anything_runs(write_workflow: Write, tmp_path: Path):
    bad = '  bad: {node: palette_source, settings: {colours: "", credential: ""}}'
    text = CHAIN.replace("nodes:\n", f"nodes:\n{bad}\n")
    with pytest.raises(NodeFailed, match=r"^bad \(Palette Source\): Name at least one"):
        Workflow(write_workflow(text)).run()
    assert not (tmp_path / "out").exists()


def test_cancel(write_workflow: Write, tmp_path: Path):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(NodeCanceled):
        Workflow(write_workflow(CHAIN)).run(cancel=cancel)
    assert not (tmp_path / "out").exists()


def test_an_unknown_flow_variable(write_workflow: Write):
    text = CHAIN.replace("flow_variable: painted", "flow_variable: primed")
    with pytest.raises(NodeFailed, match="batch: there is no flow variable 'primed'"):
        Workflow(write_workflow(text)).run()


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("{column: Colour, path: '{row}.png'}", "no image column 'Colour'"),
        ("{column: Picture, path: '{row}.png'}", "no image column 'Picture'"),
    ],
)
def test_images_of_a_column_that_holds_none(write_workflow: Write, tmp_path: Path, images, message):
    text = CHAIN.replace('{column: Image, path: "out/{row}-{row_id}.png"}', images)
    with pytest.raises(NodeFailed, match=message):
        Workflow(write_workflow(text)).run()
    assert files(tmp_path) == ["workflow.yml"]


def test_json_values_are_written_as_text(write_workflow: Write, tmp_path: Path):
    (tmp_path / "a.json").write_text('[{"J": "{\\"a\\": 1}"}]')
    entry = "{table: a.json, types: {J: json}, outputs: {Table: b.parquet}}"
    (table,) = Workflow(write_workflow(f"nodes: {{t: {entry}}}")).run()["t"]
    assert table.rows() == [{"J": {"a": 1}}]
    assert pq.read_table(tmp_path / "b.parquet").to_pylist() == [{"J": '{"a": 1}'}]


class TestTablesFromFiles:
    def run(self, write_workflow: Write, entry: str):
        return Workflow(write_workflow(f"nodes: {{t: {entry}}}")).run()["t"][0]

    def test_csv(self, write_workflow: Write, tmp_path: Path):
        (tmp_path / "a.csv").write_text('Name,Age,Tags,More\n"",1,"[""a""]",{}\n,,,\n')
        table = self.run(write_workflow, "{table: a.csv, types: {Tags: list, More: json}}")
        assert table.rows() == [
            {"Name": "", "Age": 1, "Tags": ["a"], "More": {}},
            {"Name": None, "Age": None, "Tags": None, "More": None},
        ]

    def test_json(self, write_workflow: Write, tmp_path: Path):
        (tmp_path / "a.json").write_text('[{"A": 1, "B": ["x"]}, {"A": 2, "B": null}]')
        table = self.run(write_workflow, "{table: a.json, types: {A: double}}")
        assert table.rows() == [{"A": 1.0, "B": ["x"]}, {"A": 2.0, "B": None}]

    def test_what_was_written_can_be_read(self, write_workflow: Write, tmp_path: Path):
        Workflow(write_workflow(CHAIN)).run()
        table = self.run(write_workflow, "{table: out/t.parquet, types: {Image: image}}")
        assert str(table.spec["Image"].ktype) == "PNG Image"
        assert table.rows()[1]["Image"].getpixel((0, 0)) == (0, 0, 255)

    def test_rows_in_the_workflow_file(self, write_workflow: Write):
        rows = "[{A: 1, Tags: '[1]'}, {B: x}, {}]"
        table = self.run(write_workflow, f"{{table: {rows}, types: {{A: double, Tags: list}}}}")
        assert table.rows() == [
            {"A": 1.0, "Tags": [1], "B": None},
            {"A": None, "Tags": None, "B": "x"},
            {"A": None, "Tags": None, "B": None},
        ]

    def test_images_from_files(self, write_workflow: Write, tmp_path: Path):
        Image.new("L", (5, 4)).save(tmp_path / "p.jpg")
        (tmp_path / "a.csv").write_text("Picture\np.jpg\n")
        table = self.run(write_workflow, "{table: a.csv, types: {Picture: image}}")
        assert table.rows()[0]["Picture"].size == (5, 4)

    def test_small_and_large_types(self, write_workflow: Write, tmp_path: Path):
        data = pa.table(
            {
                "a": pa.array([1], pa.int16()),
                "b": pa.array(["x"], pa.large_string()),
                "c": pa.array([["x"]], pa.large_list(pa.string())),
            }
        )
        pq.write_table(data, tmp_path / "a.parquet", store_schema=True)
        table = self.run(write_workflow, "{table: a.parquet}")
        assert [str(c.ktype) for c in table.spec] == [
            "Number (Long Integer)",
            "String",
            "List (Collection of: String)",
        ]

    @pytest.mark.parametrize(
        ("name", "content", "entry", "message"),
        [
            ("a.csv", "A\n1\n", "{table: b.csv}", "b.csv"),
            ("a.csv", "A\n1\n", "{table: a.csv, types: {B: string}}", "no column 'B'"),
            ("a.csv", "A\nx\n", "{table: a.csv, types: {A: int64}}", "Column 'A'"),
            ("a.csv", "A\nnone.png\n", "{table: a.csv, types: {A: image}}", "none.png"),
            ("a.json", "{}", "{table: a.json}", "no list of objects"),
            ("a.json", "[", "{table: a.json}", "Expecting value"),
        ],
    )
    def test_what_cannot_be_read(
        self, write_workflow: Write, tmp_path: Path, name, content, entry, message
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(NodeFailed, match=message):
            self.run(write_workflow, entry)

    def test_bytes_need_a_kind(self, write_workflow: Write, tmp_path: Path):
        pq.write_table(pa.table({"A": [b"x"]}), tmp_path / "a.parquet")
        with pytest.raises(NodeFailed, match="need a kind under types"):
            self.run(write_workflow, "{table: a.parquet}")


class TestStaging:
    def test_files_appear_together(self, tmp_path: Path):
        with Staging() as staging:
            for name in "ab":
                staging.place_for(tmp_path / "new" / name).write_text(name)
            assert not [name for name in files(tmp_path) if not name.endswith(".part")]
        assert files(tmp_path) == ["new/a", "new/b"]

    def test_an_error_leaves_the_old_file(self, tmp_path: Path):
        (tmp_path / "a").write_text("old")

        def fail() -> None:
            with Staging() as staging:
                staging.place_for(tmp_path / "a").write_text("new")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert files(tmp_path) == ["a"]
        assert (tmp_path / "a").read_text() == "old"

    def test_what_is_being_written_can_be_discarded_at_any_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        # As in a process of its own: other tests keep tables in the folder of this one.
        monkeypatch.setattr(temporary, "_folder", None)
        monkeypatch.setattr(temporary, "_handle", None)

        def write_and_discard() -> None:
            with Staging() as staging:
                staging.place_for(tmp_path / "a").write_text("a")
                temporary.discard_all()
                assert files(tmp_path) == []
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write_and_discard()
        assert files(tmp_path) == []

    def test_two_files_of_one_name(self, tmp_path: Path):
        staging = Staging()
        staging.place_for(tmp_path / "a")
        with pytest.raises(ValueError, match="Two outputs"):
            staging.place_for(tmp_path / "a")
