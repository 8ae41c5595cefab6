from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import knime.extension as knext
from knime_headless.host import FlowVariables, Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host([None], {"me": ("user", "secret")}, tmp_path / "data", tmp_path)


@pytest.fixture
def context(host: Host) -> knext.ExecutionContext:
    return knext.ExecutionContext(host, FlowVariables({"a": 1}), ["in"], ["out", "out"])


def test_credentials(context):
    credential = context.get_credentials("me")
    assert (credential.username, credential.password) == ("user", "secret")
    assert credential.credential_name == "me"
    assert "secret" not in repr(credential)
    assert context.get_credential_names() == ["me"]
    with pytest.raises(KeyError, match="nobody"):
        context.get_credentials("nobody")


def test_progress(context, host):
    context.set_progress(0, "begin")
    context.set_progress(0.5)
    context.set_progress(1.00001)
    context.set_progress(True)
    assert [(p.fraction, p.message) for p in host.progress] == [
        (0.0, "begin"),
        (0.5, None),
        (1.0, None),
        (1.0, None),
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((1.5,), ValueError),
        ((-0.1,), ValueError),
        (("0.5",), TypeError),
        ((np.float64(0.5),), TypeError),
        ((0.5, 5), TypeError),
        ((0.5, "\ud800"), UnicodeEncodeError),
    ],
)
def test_progress_that_would_break_knime(context, arguments, error):
    with pytest.raises(error):
        context.set_progress(*arguments)


def test_cancel(context, host):
    assert context.is_canceled() is False
    host.cancel.set()
    assert context.is_canceled() is True


def test_folders(context, tmp_path):
    assert context.get_workflow_temp_dir() == str(tmp_path)
    assert context.get_workflow_data_area_dir() == str(tmp_path / "data")
    assert Path(context.get_knime_home_dir()).is_dir()


def test_ports_are_counted_connected_or_not(context):
    assert context.get_connected_input_port_numbers() == [1]
    assert context.get_connected_output_port_numbers() == [1, 1]


def test_warnings_become_texts(context, host):
    context.set_warning(ValueError("odd"))
    assert host.warnings == ["odd"]


def test_dialogs_see_specs_and_flow_variables(host):
    context = knext.DialogCreationContext(host, FlowVariables({"a": 1}), lambda specs, ports: specs)
    assert context.get_input_specs() == [None]
    assert dict(context.get_flow_variables()) == {"a": 1}
    assert knext.DialogCreationContext.get_credential_names(context) == ["me"]


def test_flow_variables_can_be_added(context):
    context.flow_variables["b"] = [1, 2]
    assert context.flow_variables["b"] == [1, 2]
