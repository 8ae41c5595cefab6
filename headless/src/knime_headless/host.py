"""What nodes ask of KNIME, answered by this process."""

from __future__ import annotations

import os
import threading
from collections import UserDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knime_headless import credential_port

FlowValue = bool | int | float | str | list[bool] | list[int] | list[float] | list[str]
Credentials = Mapping[str, tuple[str, str | None]]
"""User name and password by the name of the credential."""


@dataclass(frozen=True)
class Progress:
    """How far a node says it is, from 0 to 1, and what it says it is doing."""

    fraction: float
    message: str | None


class FlowVariables(UserDict[str, Any]):
    """Flow variables as a node sees them: it may add and change, but not delete."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self._locked = False
        super().__init__()
        for name, value in (values or {}).items():
            self[name] = value
        self._locked = True

    def __setitem__(self, name: str, value: Any) -> None:
        if not isinstance(name, str):
            raise TypeError(f"The name of a flow variable is a text, not {name!r}.")
        if self._locked and name.startswith("knime"):
            raise ValueError(f"The flow variable {name} cannot be changed: it belongs to KNIME.")
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        raise RuntimeError(f"The flow variable {name} cannot be deleted.")

    def checked(self) -> dict[str, FlowValue]:
        """The values, if KNIME can take them all.

        Raises:
            TypeError: a value is neither a number of at most 64 bits, text or switch nor a list of
                one of these.
        """
        for name, value in self.items():
            items = value if isinstance(value, list) else [value]
            kinds = {type(item) for item in items}
            too_large = any(type(i) is int and not -(2**63) <= i < 2**63 for i in items)
            if too_large or len(kinds) > 1 or not kinds <= {bool, int, float, str}:
                raise TypeError(f"The flow variable {name} cannot hold {value!r}.")
        return dict(self)


@dataclass
class Host:
    """Answers the contexts of one step of one node, and notes what the node tells it."""

    input_specs: Sequence[Any]
    credentials: Credentials
    data_area: Path
    temp_dir: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    cancel: threading.Event = field(default_factory=threading.Event)
    on_progress: Callable[[Progress], None] | None = None
    warnings: list[str] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)

    def get_credential_names(self) -> list[str]:
        return list(self.credentials)

    def get_credentials(self, identifier: str) -> list[Any]:
        if identifier not in self.credentials:
            raise KeyError(f"There is no credential called {identifier!r}.")
        user, password = self.credentials[identifier]
        return [user, password, identifier]

    def get_auth_schema(self, reference: str | None) -> str:
        return credential_port.auth_schema(reference, self.environment)

    def get_auth_parameters(self, reference: str | None) -> str:
        return credential_port.token(reference, self.environment)

    def get_expires_after(self, reference: str | None) -> None:
        """Nobody says when a variable's token ends."""

    def get_input_specs(self) -> list[Any]:
        return list(self.input_specs)

    def get_input_port_map(self) -> dict[str, list[int]]:
        return {}

    def get_output_port_map(self) -> dict[str, list[int]]:
        return {}

    def set_warning(self, message: str) -> None:
        self.warnings.append(message)

    def set_progress(self, progress: float, message: str | None = None) -> None:
        told = Progress(progress, message)
        self.progress.append(told)
        if self.on_progress is not None:
            self.on_progress(told)

    def is_canceled(self) -> bool:
        return self.cancel.is_set()

    def get_workflow_temp_dir(self) -> str:
        return str(self.temp_dir)

    def get_workflow_dir(self) -> str:
        return str(self.data_area.parent)

    def get_knime_home_dir(self) -> str:
        return str(self.temp_dir)
