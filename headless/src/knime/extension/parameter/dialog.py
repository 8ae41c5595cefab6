"""What a dialog is drawn from: a JSON schema of the values and a layout of the controls."""

from __future__ import annotations

from typing import Any

from knime.extension.parameter.group import ParameterGroup, members
from knime.extension.version import Version

Json = dict[str, Any]
_ROOT = "#/properties/model/properties"


def extract_schema(
    obj: object, extension_version: str | None = None, dialog_creation_context: Any = None
) -> Json:
    """The JSON schema of the parameters known to this version of the extension."""
    version = Version.parse_version(extension_version)
    model = _schema(obj, version, dialog_creation_context)
    return {"type": "object", "properties": {"model": model}}


def _schema(holder: object, version: Version, dialog_context: Any) -> Json:
    properties: Json = {}
    for name, member in members(holder).items():
        if member._since_version > version:
            continue
        if isinstance(member, ParameterGroup):
            properties[name] = _schema(member, version, dialog_context)
        else:
            properties[name] = member._schema(version, dialog_context)
    return {"type": "object", "properties": properties}


def extract_ui_schema(obj: object, dialog_creation_context: Any) -> Json:
    """The controls in the order in which they are drawn, with their rules."""

    def scope_of(parameter: Any) -> str:
        scope = _find(obj, parameter, _ROOT)
        if scope is None:
            raise ValueError(f"A rule depends on {parameter!r}, which is not in this dialog.")
        return scope

    def elements(holder: object, root: str) -> list[Json]:
        return [element(name, member, root) for name, member in members(holder).items()]

    def element(name: str, member: Any, root: str) -> Json:
        scope = f"{root}/{name}"
        if isinstance(member, ParameterGroup):
            return section(member, scope)
        drawn: Json = member._element(scope, dialog_creation_context, scope_of)
        return drawn

    def section(group: ParameterGroup, scope: str) -> Json:
        inner = elements(group, f"{scope}/properties")
        drawn: Json = {
            "type": "Section",
            "label": group._group_label,
            "options": {"isAdvanced": True} if group._is_advanced else {},
            "elements": [{"type": group._group_layout.value, "elements": inner}],
        }
        if group._rule is not None:
            drawn["rule"] = group._rule.to_dict(scope_of, dialog_creation_context)
        return drawn

    return {"type": "VerticalLayout", "elements": elements(obj, _ROOT)}


def _find(holder: object, parameter: Any, root: str) -> str | None:
    """The first place of the parameter: a group class used twice has its rules point there."""
    for name, member in members(holder).items():
        if member is parameter:
            return f"{root}/{name}"
        if isinstance(member, ParameterGroup):
            scope = _find(member, parameter, f"{root}/{name}/properties")
            if scope is not None:
                return scope
    return None


def extract_parameter_descriptions(obj: object) -> tuple[list[Json], bool]:
    """Names and Markdown descriptions of the parameters for the node's help page.

    Returns:
        The descriptions, and whether they are grouped into tabs (one per group).
    """
    plain: list[Json] = []
    tabs: list[Json] = []
    for member in members(obj).values():
        if isinstance(member, ParameterGroup):
            described = {"name": member._group_label, "description": member.__doc__ or ""}
            tabs.append({**described, "options": _flat(member)})
        else:
            plain.append({"name": member._label, "description": member._description()})
    if not tabs:
        return plain, False
    if plain:
        tabs.insert(0, {"name": "Options", "description": "", "options": plain})
    return tabs, True


def _flat(group: object) -> list[Json]:
    options: list[Json] = []
    for member in members(group).values():
        if isinstance(member, ParameterGroup):
            options.extend(_flat(member))
        else:
            options.append({"name": member._label, "description": member._description()})
    return options
