"""A node of a loaded extension: its dialog, configure and execute."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import knime.extension as knext
from knime_headless import backend, markdown, settings, transfer
from knime_headless.errors import HeadlessError, NodeCanceled, NodeFailed
from knime_headless.host import Credentials, FlowVariables, Host, Progress
from knime_headless.logs import collected_logs
from knime_headless.step import (
    Configured,
    Executed,
    Settings,
    Surroundings,
    one_per_port,
    results_per_port,
)
from knime_headless.table_files import Workspace
from knime_headless.worker import run_in_thread

if TYPE_CHECKING:
    from knime_headless.transfer import Input


class Node:
    """A node of a loaded extension. Each call works on a fresh instance, as in KNIME."""

    def __init__(self, declaration: Any, extension_version: str) -> None:
        self._declaration = declaration
        self._version = extension_version

    @property
    def id(self) -> str:
        """What workflows refer to the node by."""
        return str(self._declaration.id)

    @property
    def name(self) -> str:
        """What users call the node."""
        return str(self._declaration.name)

    @property
    def category(self) -> str:
        """The path of the category in the node repository."""
        return str(self._declaration.category)

    @property
    def icon(self) -> str:
        """Path of the icon, relative to knime.yml."""
        return str(self._declaration.icon_path)

    @property
    def inputs(self) -> list[Any]:
        """The input ports: ``name``, ``description``, ``type``, ``optional``."""
        return list(self._declaration.input_ports)

    @property
    def outputs(self) -> list[Any]:
        """The output ports: ``name``, ``description``, ``type``."""
        return list(self._declaration.output_ports)

    @property
    def view(self) -> Any:
        """The declaration of the view (``name``, ``description``), or ``None``."""
        return self._declaration.views[0]

    @property
    def documentation(self) -> str:
        """The docstring of the node."""
        return self.new_instance().__doc__ or ""

    def new_instance(self) -> Any:
        """A fresh node, as KNIME makes one for everything it asks of it."""
        return self._declaration.node_factory()

    def defaults(self) -> dict[str, Any]:
        """The settings of a node that was just dragged into a workflow."""
        model: dict[str, Any] = backend.extract_parameters(self.new_instance())["model"]
        return model

    def settings_schema(self) -> dict[str, Any]:
        """JSON schema of the settings."""
        schema = backend.extract_schema(self.new_instance(), self._version)
        model: dict[str, Any] = schema["properties"]["model"]
        return model

    def saved_settings(self, saved: Settings, version: str | None) -> dict[str, Any]:
        """All settings of a node that was saved by some version of the extension.

        What did not exist then has the default that it had then; unknown settings are left out.

        Raises:
            NodeFailed: a validator refuses a value.
        """
        instance = self.new_instance()
        with self._failing("settings"):
            backend.inject_parameters(instance, {"model": dict(saved)}, version)
        model: dict[str, Any] = backend.extract_parameters(instance)["model"]
        return model

    def check_settings(self, given: Settings) -> None:
        """Check names, kinds and values without running anything.

        Raises:
            SettingsError: a name is unknown or a value of the wrong kind.
            NodeFailed: a validator refuses a value.
        """
        self._loaded(given)

    def dialog(
        self,
        given: Settings | None = None,
        input_specs: Sequence[Any] = (),
        *,
        credentials: Credentials | None = None,
        flow_variables: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """What KNIME draws the dialog from: ``data``, ``schema`` and ``ui_schema``.

        Args:
            given: the stored settings.
            input_specs: one per input; missing ones count as not connected.
            credentials: names and values the dialog can offer.
            flow_variables: what reaches the node.

        Raises:
            SettingsError: a setting is unknown or of the wrong kind.
            NodeFailed: KNIME could not open the dialog.
        """
        instance = self.new_instance()
        stored = settings.complete(self.new_instance(), given or {}, self._version)
        specs = one_per_port(input_specs, self.inputs)
        host = self._host(Surroundings(credentials or {}), specs, None)
        context = backend.dialog_context(host, FlowVariables(flow_variables))
        with self._failing("dialog"):
            backend.inject_parameters(instance, _as_json(stored), self._version, True)
            dialog = {
                "data": backend.extract_parameters(instance, True),
                "schema": backend.extract_schema(instance, self._version, context),
                "ui_schema": backend.extract_ui_schema(instance, context),
            }
        markdown.convert_descriptions(dialog["schema"])
        return _as_json(dialog)

    def configure(
        self,
        given: Settings | None = None,
        input_specs: Sequence[Any] = (),
        *,
        credentials: Credentials | None = None,
        flow_variables: Mapping[str, Any] | None = None,
    ) -> Configured:
        """Run configure.

        Args:
            given: settings that differ from the defaults.
            input_specs: one per input, as configure or an output of another node gives them.
            credentials: what the node can look up.
            flow_variables: what reaches the node.

        Raises:
            SettingsError: a setting is unknown or of the wrong kind.
            NodeFailed: the node refuses its settings or inputs.
        """
        around = Surroundings(credentials or {}, flow_variables or {})
        return self.configure_in(around, given or {}, input_specs)

    def configure_in(
        self, around: Surroundings, given: Settings, input_specs: Sequence[Any]
    ) -> Configured:
        """Like `configure`, with everything around the node in one object."""
        instance = self._loaded(given)
        variables = FlowVariables(around.flow_variables)
        with self._failing("configure"), collected_logs(around.on_log) as log:
            specs = self._received_specs(input_specs)
            host = self._host(around, specs, None)
            backend.validate_specs(instance, specs)
            context = backend.configuration_context(host, variables, instance)
            given_specs = results_per_port(instance.configure(context, *specs), self.outputs)
            sent = [
                transfer.sent_spec(spec, port)
                for spec, port in zip(given_specs, self.outputs, strict=True)
            ]
            changed = variables.checked()
        return Configured(tuple(sent), tuple(host.warnings), changed, tuple(log))

    def execute(
        self,
        given: Settings | None = None,
        inputs: Sequence[Input] = (),
        *,
        credentials: Credentials | None = None,
        flow_variables: Mapping[str, Any] | None = None,
        data_area: Path | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Executed:
        """Run configure and then execute, in a thread of its own.

        Args:
            given: settings that differ from the defaults.
            inputs: one per input: an output of another node, or a pandas or Arrow table.
            credentials: what the node can look up.
            flow_variables: what reaches the node.
            data_area: the workflow's data folder.
            on_progress: called with whatever the node tells.
            cancel: set it to ask the node to stop.

        Raises:
            SettingsError: a setting is unknown or of the wrong kind.
            NodeFailed: the node refuses its settings or inputs, or fails.
            NodeCanceled: it stopped because it was asked to.
        """
        around = Surroundings(
            credentials or {},
            flow_variables or {},
            data_area,
            on_progress,
            cancel or threading.Event(),
        )
        return self.execute_in(around, given or {}, inputs)

    def execute_in(self, around: Surroundings, given: Settings, inputs: Sequence[Any]) -> Executed:
        """Like `execute`, with everything around the node in one object."""
        workspace = Workspace()
        stored = [transfer.as_stored(value, workspace) for value in inputs]
        specs = [getattr(value, "spec", None) for value in stored]
        warnings: tuple[str, ...] = ()
        if not any(isinstance(value, bytes) for value in stored):
            warnings = self.configure_in(around, given, specs).warnings
        instance = self._loaded(given)
        variables = FlowVariables(around.flow_variables)
        host = self._host(around, specs, workspace)
        with self._failing("execute", host), collected_logs(around.on_log) as log:
            outputs, view = self._run(instance, host, variables, stored, workspace)
            changed = variables.checked()
        return Executed(
            tuple(outputs),
            view,
            tuple(host.warnings) or warnings,
            tuple(host.progress),
            changed,
            tuple(log),
        )

    def _run(
        self,
        instance: Any,
        host: Host,
        variables: FlowVariables,
        inputs: Sequence[Any],
        workspace: Workspace,
    ) -> tuple[list[Any], str | None]:
        def work() -> tuple[list[Any], str | None]:
            with backend.table_session(workspace):
                objects = [
                    transfer.received_object(value, port)
                    for value, port in zip(
                        one_per_port(inputs, self.inputs), self.inputs, strict=True
                    )
                ]
                context = backend.execution_context(host, variables, instance)
                results = instance.execute(context, *objects)
                if host.is_canceled():
                    raise NodeCanceled(self.name)
                return self._sent_objects(results, workspace)

        result: tuple[list[Any], str | None] = run_in_thread(work, host.cancel)
        return result

    def _sent_objects(self, results: Any, workspace: Workspace) -> tuple[list[Any], str | None]:
        values = results_per_port(results, self.outputs, self.view)
        html = None
        if self.view:
            shown = values.pop()
            html = getattr(shown, "html", None)
            if not isinstance(html, str):
                raise TypeError(
                    f"The last thing a node with a view returns is the view, not {shown!r}."
                )
            html.encode()  # lone surrogates cannot be written to the view's file
        sent = [
            transfer.sent_object(value, port, workspace)
            for value, port in zip(values, self.outputs, strict=True)
        ]
        return sent, html

    def _received_specs(self, specs: Sequence[Any]) -> list[Any]:
        given = one_per_port(specs, self.inputs)
        return [
            transfer.received_spec(spec, port)
            for spec, port in zip(given, self.inputs, strict=True)
        ]

    def _loaded(self, given: Settings) -> Any:
        """A fresh instance with settings that were stored as JSON and checked by validators."""
        stored = _as_json(settings.complete(self.new_instance(), given, self._version))
        instance = self.new_instance()
        with self._failing("settings"):
            backend.validate_parameters(self.new_instance(), stored, self._version)
            backend.inject_parameters(instance, stored, self._version)
        return instance

    def _host(
        self, around: Surroundings, specs: Sequence[Any], workspace: Workspace | None
    ) -> Host:
        temp = workspace.path if workspace else Path()
        data_area = around.data_area or temp / "data"
        host = Host(
            specs,
            around.credentials,
            data_area,
            temp,
            around.environment,
            around.cancel,
            around.on_progress,
        )
        # Where KNIME hangs its own answers in: the specs of credential ports find them there.
        knext.CredentialPortObjectSpec._java_callback = host
        return host

    @contextmanager
    def _failing(self, step: str, host: Host | None = None) -> Iterator[None]:
        """Turn what a node raises into the message a user would see."""
        try:
            yield
        except HeadlessError:
            raise
        except (Exception, SystemExit) as error:
            if host is not None and host.is_canceled():
                raise NodeCanceled(self.name) from error
            message = str(error) or type(error).__name__
            if isinstance(error, SystemExit):
                message = f"The node tried to end the process (exit {error.code})."
            refused = isinstance(error, knext.InvalidParametersError)
            raise NodeFailed(self.name, step, message, refused) from error

    def __repr__(self) -> str:
        return f"Node({self.id!r})"


def _as_json(data: dict[str, Any]) -> dict[str, Any]:
    """The data after a trip through JSON text, as KNIME stores it."""
    copy: dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    return copy
