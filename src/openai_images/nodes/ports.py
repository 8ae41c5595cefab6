"""The configuration port: which service answers, handed from node to node."""

from __future__ import annotations

from typing import Any

import knime.extension as knext

from ..connection import Connection


class ConfigurationSpec(knext.PortObjectSpec):
    """A connection as JSON: everything but the secret."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def serialize(self) -> dict[str, Any]:
        return self.connection.to_dict()

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> ConfigurationSpec:
        return cls(Connection.from_dict(data))


class ConfigurationObject(knext.PortObject):
    """What flows along the port; all it holds is in its spec."""

    def __init__(self, spec: ConfigurationSpec) -> None:
        super().__init__(spec)
        self.connection = spec.connection

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
