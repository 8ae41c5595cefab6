"""What a credential port carries here: the name of the environment variable with the token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import knime.extension as knext


class CredentialPort:
    """The object of a credential port; all there is to it is its spec, as in KNIME."""

    def __init__(self, spec: Any) -> None:
        self.spec = spec

    @classmethod
    def of_variable(cls, variable: str, schema: str = "Bearer") -> CredentialPort:
        """The token in an environment variable, looked up each time that a node asks for it."""
        reference = json.dumps({"variable": variable, "schema": schema})
        return cls(knext.CredentialPortObjectSpec(reference))

    def get_auth_schema(self) -> str:
        """As the spec has it."""
        return str(self.spec.auth_schema)

    def get_auth_parameters(self) -> str:
        """As the spec has it."""
        return str(self.spec.auth_parameters)

    def get_expires_after(self) -> Any:
        """As the spec has it."""
        return self.spec.expires_after


def auth_schema(reference: str | None, environment: Mapping[str, str]) -> str:
    """How the token behind a spec's reference is sent.

    Raises:
        ValueError: there is no such token.
    """
    return _entry(reference, environment)["schema"]


def token(reference: str | None, environment: Mapping[str, str]) -> str:
    """The token behind a spec's reference.

    Raises:
        ValueError: there is no such token.
    """
    return environment[_entry(reference, environment)["variable"]]


def _entry(reference: str | None, environment: Mapping[str, str]) -> dict[str, str]:
    entry: dict[str, str] = json.loads(reference or "{}")
    if entry.get("variable") not in environment:
        raise ValueError(
            "Could not get the credential. Check if it is valid and accessible. "
            "Maybe execute the upstream nodes?"
        )
    return entry
