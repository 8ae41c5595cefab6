"""Everything this package raises on purpose; `str(error)` is meant for the person at the screen.

ImagesError
├── InvalidConnection      the connector's settings cannot work
│   └── InvalidCredential  the credential is missing, empty or not a key
├── InvalidRequest         a field of the call is outside its limits
│   └── InvalidPicture     the input picture is not what the call needs
│       └── MissingPicture there is none, in a table of them
├── ServiceError           the service was asked and did not deliver
│   ├── NoAnswer           no HTTP answer came back
│   │   └── UnknownOutcome the run that sent the call ended before it had an answer
│   ├── ErrorAnswer        an HTTP status of 400 or more
│   └── BadAnswer          a success that does not hold what was asked for
├── NotSent                a call of many was left out: the limit of calls, or of the disk
├── InvalidSettings        the server cannot start like this
├── InvalidOutput          the place for results cannot be written to
└── Canceled               the user stopped the work

The first two families are raised before anything is sent, so nothing was billed. No message,
argument or cause ever holds a key.
"""

from __future__ import annotations

__all__ = [
    "BadAnswer",
    "Canceled",
    "ErrorAnswer",
    "ImagesError",
    "InvalidConnection",
    "InvalidCredential",
    "InvalidOutput",
    "InvalidPicture",
    "InvalidRequest",
    "InvalidSettings",
    "MissingPicture",
    "NoAnswer",
    "NotSent",
    "ServiceError",
    "UnknownOutcome",
]


class ImagesError(Exception):
    """Base of all errors here: one sentence that says what is wrong and what to do."""


class InvalidConnection(ImagesError):
    """The connection's settings are incomplete or contradict each other."""


class InvalidCredential(InvalidConnection):
    """The credential does not exist, has no password, or its password cannot be a key."""


class InvalidRequest(ImagesError):
    """A field of the request is outside what the call allows."""


class InvalidPicture(InvalidRequest):
    """The input picture is missing, unreadable, or not in the form that the call needs."""


class MissingPicture(InvalidPicture):
    """A row of a table has no picture, where each was to have one."""


class ServiceError(ImagesError):
    """The service was called and did not deliver.

    Attributes:
        request_id: the service's own id of the call, where it gave one.
        may_be_billed: whether the service may have done, and charged, the work.
    """

    def __init__(
        self, message: str, *, request_id: str | None = None, may_be_billed: bool = False
    ) -> None:
        super().__init__(message)
        self.request_id = request_id
        self.may_be_billed = may_be_billed


class NoAnswer(ServiceError):
    """No HTTP answer came back: name, network, proxy, TLS, or time ran out."""


class UnknownOutcome(NoAnswer):
    """An earlier run sent the call and ended without its answer; it may have been billed."""


class ErrorAnswer(ServiceError):
    """The service answered with an HTTP error.

    Attributes:
        status: the HTTP status code.
        code: the service's own error code (`insufficient_quota`, ...), where given.
        param: the field that the service complains about, where given.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
        may_be_billed: bool = False,
    ) -> None:
        super().__init__(message, request_id=request_id, may_be_billed=may_be_billed)
        self.status = status
        self.code = code
        self.param = param


class BadAnswer(ServiceError):
    """The service reported success, but what it sent is not what was asked for."""


class NotSent(ImagesError):
    """One call of many was not made, so that no limit is exceeded and no answer gets lost."""


class InvalidSettings(ImagesError):
    """A setting of the server is out of range, or would leave it open to everybody."""


class InvalidOutput(ImagesError):
    """The folder for results does not take them: no folder, read-only, or full."""


class Canceled(ImagesError):
    """The user canceled; nothing is wrong."""
