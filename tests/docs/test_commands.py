"""Every command, and every example with a file name, in README and docs works as it stands.

The blocks of a page are run in their order, in a copy of the checkout that has some pictures.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from PIL import Image

from ..faults.server import free_port
from .blocks import ROOT, RUN, SHOWN, TEXTS, Block, blocks

COPIED = (
    *("src", "demos", "icons", "knime.yml", "pixi.toml", "pyproject.toml", "Makefile"),
    *("README.md", "LICENSE", "CHANGELOG.md", "docs/images/chelsea.jpg"),
    *("headless/src", "headless/pyproject.toml", "headless/README.md", "headless/LICENSE"),
)
FROM_THE_SYSTEM = ("curl", "openssl")
TIMES = re.compile(r"((?:[0-9*/,-]+\s+){5})(.*)", re.DOTALL)
PAGES = [page for page in TEXTS if any(b.language in RUN and not b.reason for b in blocks(page))]


def test_every_block_says_what_it_is():
    for page in TEXTS:
        for block in blocks(page):
            assert block.language in RUN + SHOWN, block.place
            if block.reason is not None:
                assert block.language in RUN, block.place
                assert len(block.reason) > 10, block.place


def test_no_fence_is_left_open():
    for page in TEXTS:
        fences = re.findall(r"^ *```", page.read_text(encoding="utf-8"), re.M)
        assert len(fences) == 2 * len(blocks(page)), page


def _page(page: Path) -> object:
    """README's commands always run; those of the others, whole installations among them, in CI."""
    marks = [] if page == ROOT / "README.md" else [pytest.mark.thorough]
    return pytest.param(page, id=str(page.relative_to(ROOT)), marks=marks)


@pytest.mark.parametrize("page", [*map(_page, PAGES)])
def test_commands_work(page, tmp_path):
    checkout = Checkout(tmp_path)
    found = blocks(page)
    for block in found:
        if block.title:
            checkout.write(block.title, block.text)
    missing = set()
    try:
        for block in found:
            if block.language not in RUN or block.reason:
                continue
            program = block.text.split()[0]
            if program in FROM_THE_SYSTEM and not shutil.which(program):
                missing.add(program)
                continue
            checkout.run(block)
    finally:
        checkout.close()
    if missing:
        pytest.skip(f"missing: {', '.join(sorted(missing))}")


class Checkout:
    """A copy of what a user has, with pictures, an own home folder and, if asked for, a server."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "checkout"
        self._server: subprocess.Popen[bytes] | None = None
        self._port = free_port()
        self._copy()
        self._pictures()
        self._environment = self._own_environment(folder)

    def write(self, name: str, text: str) -> None:
        """Put an example into its file."""
        (self.root / name).write_text(self._placed(text), encoding="utf-8")

    def run(self, block: Block) -> None:
        """Run a block; it succeeds, or the test fails with what it printed."""
        text = self._placed(block.text)
        if block.language == "python":
            return self._command([sys.executable, "-c", text], block)
        if block.language == "crontab":
            match = TIMES.fullmatch(text.strip())
            assert match, f"{block.place}: not a line for cron"
            assert not re.search(r"(?<!\\)%", match[2]), f"{block.place}: cron ends at %"
            return self._command(["sh", "-ec", match[2].replace(r"\%", "%")], block)
        if text.startswith("openai-images serve"):
            return self._serve(text, block)
        return self._command(["bash", "-euo", "pipefail", "-c", text], block)

    def close(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(60)

    def _placed(self, text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self._port}")

    def _command(self, command: list[str], block: Block) -> None:
        ran = subprocess.run(
            command,
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        log = self.root / "nightly.log"
        said = ran.stdout + (log.read_text(encoding="utf-8") if log.exists() else "")
        assert ran.returncode == 0, f"{block.place}: status {ran.returncode}\n{said}"
        assert "does not provide the extra" not in said, block.place

    def _serve(self, text: str, block: Block) -> None:
        self.close()
        command = ["sh", "-c", f"exec {text.strip()} --port {self._port}"]
        with (self.root / "server.log").open("wb") as log:
            self._server = subprocess.Popen(
                command, cwd=self.root, env=self._environment, stdout=log, stderr=log
            )
        while not self._answers():  # ends with the server at the latest
            assert self._server.poll() is None, f"{block.place}: the server has ended"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health", timeout=60).close()
        except OSError:
            return False
        return True

    def _copy(self) -> None:
        ignored = shutil.ignore_patterns("__pycache__", "output", "data")
        for name in COPIED:
            source, target = ROOT / name, self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=ignored)
            elif source.exists():
                shutil.copy(source, target)
        # What `make` takes for the environment that it would make.
        environment = self.root / ".venv"
        environment.mkdir()
        for name in ("bin", "lib"):
            (environment / name).symlink_to(Path(sys.prefix, name))
        shutil.copy(Path(sys.prefix, "pyvenv.cfg"), environment)
        for name in ("ready-demo", "ready-test", "ready-docs"):
            (environment / name).touch()

    def _pictures(self) -> None:
        picture = Image.radial_gradient("L").convert("RGB").resize((96, 96))
        files = ("cat.jpg", "cat.png", "photos/dog.png", "photos/bird.jpg", "scans/1/page.tif")
        for name in (*files, "inbox/new.jpg"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            picture.save(self.root / name)
        self.write("secrets.env", "export OPENAI_PASSWORD=a-key-of-nobody")
        self.write("nightly.yml", "extension: .\nnodes: {c: {node: openai_image_connector}}")

    def _own_environment(self, folder: Path) -> dict[str, str]:
        home = folder / "home"
        home.mkdir()
        (home / "pictures").symlink_to(self.root)
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "OPENBLAS_NUM_THREADS": "1",
            # What pip would fetch is there already; the checkout itself goes elsewhere.
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_NO_BUILD_ISOLATION": "0",
            "PIP_TARGET": str(folder / "installed"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
