"""Every state of the nodes' dialogs, by the name of its picture in `docs/images/dialogs`."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

import knime.extension as knext
from knime_headless import CredentialPort, Node, load_extension

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"openai": ("", None)}
SWITCHES = ("model", "n", "response_format", "size", "user")

Dialog = dict[str, Any]


def dialog_states() -> Iterator[tuple[str, Dialog]]:
    """`<node id>-<state>` and what KNIME would draw, its advanced options only where it says so."""
    for node in load_extension(ROOT).nodes.values():
        specs = [None, _pictures()] if len(node.inputs) == 2 else []
        for state, settings in _settings(node).items():
            dialog = node.dialog(settings, specs, credentials=CREDENTIALS)
            yield f"{node.id}-{state}", _without_advanced(dialog)
        if node.id == "openai_image_connector":
            port = [CredentialPort.of_variable("TOKEN").spec]
            dialog = node.dialog({"service": "AZURE"}, port, credentials=CREDENTIALS)
            yield f"{node.id}-azure-token", _without_advanced(dialog)
        yield f"{node.id}-advanced", node.dialog(settings, specs, credentials=CREDENTIALS)


def _settings(node: Node) -> dict[str, dict[str, Any]]:
    """The settings of each state; the advanced options are shown with those of the last one."""
    if node.id == "openai_image_connector":
        services = ("embedded", "azure", "compatible", "openai")
        return {service: {"service": service.upper()} for service in services}
    formats = ("structured_table", "raw_response", "images")
    by_format = {name: {"result_format": name.upper()} for name in formats}
    return by_format | {"options": {f"set_{name}": True for name in SWITCHES}}


def _pictures() -> knext.Schema:
    kinds = {"Picture": (knext.logical(Image.Image), "Image"), "Model": (knext.string(), "String")}
    columns = [
        knext.Column(ktype, name, {"preferred_value_type": shown, "displayed_column_type": shown})
        for name, (ktype, shown) in kinds.items()
    ]
    return knext.Schema.from_columns(columns)


def _without_advanced(dialog: Dialog) -> Dialog:
    """The dialog before anybody follows its link *Show advanced settings*, which KNIME draws."""
    shown = copy.deepcopy(dialog)
    shown["ui_schema"]["elements"] = _ordinary(shown["ui_schema"]["elements"])
    return shown


def _ordinary(elements: list[Dialog]) -> list[Dialog]:
    kept = [element for element in elements if not element.get("options", {}).get("isAdvanced")]
    for element in kept:
        if "elements" in element:
            element["elements"] = _ordinary(element["elements"])
    return kept
