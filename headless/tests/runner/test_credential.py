"""A credential in place of a node, in a workflow file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from knime_headless import Workflow, WorkflowError
from knime_headless.knwf.config_xml import entry
from knime_headless.knwf.convert import yaml_data
from knime_headless.knwf.reading import Given
from knime_headless.knwf.writing import knime_workflow

from .test_knwf import changed

TOKEN = "hunter22-token"
BODY = """
def configure(self, ctx, credential):
    credential.auth_schema

def execute(self, ctx, credential):
    ctx.set_warning(f"{credential.spec.auth_schema} {credential.spec.auth_parameters}")
"""
PORT = '@knext.input_port("Login", "Who.", knext.PortType.CREDENTIAL)\n'


@pytest.fixture
def write(write_extension, tmp_path: Path):
    def write(entry: str) -> Path:
        path = tmp_path / "workflow.yml"
        path.write_text(
            f"extension: {write_extension(BODY, PORT)}\n"
            f"nodes:\n  login: {entry}\n  sample: {{node: sample, inputs: [login]}}\n"
        )
        return path

    return write


def run(path: Path):
    command = [sys.executable, "-c", "from knime_headless.cli import main; main()", "run", path]
    return subprocess.run(
        command, env={**os.environ, "LOGIN": TOKEN}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("schema", ["", ", schema: Basic"])
def test_its_token_reaches_the_port_and_is_masked(write, schema):
    ran = run(write(f"{{credential: LOGIN{schema}}}"))
    assert ran.returncode == 0, ran.stderr
    assert f"{schema[10:] or 'Bearer'} ***" in ran.stderr
    assert TOKEN not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{credential: NOT_SET}", r"login\.credential: no environment variable of that name"),
        ("{credential: sk-not-for-files}", "never the value itself"),
        ("{credential: LOGIN, node: sample}", "needs either node"),
        ("{credential: LOGIN, password: LOGIN}", "has no entry 'password'"),
        ("{table: [{a: 1}]}", r"login\.Table \(table\) does not fit .* Login \(credential\)"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(write, entry, message):
    with pytest.raises(WorkflowError, match=message) as refusal:
        Workflow(write(entry), environment={"LOGIN": TOKEN})
    assert "sk-not" not in str(refusal.value)
    assert "NOT_SET" not in str(refusal.value)


def test_the_environment_that_is_given_is_the_one_that_is_asked(write):
    workflow = Workflow(write("{credential: LOGIN}"), environment={"LOGIN": TOKEN})
    workflow.run()
    assert workflow.secrets() == [TOKEN]


def test_it_is_not_written_for_knime(write):
    workflow = Workflow(write("{credential: LOGIN}"), environment={"LOGIN": TOKEN})
    with pytest.raises(WorkflowError, match="an authenticator node"):
        knime_workflow(workflow, "login", "")


GIVING = """
def configure(self, ctx, credential):
    return credential

def execute(self, ctx, credential):
    return credential
"""
BOTH = """
@knext.input_port("Login", "Who.", knext.PortType.CREDENTIAL, optional=True)
@knext.output_port("Login", "The same.", knext.PortType.CREDENTIAL)
"""


def test_in_a_workflow_of_knime_a_variable_stands_for_the_node_that_logs_in(
    write_extension, tmp_path: Path
):
    extension = write_extension(GIVING, BOTH)
    path = tmp_path / "workflow.yml"
    path.write_text(
        f"extension: {extension}\n"
        "nodes:\n  login: {node: sample}\n  sample: {node: sample, inputs: [login]}\n"
    )
    saved = tmp_path / "w.knwf"
    saved.write_bytes(knime_workflow(Workflow(path), "W", ""))

    def become_an_authenticator(settings):
        settings["factory_settings"].clear()
        settings["node-name"] = entry("Microsoft Authenticator")

    changed(saved, "Sample (#1)", become_an_authenticator)
    with pytest.raises(WorkflowError, match=r"Microsoft Authenticator \(#1\).*--credential"):
        yaml_data(saved, [extension], Given())
    given = Given(credentials={"Microsoft Authenticator": "LOGIN"})
    data = yaml_data(saved, [extension], given)
    assert "credentials" not in data
    first, second = data["nodes"].values()
    assert first == {"credential": "LOGIN"}
    assert second["inputs"] == {"Login": next(iter(data["nodes"]))}
