"""What holds for every command."""

import re
import subprocess
import sys
from pathlib import Path

import openai_images

ROOT = Path(__file__).parents[2]


def test_the_version_stands_once(run):
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"openai-images {openai_images.__version__}\n")
    for name in ("knime.yml", "pixi.toml"):
        (found,) = re.findall(r'^version\s*[:=]\s*"?([0-9.]+)', (ROOT / name).read_text(), re.M)
        assert found == openai_images.__version__


def test_completion_can_be_installed(run):
    done = run("--help")
    assert "--install-completion" in done.stdout
    script = run(
        _OPENAI_IMAGES_COMPLETE="complete_bash", COMP_WORDS="openai-images v", COMP_CWORD="1"
    )
    assert script.stdout.split() == ["vary"]


def test_without_its_extra_the_command_says_what_to_install():
    code = "import sys; sys.modules['typer'] = None; from openai_images.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == 'The command line needs more: pip install ".[cli]" in a clone.\n'


def test_closed_streams_are_no_reason_for_a_traceback(command, picture, tmp_path):
    script = 'exec "$@" >&- 2>&-'
    arguments = ["vary", picture, "-s", "256x256", "-o", tmp_path / "out"]
    done = subprocess.run(["sh", "-c", script, "sh", *command, *arguments], check=False)
    assert done.returncode == 0
    assert len(list((tmp_path / "out").iterdir())) == 1
