from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from knime_headless import Extension, load_extension

COLOURS = Path(__file__).parent / "extensions" / "colours"
_numbers = count()


@pytest.fixture(scope="session")
def colours() -> Extension:
    return load_extension(COLOURS)


@pytest.fixture
def write_extension(tmp_path: Path) -> Callable[..., Path]:
    """Write an extension folder; its one node is called Sample and has the id ``sample``."""

    def write(body: str = "", decorators: str = "", **manifest: object) -> Path:
        module = f"sample_{next(_numbers)}"
        folder = tmp_path / module
        (folder / "src").mkdir(parents=True)
        (folder / "icon.png").write_bytes((COLOURS / "icons/colour.png").read_bytes())
        entries = {
            "name": "sample",
            "group_id": "org.example",
            "version": "1.0.0",
            "extension_module": f"./src/{module}",
            **manifest,
        }
        (folder / "knime.yml").write_text(yaml.safe_dump(entries))
        code = _HEAD + dedent(decorators) + _CLASS + _indented(body)
        (folder / "src" / f"{module}.py").write_text(code)
        return folder

    return write


_HEAD = """\
import knime.extension as knext


@knext.node("Sample", knext.NodeType.OTHER, "icon.png", "/", id="sample")
"""
_CLASS = '''
class Sample(knext.PythonNode):
    """Does something."""

    def configure(self, ctx, *inputs):
        return None

    def execute(self, ctx, *inputs):
        return None

'''


def _indented(body: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in dedent(body).splitlines())
