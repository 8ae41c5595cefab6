"""What a node can ask of, and tell, the program that runs it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


class Host(Protocol):
    """The program that runs a node."""

    def get_credential_names(self) -> list[str]: ...

    def get_credentials(self, identifier: str) -> list[Any]:
        """User name, password and name; raises KeyError for an unknown name."""

    def get_input_specs(self) -> list[Any]: ...

    def get_input_port_map(self) -> dict[str, list[int]]: ...

    def set_warning(self, message: str) -> None: ...

    def set_progress(self, progress: float, message: str | None = None) -> None: ...

    def is_canceled(self) -> bool: ...

    def get_workflow_temp_dir(self) -> str: ...

    def get_workflow_dir(self) -> str: ...

    def get_knime_home_dir(self) -> str: ...


@dataclass(frozen=True)
class Credential:
    """A user name and password kept by the host under a name."""

    username: str
    password: str | None = field(repr=False)
    credential_name: str


class _Context:
    def __init__(self, host: Host, flow_variables: MutableMapping[str, Any]) -> None:
        self._host = host
        self._flow_variables = flow_variables

    @property
    def flow_variables(self) -> MutableMapping[str, Any]:
        """Named values that travel along the connections; a node may add or change them."""
        return self._flow_variables

    def get_credential_names(self) -> list[str]:
        """The names of the credentials the workflow knows."""
        return list(self._host.get_credential_names())

    def get_credentials(self, identifier: str) -> Credential:
        """The credential with a name.

        Raises:
            KeyError: there is none.
        """
        username, password, name = self._host.get_credentials(identifier)
        return Credential(username, password, name)


class DialogCreationContext(_Context):
    """Given to functions that a dialog is made with."""

    def __init__(
        self,
        host: Host,
        flow_variables: MutableMapping[str, Any],
        specs_to_python_converter: Callable[[Any, Any], list[Any]],
    ) -> None:
        super().__init__(host, flow_variables)
        self._specs = specs_to_python_converter(host.get_input_specs(), host.get_input_port_map())

    def get_input_specs(self) -> list[Any]:
        """The spec of each input, ``None`` where an optional one is not connected."""
        return self._specs

    def get_flow_variables(self) -> MutableMapping[str, Any]:
        """The flow variables that reach the node."""
        return self._flow_variables


class ConfigurationContext(_Context):
    """Given to configure."""

    def __init__(
        self,
        host: Host,
        flow_variables: MutableMapping[str, Any],
        input_ports: list[Any],
        output_ports: list[Any],
    ) -> None:
        super().__init__(host, flow_variables)
        self._input_ports = input_ports
        self._output_ports = output_ports

    def get_connected_input_port_numbers(self) -> list[int]:
        """One per input, connected or not."""
        return [1] * len(self._input_ports)

    def get_connected_output_port_numbers(self) -> list[int]:
        """One per output, connected or not."""
        return [1] * len(self._output_ports)

    def set_warning(self, message: str) -> None:
        """Show a warning on the node; the last one stays."""
        self._host.set_warning(str(message))


class ExecutionContext(ConfigurationContext):
    """Given to execute."""

    def set_progress(self, progress: float, message: str | None = None) -> None:
        """Tell how far the node is, from 0 to 1, and what it is doing.

        Raises:
            TypeError: progress is not a plain number or the message not a text.
            ValueError: progress is outside of 0 to 1.
        """
        if type(progress) not in (bool, int, float):
            raise TypeError(f"progress is an int or float, not {type(progress).__name__}.")
        if not -0.0001 <= progress <= 1.0001:
            raise ValueError(f"progress lies between 0 and 1, not at {progress}.")
        if message is not None and not isinstance(message, str):
            raise TypeError(f"The progress message is a text, not {message!r}.")
        if message is not None:
            message.encode()
        self._host.set_progress(min(1.0, max(0.0, float(progress))), message)

    def is_canceled(self) -> bool:
        """Whether the user wants the node to stop; to be asked often."""
        return bool(self._host.is_canceled())

    def get_workflow_temp_dir(self) -> str:
        """A folder for temporary files."""
        return str(self._host.get_workflow_temp_dir())

    def get_workflow_data_area_dir(self) -> str:
        """The workflow's data folder, which need not exist."""
        return str(Path(self._host.get_workflow_dir()) / "data")

    def get_knime_home_dir(self) -> str:
        """Where the host keeps its own files."""
        return str(self._host.get_knime_home_dir())
