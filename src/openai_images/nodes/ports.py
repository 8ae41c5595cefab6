"""The configuration port: which service answers, handed from node to node."""

from __future__ import annotations

from typing import Any

import knime.extension as knext

from ..connection import Connection

# Beside the fields of the connection.
_CREDENTIAL_PORT = "credential_port"


class ConfigurationSpec(knext.PortObjectSpec):
    """A connection as JSON: everything but the secret.

    Attributes:
        connection: which service, where and how.
        credential: what came by the connector's credential port; it leads to a token without
            holding it.
    """

    def __init__(
        self, connection: Connection, credential: knext.CredentialPortObjectSpec | None = None
    ) -> None:
        self.connection = connection
        self.credential = credential

    def serialize(self) -> dict[str, Any]:
        data = self.connection.to_dict()
        if self.credential is not None:
            data[_CREDENTIAL_PORT] = self.credential.serialize()
        return data

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> ConfigurationSpec:
        reference = data.get(_CREDENTIAL_PORT)
        return cls(
            Connection.from_dict(data),
            knext.CredentialPortObjectSpec.deserialize(reference) if reference else None,
        )


class ConfigurationObject(knext.PortObject):
    """What flows along the port; all it holds is in its spec."""

    def __init__(self, spec: ConfigurationSpec) -> None:
        super().__init__(spec)
        self.connection = spec.connection
        self.credential = spec.credential

    def serialize(self) -> bytes:
        return b""

    @classmethod
    def deserialize(cls, spec: ConfigurationSpec, storage: bytes) -> ConfigurationObject:
        return cls(spec)


configuration_port_type = knext.port_type(
    "OpenAI Images Configuration",
    ConfigurationObject,
    ConfigurationSpec,
    id="io.github.openai_images.configuration",
)
