"""Refusals in OpenAI's form: `{"error": {"message", "type", "param", "code"}}`.

Types, codes and wordings are those of OpenAI's API, so that clients which look at them work.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse

__all__ = ["Refusal"]


class Refusal(Exception):
    """A request that is answered with an error.

    Attributes:
        status: the HTTP status.
        code: OpenAI's code for it; None where OpenAI has none.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self._error = {"message": message, "type": kind, "param": param, "code": code}
        self._headers = headers

    def response(self) -> JSONResponse:
        """The answer that says so."""
        return JSONResponse({"error": self._error}, self.status, headers=self._headers)
