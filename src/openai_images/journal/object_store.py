"""Whole objects in a folder of any file system that pyarrow knows."""

from __future__ import annotations

import secrets
from pathlib import Path

from pyarrow import fs

from ..files import write_atomically

__all__ = ["ObjectStore"]

# Where an object is there as a whole or not at all, and a folder needs no making.
_OBJECT_STORES = frozenset({"s3", "gcs", "abfs"})


class ObjectStore:
    """Objects by their paths in `folder`, which need not exist; may be used by many threads.

    Every method raises OSError where the file system does.
    """

    def __init__(self, filesystem: fs.FileSystem, folder: str) -> None:
        while isinstance(filesystem, fs.SubTreeFileSystem):
            folder = f"{filesystem.base_path.rstrip('/')}/{folder}"
            filesystem = filesystem.base_fs
        self.folder = folder.rstrip("/")
        self._filesystem = filesystem

    def names(self, folder: str) -> list[str]:
        """The names of all objects in a folder, sorted; none where it does not exist."""
        selector = fs.FileSelector(f"{self.folder}/{folder}", allow_not_found=True)
        try:
            found = self._filesystem.get_file_info(selector)
        except FileNotFoundError:
            # Not found at first, and made by another before pyarrow made sure of that.
            return []
        return sorted(it.base_name for it in found if not it.base_name.startswith("."))

    def read(self, path: str) -> bytes:
        """The content of an object."""
        with self._filesystem.open_input_stream(f"{self.folder}/{path}") as stream:
            content: bytes = stream.read()
        return content

    def write(self, path: str, content: bytes) -> None:
        """Write an object. Nobody ever sees a part of it, and on return it is as safe as the
        store makes anything: on local disks and NFS it is synced."""
        target = f"{self.folder}/{path}"
        kind = self._filesystem.type_name
        if kind in _OBJECT_STORES:
            self._put(target, content)
        elif kind == "local":
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(Path(target), content)
        else:
            parent, _, _ = target.rpartition("/")
            beside = f"{parent}/.{secrets.token_hex(8)}.tmp"
            self._filesystem.create_dir(parent, recursive=True)
            self._put(beside, content)
            self._filesystem.move(beside, target)

    def remove(self, path: str) -> None:
        """Remove an object."""
        self._filesystem.delete_file(f"{self.folder}/{path}")

    def _put(self, path: str, content: bytes) -> None:
        with self._filesystem.open_output_stream(path) as stream:
            stream.write(content)
