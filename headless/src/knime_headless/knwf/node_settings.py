"""The settings.xml of nodes, and notes, with everything that KNIME's loader asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knime_headless.knwf import table_creator
from knime_headless.knwf.config_xml import Config, entry

OLDEST_KNIME = "5.10.0"
GRID = 200
NOTE_HEIGHT = 120
_WHITE, _GREEN = 0xFFFFFF, 2856113
_CREDENTIALS_FACTORY = (
    "org.knime.js.base.node.configuration.input.credentials.CredentialsDialogNodeFactory"
)
_KNIME = "KNIME AG, Zurich, Switzerland"


def node_settings(
    name: str,
    model: Config,
    factory: str,
    bundle: tuple[str, str, str, str],
    feature: tuple[str, str, str, str],
    *,
    state: str,
    variables: Config,
    label: str,
    outputs: int,
    identity: Config,
) -> Config:
    """Of any node; ``bundle`` and ``feature`` are name, symbolic name, vendor and version."""
    packaged: Config = {}
    for kind, values in (("bundle", bundle), ("feature", feature)):
        keys = ("name", "symbolic-name", "vendor", "version")
        packaged |= {f"node-{kind}-{k}": entry(v) for k, v in zip(keys, values, strict=True)}
    ports = {
        f"port_{n}": {"index": entry(n), "port_dir_location": entry(None)}
        for n in range(1, outputs + 1)
    }
    return {
        "node_file": entry("settings.xml"),
        "flow_stack": {},
        "internal_node_subsettings": {"memory_policy": entry("CacheSmallInMemory")},
        "model": model,
        **({"variables": variables} if variables else {}),
        "nodeAnnotation": annotation(label),
        "customDescription": entry(None),
        "state": entry(state),
        "factory": entry(factory),
        "node-name": entry(name),
        **packaged,
        **identity,
        "name": entry(name),
        "hasContent": entry(False),
        "isInactive": entry(False),
        "ports": ports,
        "filestores": {"file_store_location": entry(None), "file_store_id": entry(None)},
    }


def credentials_settings(name: str) -> Config:
    """Of a *Credentials Configuration* that asks for its password when it is opened."""
    credential = {
        "isCredentials_Internals": entry(True),
        "name": entry(""),
        "login": entry(""),
    }
    model = {
        "defaultValue": {
            "isSavePassword": entry(False),
            "credentialsValue": credential,
            "useServerLoginCredentials": entry(False),
        },
        "hideInDialog": entry(False),
        "parameterName": entry("credentials"),
        "label": entry("Credentials"),
        "description": entry("The API key, as the password; the user name is not used."),
        "required": entry(True),
        "flowVariableName": entry(name),
        "error_message": entry(""),
        "prompt_username": entry(True),
        "use_server_login": entry(False),
        "no_display": entry(False),
        "usernameLabel": entry("User"),
        "passwordLabel": entry("Password"),
    }
    version = OLDEST_KNIME
    return node_settings(
        "Credentials Configuration",
        model,
        _CREDENTIALS_FACTORY,
        ("KNIME Quick Form Nodes", "org.knime.js.quickforms", _KNIME, version),
        ("KNIME Quick Forms", "org.knime.features.js.quickforms.feature.group", _KNIME, version),
        state="CONFIGURED",
        variables={},
        label=f"Credential {name}",
        outputs=1,
        identity={"factory-id-uniquifier": entry(None), "factory_settings": {}},
    )


def annotation(text: str, *, on_canvas: bool = False) -> Config:
    """The label of a node, or a note on the canvas, which is HTML."""
    width, height = (3 * GRID, NOTE_HEIGHT) if on_canvas else (0, 0)
    return {
        "text": entry(text),
        "contentType": entry("text/html" if on_canvas else "text/plain"),
        "bgcolor": entry(_WHITE),
        "x-coordinate": entry(GRID if on_canvas else 0),
        "y-coordinate": entry(GRID // 4 if on_canvas else 0),
        "width": entry(width),
        "height": entry(height),
        "alignment": entry("LEFT" if on_canvas else "CENTER"),
        "borderSize": entry(10 if on_canvas else 0),
        "borderColor": entry(_GREEN if on_canvas else 0),
        "defFontSize": entry(-1),
        "annotation-version": entry(20230412),
        "styles": {},
    }


def table_creator_settings(rows: Sequence[Mapping[str, Any]], label: str) -> Config:
    """Of a *Table Creator* with these rows."""
    return node_settings(
        "Table Creator",
        table_creator.table_creator_model(rows),
        table_creator.FACTORY,
        (*table_creator.BUNDLE, _KNIME, OLDEST_KNIME),
        (*table_creator.FEATURE, _KNIME, OLDEST_KNIME),
        state="CONFIGURED",
        variables={},
        label=label,
        outputs=1,
        identity={"factory-id-uniquifier": entry(None), "factory_settings": {}},
    )
