"""Running a workflow: every node configured, then executed, its outputs written."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knime_headless.credential_port import CredentialPort
from knime_headless.errors import HeadlessError, NodeCanceled, NodeFailed, WorkflowError, shown
from knime_headless.extension import load_extension
from knime_headless.host import Credentials, Progress
from knime_headless.logs import LogEntry
from knime_headless.node import Node
from knime_headless.step import Executed, Surroundings
from knime_headless.tables import StoredTable
from knime_headless.workflow.description import CredentialSource, Description
from knime_headless.workflow.file import read_description
from knime_headless.workflow.places import check_places
from knime_headless.workflow.plan import (
    PlannedStep,
    flow_variables_in,
    make_plan,
    with_flow_variables,
)


class Reporter:
    """Is told how a run goes, and shows nothing of it; ``progress`` may come from any thread."""

    def started(self, alias: str, name: str) -> None:
        """A node begins to execute."""

    def progress(self, alias: str, progress: Progress) -> None:
        """A node tells how far it is."""

    def logged(self, alias: str, entry: LogEntry) -> None:
        """A node has logged something."""

    def warned(self, alias: str, message: str) -> None:
        """A node has a warning for the user."""

    def finished(self, alias: str, seconds: float, files: list[Path]) -> None:
        """A node has executed and its files are written."""

    def table(self, alias: str, port: str, table: StoredTable) -> None:
        """A table is to be shown."""


class Workflow:
    """A workflow file, checked against the extensions it names.

    Args:
        source: the YAML file, or what was read from another one.
        flow_variables: values that replace or join those in the file.
        environment: where credentials are looked up; by default the process's environment.

    Raises:
        WorkflowError: the file is wrong; the message names the entry.
        ExtensionError: an extension cannot be loaded.
    """

    def __init__(
        self,
        source: Path | str | Description,
        flow_variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.description: Description = (
            source if isinstance(source, Description) else read_description(Path(source))
        )
        self.flow_variables = {**self.description.flow_variables, **(flow_variables or {})}
        self.environment = os.environ if environment is None else environment
        self.credentials = _look_up(self.description.credentials, self.environment)
        self._check_tokens()
        self.extensions = [load_extension(folder) for folder in self.description.extensions]
        with working_directory(self.description.folder):
            self.steps: list[PlannedStep] = make_plan(
                self.description, self.extensions, self.flow_variables
            )

    def secrets(self) -> list[str | None]:
        """What must never be shown."""
        variables = [step.token for step in self.description.steps.values() if step.token]
        tokens = [self.environment.get(variable) for variable in variables]
        return [*(password for _, password in self.credentials.values()), *tokens]

    def _check_tokens(self) -> None:
        for step in self.description.steps.values():
            if step.token is not None and step.token not in self.environment:
                raise _no_variable(f"nodes.{step.alias}.credential")

    def check_places(self) -> None:
        """Try every place that the workflow will write to; `run` begins with it.

        Raises:
            WorkflowError: names the entry, and says what is wrong with the place.
        """
        check_places(self.steps)

    def settings_of(self, step: PlannedStep, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of a step, with flow variables replaced as far as they are known."""
        assert step.node is not None
        schema = step.node.settings_schema()
        return with_flow_variables(step.step.settings, variables, schema, strict=False)

    def run(
        self, reporter: Reporter | None = None, cancel: threading.Event | None = None
    ) -> dict[str, tuple[Any, ...]]:
        """Configure all nodes, then execute one after the other.

        Returns:
            The outputs of each step, by its alias.

        Raises:
            WorkflowError: a file could not be written; no node has run.
            NodeFailed: a node failed; what earlier nodes have written stays.
            NodeCanceled: ``cancel`` was set.
            KeyboardInterrupt: Ctrl-C; the node that was running was asked to stop.
        """
        run = _Run(self, reporter or Reporter(), cancel or threading.Event())
        self.check_places()
        with working_directory(self.description.folder):
            run.configure_all()
            for step in self.steps:
                run.execute(step)
        return run.outputs


def _look_up(
    sources: Mapping[str, CredentialSource], environment: Mapping[str, str]
) -> Credentials:
    found = {}
    for name, source in sources.items():
        for entry, variable in (("user", source.user), ("password", source.password)):
            if variable is not None and variable not in environment:
                raise _no_variable(f"credentials.{name}.{entry}")
        user = environment[source.user] if source.user else source.login
        found[name] = (user, environment[source.password])
    return found


def _no_variable(where: str) -> WorkflowError:
    """Not by its name, which may be a password in the wrong place."""
    return WorkflowError(f"{where}: no environment variable of that name is set.")


@contextmanager
def working_directory(folder: Path | str) -> Iterator[None]:
    """Relative paths in settings count from the workflow file, wherever it is run from."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


class _Run:
    def __init__(self, workflow: Workflow, reporter: Reporter, cancel: threading.Event) -> None:
        self._workflow = workflow
        self._reporter = reporter
        self._cancel = cancel
        self._flow_variables: dict[str, dict[str, Any]] = {}
        self._written: set[Path] = set()
        self.outputs: dict[str, tuple[Any, ...]] = {}

    def configure_all(self) -> None:
        """Let every node refuse its settings before the first one does any work."""
        specs: dict[str, tuple[Any, ...]] = {}
        for step in self._workflow.steps:
            self._check_canceled(step)
            self._flow_variables[step.alias] = self._incoming(step)
            if step.node is None:
                self.outputs[step.alias] = (stand_in(step),)
                specs[step.alias] = (self.outputs[step.alias][0].spec,)
            else:
                specs[step.alias] = self._configure(step, step.node, specs)

    def _configure(
        self, step: PlannedStep, node: Node, specs: Mapping[str, tuple[Any, ...]]
    ) -> tuple[Any, ...]:
        """The specs of a step; unknown while an input or flow variable is yet to be made."""
        given = [specs[s.alias][s.port] if s else None for s in step.inputs]
        waits = any(s and spec is None for s, spec in zip(step.inputs, given, strict=True))
        variables = self._flow_variables[step.alias]
        if waits or not flow_variables_in(step.step.settings) <= set(variables):
            return (None,) * len(step.output_ports)
        with _naming(step):
            around, settings = self._around(step)
            configured = node.configure_in(around, settings, given)
            _check_image_columns(step, configured.specs)
        self._flow_variables[step.alias] = configured.flow_variables
        return configured.specs

    def _check_canceled(self, step: PlannedStep) -> None:
        if self._cancel.is_set():
            raise NodeCanceled(step.alias)

    def execute(self, step: PlannedStep) -> None:
        """Execute one step and write what it puts out."""
        self._check_canceled(step)
        if step.node is None:
            self._write(step, self.outputs[step.alias], None, 0.0)
            return
        self._reporter.started(step.alias, step.node.name)
        begin = time.monotonic()
        inputs = [self.outputs[s.alias][s.port] if s else None for s in step.inputs]
        with _naming(step):
            around, settings = self._around(step)
            executed = step.node.execute_in(around, settings, inputs)
            self._keep(step, executed)
            self._write(step, executed.outputs, executed.view, time.monotonic() - begin)

    def _keep(self, step: PlannedStep, executed: Executed) -> None:
        self.outputs[step.alias] = executed.outputs
        self._flow_variables[step.alias] = executed.flow_variables
        if executed.warnings:
            self._reporter.warned(step.alias, executed.warnings[-1])

    def _write(
        self, step: PlannedStep, outputs: tuple[Any, ...], view: str | None, seconds: float
    ) -> None:
        from knime_headless.workflow.writing import rescue_outputs, write_outputs

        with _naming(step):
            try:
                files = write_outputs(step, outputs, view, self._written)
                self._written.update(files)
            except (OSError, ValueError) as error:
                if step.node is None:
                    raise
                folder = rescue_outputs(step, outputs, view)
                raise OSError(f"{error}; the results of this node are in {folder}") from error
        self._reporter.finished(step.alias, seconds, files)
        for index, wanted in step.outputs.items():
            if wanted.print:
                name = step.output_ports[index].name
                self._reporter.table(step.alias, name, outputs[index])

    def _around(self, step: PlannedStep) -> tuple[Surroundings, dict[str, Any]]:
        variables = self._incoming(step)
        surroundings = Surroundings(
            self._workflow.credentials,
            variables,
            self._workflow.description.data_area,
            lambda progress: self._reporter.progress(step.alias, progress),
            self._cancel,
            lambda entry: self._reporter.logged(step.alias, entry),
            self._workflow.environment,
        )
        assert step.node is not None
        schema = step.node.settings_schema()
        settings = with_flow_variables(step.step.settings, variables, schema, strict=True)
        for path, name in step.step.expose.items():
            variables[name] = _setting(step.node, settings, path)
        return surroundings, settings

    def _incoming(self, step: PlannedStep) -> dict[str, Any]:
        """Variables of the nodes before; where they differ, later inputs win, as in KNIME."""
        variables = dict(self._workflow.flow_variables)
        sources = [source.alias for source in step.inputs if source is not None]
        for alias in (*sources, *step.step.variables_from):
            variables.update(self._flow_variables[alias])
        return variables


def _setting(node: Node, given: Mapping[str, Any], path: str) -> Any:
    """The value of a setting, given or by default."""
    value: Any = node.defaults()
    for name in path.split("."):
        value = value[name]
        given = given.get(name, value) if isinstance(given, Mapping) else given
    return given


def stand_in(step: PlannedStep) -> StoredTable | CredentialPort:
    """What a step that is no node gives."""
    if step.step.token is not None:
        return CredentialPort.of_variable(step.step.token, step.step.schema)
    return table_of(step)


def table_of(step: PlannedStep) -> StoredTable:
    """The table of a step that stands in place of a node."""
    from knime_headless.workflow.reading import read_table, table_of_rows

    wanted = step.step
    with _naming(step):
        if wanted.table is None:
            folders = wanted.image_folders
            return table_of_rows(wanted.rows, wanted.types, folders[0], folders)
        return read_table(wanted.table, wanted.types, wanted.image_folders)


def _check_image_columns(step: PlannedStep, specs: Sequence[Any]) -> None:
    """Refuse columns that hold no images, as far as the columns are known."""
    for index, wanted in step.outputs.items():
        if wanted.images is not None and specs[index] is not None:
            columns = [c.name for c in specs[index] if str(c.ktype) == "PNG Image"]
            if wanted.images.column not in columns:
                raise ValueError(
                    f"There is no image column {shown(wanted.images.column)} among {columns}."
                )


@contextmanager
def _naming(step: PlannedStep) -> Iterator[None]:
    """Put the alias in front of errors, since a workflow can have a node several times."""
    name = f"{step.alias} ({step.node.name})" if step.node else step.alias
    try:
        yield
    except NodeFailed as error:
        error.node = name
        error.args = (f"{name}: {error.message}",)
        raise
    except (HeadlessError, OSError, ValueError) as error:
        raise NodeFailed(name, "execute", str(error)) from error
