"""The spec of a credential port: a reference to a login that KNIME keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from knime.extension.schema.columns import PortObjectSpec


class CredentialPortObjectSpec(PortObjectSpec):
    """Leads to a token without holding it: each question is asked of KNIME anew.

    So the token is the one that is valid now, and may be another one the next time.
    """

    _java_callback: ClassVar[Any] = None

    def __init__(self, xml_data: str | None) -> None:
        self._xml_data = xml_data

    @property
    def auth_schema(self) -> str:
        """How the token is sent, such as ``Bearer``.

        Raises:
            ValueError: there is none, since the node before has not run.
        """
        return str(self._java_callback.get_auth_schema(self._xml_data))

    @property
    def auth_parameters(self) -> str:
        """The token.

        Raises:
            ValueError: there is none, since the node before has not run.
        """
        return str(self._java_callback.get_auth_parameters(self._xml_data))

    @property
    def expires_after(self) -> datetime | None:
        """When the token ends, in UTC and without a time zone, if that is known.

        Raises:
            ValueError: there is none, since the node before has not run.
        """
        ends: datetime | None = self._java_callback.get_expires_after(self._xml_data)
        return ends

    def serialize(self) -> dict[str, Any]:
        return {"data": self._xml_data}

    @classmethod
    def deserialize(
        cls, data: dict[str, Any], java_callback: Any = None
    ) -> CredentialPortObjectSpec:
        return cls(data.get("data"))
