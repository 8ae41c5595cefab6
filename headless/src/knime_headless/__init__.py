"""Run the nodes of a pure-Python KNIME extension without KNIME.

    extension = load_extension(".")
    node = extension.nodes["create_image_variation"]
    result = node.execute({"n": 2}, [connection])
    result.outputs[0].to_pandas()

Every call goes the way KNIME goes: a fresh node instance, settings as JSON through all validators,
specs and objects serialised, tables as Arrow files.
"""

from knime_headless.credential_port import CredentialPort
from knime_headless.errors import (
    ExtensionError,
    HeadlessError,
    NodeCanceled,
    NodeFailed,
    SettingsError,
    WorkflowError,
)
from knime_headless.extension import Extension, load_extension
from knime_headless.host import Progress
from knime_headless.logs import LogEntry
from knime_headless.node import Node
from knime_headless.step import Configured, Executed
from knime_headless.tables import StoredTable
from knime_headless.workflow import Workflow

__all__ = [
    "Configured",
    "CredentialPort",
    "Executed",
    "Extension",
    "ExtensionError",
    "HeadlessError",
    "LogEntry",
    "Node",
    "NodeCanceled",
    "NodeFailed",
    "Progress",
    "SettingsError",
    "StoredTable",
    "Workflow",
    "WorkflowError",
    "load_extension",
]
