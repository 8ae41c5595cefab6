"""JSON cells on KNIME's own package, where its JSON extension would provide them."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

_PythonValueFactory: Any = import_module("knime.api.types").PythonValueFactory


class JsonValueFactory(_PythonValueFactory):  # type: ignore[misc]  # KNIME's class, Any without it
    """A dictionary, list or text stored as JSON text."""

    def __init__(self) -> None:
        super().__init__(dict)

    def encode(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def decode(self, storage: str | None) -> Any:
        return None if storage is None else json.loads(storage)
