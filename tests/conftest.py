"""Pictures and watches that many tests use."""

from __future__ import annotations

import io
import os
import subprocess

import pytest
from PIL import Image

from openai_images.watch import QuietWatch


def make_png(size=(64, 64), color=(200, 120, 40), mode="RGB"):
    """A PNG file with a gradient, so that no two places of it are alike."""
    ramp = Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", [ramp.point(lambda v, c=c: v * c // 255) for c in color])
    file = io.BytesIO()
    picture.convert(mode).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(autouse=True)
def _own_state(monkeypatch, tmp_path_factory):
    """What processes share stays within a test, wherever the system keeps it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def png():
    return make_png()


class RecordingWatch(QuietWatch):
    """Keeps what it is told; says canceled once `cancel` was set."""

    def __init__(self):
        self.messages = []
        self.fractions = []
        self.warnings = []
        self.sent = 0
        self.cancel = False

    def progress(self, message, fraction=None):
        self.messages.append(message)
        if fraction is not None:
            self.fractions.append(fraction)

    def warn(self, message):
        self.warnings.append(message)

    def canceled(self):
        return self.cancel

    def sending(self):
        self.sent += 1


@pytest.fixture
def watch():
    return RecordingWatch()


@pytest.fixture
def on_a_disk(tmp_path):
    """Run a command beside a disk of its own: `on_a_disk("size=1m", "ls", "{disk}")`.

    The disk is a tmpfs that only the command and its children see; `ro` makes it read-only.
    """
    disk = tmp_path / "disk"
    disk.mkdir()

    def run(options, *command, **environment):
        places = [str(part).replace("{disk}", str(disk)) for part in command]
        values = {name: text.replace("{disk}", str(disk)) for name, text in environment.items()}
        mount = 'mount -t tmpfs -o "$0" tmpfs "$1" && shift && exec "$@"'
        return subprocess.run(
            ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, options, disk, *places],
            capture_output=True,
            text=True,
            env={**os.environ, **values},
            check=False,
        )

    try:
        can = run("size=1m", "true").returncode == 0
    except FileNotFoundError:
        can = False
    if not can:
        pytest.skip("needs to mount a disk of its own (unshare)")
    return run
