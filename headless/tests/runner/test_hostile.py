"""Input that somebody made to do harm, or that went wrong: one short sentence, and nothing run."""

from __future__ import annotations

import os
import string
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from knime_headless import NodeFailed, Workflow, WorkflowError, cli, report
from knime_headless.workflow import image_files
from knime_headless.yaml_text import parse_yaml

COLOURS = Path(__file__).parents[1] / "extensions" / "colours"
Write = Callable[[str], Path]
Run = Callable[..., tuple[int, str]]

PALETTE = "palette: {node: palette_source, settings: {credential: ''}}"
PAINT = f"""\
nodes:
  {PALETTE}
  paint: {{node: paint, inputs: [palette], outputs: {{Pictures: OUT}}}}
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: its exit status, and what it says on the error stream."""

    def call(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["knime-headless", *map(str, arguments)])
        status = cli._command(threading.Event())
        return status, capfd.readouterr().err

    return call


def refused(run: Run, *arguments: object) -> str:
    status, said = run(*arguments)
    assert status in (1, 2)
    assert "Traceback" not in said
    assert len(said) < 5000
    return said


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for n in range(1, levels):
        lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]")
    return "\n".join(lines)


class TestWorkflowFiles:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (bomb(9), "with its aliases replaced, this is too large"),
            ("extension: &a [*a]", "too large|recursive"),
            (f"extension: {'[' * 60}{']' * 60}", "nested more than"),
            (f"extension: {'[' * 5000}", "nested more than"),
            (f"flow_variables: {{a: {'9' * 5000}}}", "digits|64 bits"),
            (f"flow_variables: {{a: 0x{'f' * 5000}}}", "64 bits"),
            ("flow_variables: {a: .nan}", "not a finite number"),
            ("flow_variables: {a: -.inf}", "not a finite number"),
            ('flow_variables: {a: "\\ud800"}', "half a character"),
            ("flow_variables: {a: !!python/object:os.system {}}", "not valid YAML"),
            ("flow_variables: {a: !!binary aaaa}", "neither text"),
            ("flow_variables: {a: 2026-11-24T99:99:99Z}\nnodes: {}", "either extension"),
            ("extension: ~nosuchuser\nnodes: {a: {node: b}}", "is no path"),
            ('extension: "a\\0b"\nnodes: {a: {node: b}}', "is a text, not"),
            (f"extension: .\n{'x' * 1000}: 1\nnodes: {{}}", "no entry 'xxx"),
            (f"extension: .\nnodes: {{a: {{node: a, inputs: {'x' * 90_000}}}}}", "not 'xxx"),
            (
                f"extension: {COLOURS}\nnodes: {{a: {{node: paint, "
                "settings: {fail_at: {flow_variable: [1]}}}}",
                "flow_variable is a text",
            ),
        ],
    )
    def test_text(self, run: Run, tmp_path: Path, text: str, message: str):
        path = tmp_path / "w.yml"
        path.write_text(text)
        said = refused(run, "run", path)
        assert any(part in said for part in message.split("|")), said

    def test_bytes_that_are_no_text(self, run: Run, tmp_path: Path):
        path = tmp_path / "w.yml"
        path.write_bytes(b"extension: .\nnodes: \xff\xfe")
        assert "is not UTF-8 in line 2" in refused(run, "run", path)

    def test_a_file_without_end(self, run: Run, tmp_path: Path):
        path = tmp_path / "w.yml"
        path.write_text("#" * 1_000_001)
        assert "is larger than" in refused(run, "run", path)

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
    def test_what_is_no_file(self, run: Run, tmp_path: Path):
        os.mkfifo(tmp_path / "pipe.yml")
        os.mkfifo(tmp_path / "pipe.knwf")
        for path in (tmp_path / "pipe.yml", Path("/dev/zero")):
            assert "is not a file" in refused(run, "run", path)
        assert "There is no file" in refused(run, "run", tmp_path / "pipe.knwf")
        assert "There is no workflow" in refused(run, "run", tmp_path)

    def test_a_manifest(self, run: Run, tmp_path: Path):
        (tmp_path / "knime.yml").write_text(bomb(9))
        assert "with its aliases replaced" in refused(run, "nodes", tmp_path)

    @pytest.mark.parametrize(
        "given",
        ["a=[", "a=.nan", f"a={'9' * 5000}", "a={b: 1}", "=1", "a", f"a={'[' * 5000}", "a=\udcff"],
    )
    def test_flow_variables_of_the_command_line(self, run: Run, write_workflow: Write, given: str):
        status, _ = run("run", write_workflow(PAINT.replace("OUT", "a.csv")), "-f", given)
        assert status == 2

    @given(st.text(alphabet=string.printable + "é😀\x00\x85\u2028", max_size=80))
    def test_any_text_is_data_or_refused(self, text: str):
        import yaml

        try:
            data = parse_yaml(text)
        except (ValueError, yaml.YAMLError):
            return
        repr(data).encode()

    @given(st.integers(2, 12), st.integers(2, 12))
    def test_aliases_are_bounded_by_what_they_stand_for(self, width: int, levels: int):
        lines = ["- &a0 [x]"]
        for n in range(1, levels):
            lines.append(f"- &a{n} [{', '.join([f'*a{n - 1}'] * width)}]")
        size = sum(width**n for n in range(levels))
        try:
            data = parse_yaml("\n".join(lines))
        except ValueError:
            assert size > 1000
        else:
            assert len(repr(data)) < 1_000_000

    def test_a_key_in_the_place_of_its_name_is_not_shown(self, run: Run, write_workflow: Write):
        text = "credentials: {me: {password: sk_live_0123456789}}\n" + PAINT
        said = refused(run, "run", write_workflow(text.replace("OUT", "a.csv")))
        assert "credentials.me.password" in said
        assert "sk_live" not in said


class TestSecrets:
    @pytest.mark.parametrize("ending", ["\n", "\r\n", " ", "\n\n"])
    def test_a_key_with_a_line_break_is_masked(
        self, run: Run, write_workflow: Write, monkeypatch: pytest.MonkeyPatch, ending: str
    ):
        monkeypatch.setenv("ME_PASSWORD", f"hunter22-secret{ending}")
        text = (
            "credentials: {me: {password: ME_PASSWORD}}\nnodes:\n"
            "  palette: {node: palette_source, settings: {colours: hunter22-secret}}\n"
            "  paint: {node: paint, inputs: [palette]}\n"
        )
        said = refused(run, "run", "-v", write_workflow(text))
        assert "***" in said
        assert "hunter22" not in said

    @pytest.mark.parametrize(
        "spelled", ['k/e"y+1&2', 'k\\/e\\"y+1&2', "k/e&quot;y+1&amp;2", "k%2Fe%22y%2B1%262"]
    )
    def test_an_escaped_key_is_masked(self, spelled: str):
        mask = report.Mask(['k/e"y+1&2\n'])
        assert mask(f"Bearer {spelled}!") == "Bearer ***!"

    def test_texts_of_nodes_cannot_move_the_cursor(self, run: Run, write_workflow: Write):
        text = PAINT.replace("credential: ''", "colours: \"\\e[2Jred\", credential: ''")
        said = refused(run, "run", "-v", write_workflow(text.replace("OUT", "a.csv")))
        assert "\x1b" not in said
        assert "\\x1b[2J" in said


class TestTables:
    def table(self, write_workflow: Write, entry: str) -> Workflow:
        return Workflow(write_workflow(f"nodes: {{t: {entry}}}"))

    @pytest.fixture
    def pictures(self, tmp_path: Path) -> Path:
        outside = tmp_path / "outside"
        outside.mkdir()
        Image.new("RGB", (2, 2)).save(outside / "a.png")
        inside = tmp_path / "inside"
        inside.mkdir()
        Image.new("RGB", (2, 2)).save(inside / "a.png")
        (inside / "link.png").symlink_to(outside / "a.png")
        (inside / "text.png").write_text("no picture")
        os.mkfifo(inside / "pipe.png")
        return inside

    @pytest.mark.parametrize(
        ("named", "message"),
        [
            ("/dev/zero", "outside of the workflow's folder"),
            ("/etc/passwd", "outside of the workflow's folder"),
            ("../outside/a.png", "outside of the workflow's folder"),
            ("link.png", "outside of the workflow's folder"),
            ("~/a.png", "No such file"),
            ("pipe.png", "no regular file"),
            (".", "outside of"),
            ("text.png", "cannot identify"),
            ("none.png", "No such file"),
            ("x" * 300, "name too long"),
        ],
    )
    def test_files_that_a_table_names(
        self, pictures: Path, write_workflow: Write, named: str, message: str
    ):
        (pictures / "t.csv").write_text(f"Picture\na.png\n{named}\n")
        path = pictures / "w.yml"
        entry = "{table: t.csv, types: {Picture: image}}"
        path.write_text(f"extension: {COLOURS}\nnodes: {{t: {entry}}}")
        with pytest.raises(NodeFailed, match=message) as error:
            Workflow(path).run()
        assert "row 2" in str(error.value)
        assert len(str(error.value)) < 600

    def test_folders_can_be_allowed(self, pictures: Path):
        (pictures / "t.csv").write_text("Picture\n../outside/a.png\nlink.png\n")
        path = pictures / "w.yml"
        entry = "{table: t.csv, types: {Picture: image}, image_folders: [../outside]}"
        path.write_text(f"extension: {COLOURS}\nnodes: {{t: {entry}}}")
        assert len(Workflow(path).run()["t"][0].rows()) == 2

    def test_a_picture_that_is_too_large(self, pictures: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(image_files, "MOST_BYTES", 50)
        with pytest.raises(ValueError, match=r"row 1, 'a\.png': this file is larger"):
            image_files.encoded_images(["a.png"], lambda image: image, pictures, [pictures])

    @pytest.mark.parametrize(
        ("name", "data", "message"),
        [
            ("t.json", b"[" * 100_000, "nested too deeply"),
            ("t.json", b'[{"a":' * 500 + b"1" + b"}]" * 500, "."),
            ("t.json", b'[{"a": ' + b"9" * 5000 + b"}]", "digits"),
            ("t.json", b'[{"a": 99999999999999999999}]', "."),
            ("t.json", b'[{"a": "\xff"}]', "utf-8"),
            ("t.json", b'[{"a": 1}, {"a": []}]', "."),
            ("t.json", b"{}", "holds no list of objects"),
            ("t.csv", b"a\n\xff\xfe\n", "bytes|UTF8"),
            ("t.csv", b"", "[Ee]mpty"),
            ("t.parquet", b"PAR1junkPAR1", "."),
        ],
    )
    def test_tables_that_cannot_be_read(
        self, run: Run, write_workflow: Write, tmp_path: Path, name, data, message
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(NodeFailed, match=message):
            self.table(write_workflow, f"{{table: {name}}}").run()
        refused(run, "run", write_workflow(f"nodes: {{t: {{table: {name}}}}}"))

    def test_a_pipe_is_no_table(self, write_workflow: Write, tmp_path: Path):
        os.mkfifo(tmp_path / "t.csv")
        with pytest.raises(NodeFailed, match="There is no file"):
            self.table(write_workflow, "{table: t.csv}").run()


class TestPlaces:
    def workflow(self, write_workflow: Write, out: str) -> Workflow:
        return Workflow(write_workflow(PAINT.replace("OUT", out)))

    @pytest.mark.parametrize(
        ("out", "message"),
        [
            ("a-file/t.csv", "Not a directory"),
            ("a-file/deeper/t.csv", "Not a directory"),
            ("a-folder.csv", "that is a folder"),
            (f"{'写' * 84}.csv", "longer than 255 bytes"),
            (f"new/{'写' * 86}/t.csv", "longer than 255 bytes"),
            ("/proc/t.csv", "cannot be written"),
            ("{file: [a.csv, ./a.csv]}", "would both be written to"),
            (
                "{file: a.csv, images: {column: Image, path: '/proc/{row}.png'}}",
                "cannot be written",
            ),
            (f"{{images: {{column: Image, path: '{{row}}{'x' * 250}.png'}}}}", "longer than 255"),
        ],
    )
    def test_a_place_is_tried_before_anything_runs(
        self, write_workflow: Write, tmp_path: Path, out: str, message: str
    ):
        (tmp_path / "a-file").write_text("notes")
        (tmp_path / "a-folder.csv").mkdir()
        before = sorted(tmp_path.rglob("*"))
        workflow = self.workflow(write_workflow, out)
        with pytest.raises(WorkflowError, match=message):
            workflow.run()
        assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "workflow.yml"])

    def test_a_full_disk(
        self, write_workflow: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        from knime_headless.workflow import places

        monkeypatch.setattr(places, "LEAST_FREE", 2**80)
        with pytest.raises(WorkflowError, match="MB are free there"):
            self.workflow(write_workflow, "a.csv").run()

    def test_two_nodes_cannot_write_one_file(self, run: Run, write_workflow: Write):
        text = PAINT.replace("OUT", "out/a.csv") + (
            "  again: {node: paint, inputs: [palette], outputs: {Pictures: out/b/../a.csv}}\n"
        )
        for arguments in (["--check"], []):
            said = refused(run, "run", *arguments, write_workflow(text))
            assert "nodes.again.outputs.Pictures.file and nodes.paint.outputs.Pictures.file" in said

    def test_files_that_turn_out_to_be_the_same(self, write_workflow: Write, tmp_path: Path):
        images = "{images: {column: Image, path: '%s.png'}}"
        text = PAINT.replace("OUT", images % "1-{row_id}") + (
            "  again: {node: paint, inputs: [paint.Palette], outputs: {Pictures: %s}}\n"
            % (images % "{row}-Row0")
        )
        with pytest.raises(NodeFailed, match="Two outputs would be written to "):
            Workflow(write_workflow(text)).run()
        (folder,) = tmp_path.glob("knime-results-*")
        assert len(list(folder.glob("*.png"))) == 2

    @pytest.mark.parametrize("blocked", ["out", "out/t.parquet"])
    def test_results_are_kept_when_writing_fails_afterwards(
        self, run: Run, write_extension: Callable[..., Path], tmp_path: Path, blocked: str
    ):
        body = f"""\
        def execute(self, ctx):
            from pathlib import Path
            import pandas as pd
            place = Path({blocked!r})
            place.mkdir(parents=True) if place.suffix else place.write_text("")
            return knext.Table.from_pandas(pd.DataFrame({{"A": [1]}})), knext.view_html("<p>x")
        """
        ports = '@knext.output_table("Out", "d")\n@knext.output_view("View", "d")\n'
        extension = write_extension(body, ports)
        path = tmp_path / "w.yml"
        entry = "{node: sample, outputs: {Out: out/t.parquet}, view: out/v.html}"
        path.write_text(f"extension: {extension}\nnodes: {{a: {entry}}}")
        status, said = run("run", path)
        (folder,) = tmp_path.glob("knime-results-*")
        assert status == 1
        assert f"the results of this node are in {folder}" in said
        assert sorted(file.name for file in folder.iterdir()) == ["Out.parquet", "view.html"]

    def test_row_ids_that_do_not_fit_into_a_name(
        self, write_extension: Callable[..., Path], tmp_path: Path
    ):
        body = """\
        def execute(self, ctx):
            import pandas as pd
            from PIL import Image
            dtype = knext.logical(Image.Image).to_pandas()
            ids = ["写" * 200 + "a", "写" * 200 + "b", "a/b", "a b", "é" * 126]
            images = pd.Series([Image.new("L", (1, 1))] * len(ids), dtype=dtype, index=ids)
            return knext.Table.from_pandas(pd.DataFrame({"Image": images}))
        """
        extension = write_extension(body, '@knext.output_table("Out", "d")\n')
        path = tmp_path / "w.yml"
        images = "{images: {column: Image, path: 'out/x-{row_id}.png'}}"
        path.write_text(
            f"extension: {extension}\nnodes: {{a: {{node: sample, outputs: {{1: {images}}}}}}}"
        )
        Workflow(path).run()
        written = [file.name for file in (tmp_path / "out").iterdir()]
        assert len(written) == 5
        assert {"x-a_b.png", "x-a_b-4.png"} < set(written)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.text(
                st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=300
            )
            | st.sampled_from(["..", ".", "/", "a-file", "~", "~root", "写" * 90]),
            min_size=1,
            max_size=4,
        )
    )
    def test_any_place_is_tried_or_refused(
        self, colours, tmp_path_factory: pytest.TempPathFactory, parts: list[str]
    ):
        import yaml

        folder = tmp_path_factory.mktemp("places")
        (folder / "a-file").write_text("notes")
        out = "/".join(parts) + ".csv"
        nodes = {
            "p": {"node": "palette_source", "settings": {"credential": ""}},
            "paint": {"node": "paint", "inputs": ["p"], "outputs": {"Pictures": out}},
        }
        path = folder / "w.yml"
        path.write_text(yaml.safe_dump({"extension": str(COLOURS), "nodes": nodes}))
        with suppress(WorkflowError):
            Workflow(path).check_places()
        assert sorted(file.name for file in folder.iterdir()) == ["a-file", "w.yml"]
