"""The files of a workflow: in an archive (.knwf, .knar) or an unpacked folder."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from knime_headless.errors import WorkflowError, shown
from knime_headless.knwf.config_xml import Config, read_config

ENDINGS = (".knwf", ".knar")
_WORKFLOW = "workflow.knime"
_MOST_BYTES = 16 * 2**20
_MOST_FILES = 100_000
_DEEPEST = 3
"""Levels of folders in which workflows are looked for."""


def is_knime_workflow(path: Path) -> bool:
    """Whether a path is for this module, and not for the reader of YAML files."""
    return path.suffix.lower() in ENDINGS or path.is_dir()


@dataclass(frozen=True)
class WorkflowFiles:
    """One workflow; paths inside of it have ``/`` between their parts."""

    name: str
    read: Callable[[str], bytes]

    def config(self, path: str) -> Config:
        """The configuration in a file of the workflow.

        Raises:
            WorkflowError: there is no such file, or something else in it.
        """
        try:
            return read_config(self.read(path))
        except (OSError, KeyError):
            raise WorkflowError(f"{self.name} has no file {shown(path)}.") from None
        except (ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise WorkflowError(f"{self.name}, {shown(path)}: {error}.") from None

    @property
    def top(self) -> Config:
        """What is in the file of the workflow itself."""
        return self.config(_WORKFLOW)


def open_workflow(path: Path, name: str | None = None) -> WorkflowFiles:
    """The only workflow in an archive or folder, or the one of that name.

    Raises:
        WorkflowError: says what there is instead.
    """
    try:
        found = _in_folder(path) if path.is_dir() else _in_archive(path)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        raise WorkflowError(f"{path} cannot be read: {error}") from None
    if name is not None:
        found = [
            workflow for workflow in found if name in (workflow.name, Path(workflow.name).name)
        ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise WorkflowError(f"There is no workflow {name or ''} in {path}.".replace("  ", " "))
    names = ", ".join(sorted(workflow.name for workflow in found)[:20])
    raise WorkflowError(f"{path} holds {len(found)} workflows; name one with --workflow: {names}.")


def _in_folder(path: Path) -> list[WorkflowFiles]:
    root = path.resolve()

    def reader(folder: Path) -> Callable[[str], bytes]:
        def read(inner: str) -> bytes:
            file = (folder / inner).resolve()
            if folder not in file.parents or not file.is_file():
                raise KeyError(inner)
            with file.open("rb") as opened:
                return _limited(opened.read(_MOST_BYTES + 1))

        return read

    if (root / _WORKFLOW).is_file():
        return [WorkflowFiles(root.name, reader(root))]
    deeper = (f"{'*/' * depth}{_WORKFLOW}" for depth in range(1, _DEEPEST + 1))
    folders = [file.parent for pattern in deeper for file in sorted(root.glob(pattern))]
    outer = [f for f in folders if not any(other in f.parents for other in folders)]
    return [WorkflowFiles(f.relative_to(root).as_posix(), reader(f)) for f in outer]


def _in_archive(path: Path) -> list[WorkflowFiles]:
    if not path.is_file():  # reading from a pipe might never end
        raise WorkflowError(f"There is no file {path}.")
    archive = zipfile.ZipFile(path)
    names = archive.namelist()
    if len(names) > _MOST_FILES:
        raise WorkflowError(f"{path} holds more than {_MOST_FILES:,} files.")
    folders = {PurePosixPath(n).parent for n in names if PurePosixPath(n).name == _WORKFLOW}
    outer = [f for f in folders if not any(other in f.parents for other in folders)]

    def reader(folder: PurePosixPath) -> Callable[[str], bytes]:
        def read(inner: str) -> bytes:
            with archive.open(f"{folder}/{inner}") as opened:
                return _limited(opened.read(_MOST_BYTES + 1))

        return read

    return [WorkflowFiles(str(f), reader(f)) for f in outer]


def _limited(data: bytes) -> bytes:
    if len(data) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES:,} bytes")
    return data
