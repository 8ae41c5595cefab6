"""The command as a process of its own: what it prints and its exit status."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from knime_headless import Extension, backend

Write = Callable[[str], Path]
COMMAND = [sys.executable, "-c", "from knime_headless.cli import main; main()"]
SECRET = "hunter22-secret"
HEAVY = {"numpy", "pandas", "pyarrow", "PIL"}

SLOW = """\
nodes:
  palette: {node: palette_source, settings: {credential: ""}}
  paint:
    node: paint
    settings: {delay: 60.0}
    inputs: {Palette: palette}
    outputs: {Pictures: out/t.parquet}
"""
SHOW = """\
credentials: {me: {password: ME_PASSWORD}}
nodes:
  palette: {node: palette_source, settings: {colours: "red,blue", credential: me}}
  paint:
    node: paint
    inputs: {Palette: palette}
    outputs: {Pictures: {file: out/t.parquet, print: true}}
"""


def command(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", **environment},
        timeout=60,
        check=False,
    )


def test_nodes(colours: Extension):
    ran = command("nodes", colours.path)
    assert ran.returncode == 0
    assert "Palette Source" in ran.stdout
    listed = json.loads(command("nodes", colours.path, "--json").stdout)
    assert listed[1] == {
        "id": "paint",
        "name": "Paint",
        "category": "/community/colours",
        "inputs": [
            {"name": "Palette", "type": "org.example.colours.palette"},
            {"name": "Titles", "type": "table"},
        ],
        "outputs": [
            {"name": "Pictures", "type": "table"},
            {"name": "Palette", "type": "org.example.colours.palette"},
        ],
        "view": "Gallery",
    }


def test_dialog(colours: Extension):
    dialog = json.loads(command("dialog", colours.path, "paint").stdout)
    assert dialog["data"]["model"]["size"] == {"width": 4, "height": 3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("dialog", "{colours}", "nope"), "no node 'nope'"),
        (("nodes", "{colours}/src"), "no knime.yml"),
        (("run", "{colours}/none.yml"), "cannot be read"),
    ],
)
def test_mistakes_are_one_line_and_status_1(colours: Extension, arguments, message):
    ran = command(*(a.format(colours=colours.path) for a in arguments))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Error: ")
    assert message in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_a_wrong_command_line_is_status_2(write_workflow: Write):
    assert command("fly").returncode == 2
    assert command("run", write_workflow(SHOW), "-f", "novalue").returncode == 2


def test_a_run_without_terminal(write_workflow: Write, tmp_path: Path):
    ran = command("run", write_workflow(SHOW), ME_PASSWORD=SECRET)
    assert ran.returncode == 0
    assert ran.stderr.startswith("palette: Palette Source started\npalette: done in ")
    assert "paint: 50% painting blue" in ran.stderr.splitlines()
    assert "paint: warning: Paint is wet." in ran.stderr.splitlines()
    assert f"paint: wrote {tmp_path / 'out' / 't.parquet'}" in ran.stderr.splitlines()
    assert "PNG 4x3" in ran.stdout
    assert (tmp_path / "out" / "t.parquet").is_file()


def test_a_run_on_a_terminal_has_bars(write_workflow: Write):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "ME_PASSWORD": SECRET, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [*COMMAND, "run", write_workflow(SHOW)],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment,
    ) as process:
        os.close(theirs)
        shown = _read_all(ours)
    assert process.returncode == 0
    assert "━━━" in shown
    assert "100%" in shown


def _read_all(terminal: int) -> str:
    chunks = []
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(terminal)
    return b"".join(chunks).decode()


def test_only_checking(write_workflow: Write, tmp_path: Path):
    ran = command("run", "--check", write_workflow(SHOW), ME_PASSWORD=SECRET)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "2 nodes, nothing wrong" in ran.stdout
    assert not (tmp_path / "out").exists()


def test_flow_variables_from_the_command_line(write_workflow: Write):
    text = SHOW.replace('"red,blue"', "{flow_variable: colours}")
    path = write_workflow(text)
    assert command("run", path, ME_PASSWORD=SECRET).returncode == 1
    ran = command("run", path, "-f", "colours=lime", ME_PASSWORD=SECRET)
    assert ran.returncode == 0
    assert "lime" in ran.stdout


def test_verbose_shows_what_nodes_log(write_workflow: Write):
    quiet = command("run", write_workflow(SHOW), ME_PASSWORD=SECRET)
    verbose = command("run", "-v", write_workflow(SHOW), ME_PASSWORD=SECRET)
    line = "paint: info: colours_extension: painting red"
    assert line not in quiet.stderr.splitlines()
    assert line in verbose.stderr.splitlines()


def test_a_failing_node_is_named(write_workflow: Write, tmp_path: Path):
    text = SHOW.replace("node: paint\n", "node: paint\n    settings: {fail_at: blue}\n")
    ran = command("run", write_workflow(text), ME_PASSWORD=SECRET)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == "Error: paint (Paint): There is no blue paint left."
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("colours", [SECRET, f"red,{SECRET}"])
def test_secrets_are_masked_in_all_output(write_workflow: Write, colours):
    text = SHOW.replace("red,blue", colours)
    ran = command("run", "-v", write_workflow(text), ME_PASSWORD=SECRET)
    assert ran.returncode == 1
    assert "***" in ran.stderr
    assert SECRET not in ran.stdout + ran.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_cancel(write_workflow: Write, tmp_path: Path, number, status):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with subprocess.Popen(
        [*COMMAND, "run", write_workflow(SLOW)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("paint: Paint started"):
                break
        process.send_signal(number)
        rest = process.stderr.read()
    assert process.returncode == status
    assert rest.splitlines()[-1] == "Canceled."
    assert not (tmp_path / "out").exists()
    assert list(temporary.iterdir()) == []


INTERRUPTED_WHILE = """
import os, signal, sys
from pathlib import Path

def signal_after(owner, name):
    original = getattr(owner, name)
    def wrapped(*args, **kwargs):
        result = original(*args, **kwargs)
        setattr(owner, name, original)
        os.kill(os.getpid(), signal.SIGINT)
        return result
    setattr(owner, name, wrapped)

import shutil, tempfile, threading
{moment}
from knime_headless.cli import main
main()
"""


@pytest.mark.parametrize(
    "moment",
    [
        "signal_after(tempfile, 'mkdtemp')",
        "signal_after(shutil, 'rmtree')",
        "signal_after(os, 'mkdir')",
        "signal_after(threading.Thread, 'start')",
    ],
)
def test_a_signal_in_the_middle_of_making_or_removing_folders(
    write_workflow: Write, tmp_path: Path, moment: str
):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    code = INTERRUPTED_WHILE.format(moment=moment)
    ran = subprocess.run(
        [sys.executable, "-c", code, "run", write_workflow(SLOW)],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr.splitlines()[-1]) == (130, "Canceled.")
    assert list(temporary.iterdir()) == []


def test_a_second_signal_does_not_wait_for_the_node(write_extension, tmp_path: Path):
    body = """\
    def execute(self, ctx):
        import time

        ctx.set_progress(0.5)
        time.sleep(60)
    """
    path = tmp_path / "workflow.yml"
    path.write_text(f"extension: {write_extension(body)}\nnodes: {{a: {{node: sample}}}}")
    with subprocess.Popen([*COMMAND, "run", path], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("a: 50%"):
                process.send_signal(signal.SIGINT)
            if line.startswith("Canceling"):
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130, rest


def test_the_command_starts_without_heavy_modules():
    code = "import sys, json, knime_headless.cli; print(json.dumps(list(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not HEAVY & set(json.loads(ran.stdout))


@pytest.mark.skipif(backend.IS_REAL, reason="KNIME's own package imports what it likes")
def test_a_node_without_tables_needs_no_heavy_modules(colours: Extension):
    code = (
        "import sys, json, knime_headless as k; "
        f"k.load_extension({str(colours.path)!r}).nodes['palette_source'].execute(); "
        "print(json.dumps(list(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not HEAVY & set(json.loads(ran.stdout))
