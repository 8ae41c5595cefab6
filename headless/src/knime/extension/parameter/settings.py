"""Parameter values of a node instance as JSON, and back."""

from __future__ import annotations

from typing import Any

from knime.extension.parameter.group import ParameterGroup, members
from knime.extension.version import Version

Json = dict[str, Any]


def extract_parameters(obj: object, for_dialog: bool = False) -> Json:
    """The values of all parameters: ``{"model": {name: value or nested group}}``."""
    return {"model": _extract(obj, for_dialog)}


def _extract(holder: object, for_dialog: bool) -> Json:
    values = {}
    for name, member in members(holder).items():
        if isinstance(member, ParameterGroup):
            values[name] = _extract(member._bound_to(holder), for_dialog)
        else:
            values[name] = member._extract(holder, for_dialog)
    return values


def inject_parameters(
    obj: object,
    parameters: Json,
    parameters_version: str | None = None,
    exclude_validations: bool = False,
) -> None:
    """Set stored values on a node instance, running every validator.

    Parameters that are missing keep the default they had in ``parameters_version``.
    """
    version = Version.parse_version(parameters_version)
    _inject(obj, parameters["model"], version, exclude_validations)


def _inject(holder: object, stored: Json, version: Version, exclude_validations: bool) -> None:
    modify = getattr(holder, "_modify_parameters", None)
    if modify is not None:
        stored = modify(stored)
    for name, member in members(holder).items():
        known = name in stored
        if isinstance(member, ParameterGroup):
            if known:
                _inject(member._bound_to(holder), stored[name], version, exclude_validations)
            elif member._since_version > version:
                _set_defaults(member._bound_to(holder), version, exclude_validations)
        elif known:
            member._inject(holder, stored[name], version, exclude_validations)
        elif member._since_version > version:
            member._set_default(holder, version, exclude_validations)


def _set_defaults(holder: object, version: Version, exclude_validations: bool) -> None:
    for member in members(holder).values():
        if isinstance(member, ParameterGroup):
            _set_defaults(member._bound_to(holder), version, exclude_validations)
        else:
            member._set_default(holder, version, exclude_validations)


def validate_parameters(obj: object, parameters: Json, saved_version: str | None = None) -> None:
    """Check stored values without setting them.

    Raises:
        ValueError: a parameter that existed in ``saved_version`` is missing.
        Exception: whatever a validator raises.
    """
    _validate(obj, parameters["model"], Version.parse_version(saved_version))


def _validate(holder: object, stored: Json, version: Version) -> None:
    for name, member in members(holder).items():
        if member._since_version > version:
            continue
        if name not in stored:
            raise ValueError(f"The parameter '{name}' is missing from the settings.")
        if isinstance(member, ParameterGroup):
            _validate(member, stored[name], version)
            member._check_group(stored[name])
        else:
            member._validate(stored[name], version)


def validate_specs(obj: object, specs: list[Any]) -> None:
    """Check that the inputs of the node have what its column parameters point at."""
    for member in members(obj).values():
        if isinstance(member, ParameterGroup):
            validate_specs(member, specs)
        else:
            member._validate_specs(specs)
