"""What a node asks of KNIME: the secret behind a credential's name, progress, cancel, warnings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import knime.extension as knext

from ..errors import ImagesError, InvalidCredential
from ..secret import Secret
from ..text import printable
from ..watch import QuietWatch
from .ports import ConfigurationObject, ConfigurationSpec

# Choices must not be empty texts, so these have texts of their own.
NO_CREDENTIAL = "(none)"
ONLY_CREDENTIAL = "(the only one)"
SERVICE_DEFAULT = "(default)"

# What the tooltip of a node can show.
_MAX_WARNINGS = 10
_MAX_WARNING_CHARACTERS = 1000

_LOGGER = logging.getLogger("openai_images")
# KNIME's root logger is at DEBUG and goes to its log, where Pillow lists every chunk of a file.
logging.getLogger("PIL").setLevel(logging.WARNING)


class NodeWatch(QuietWatch):
    """Shows progress and warnings on the node; `canceled` asks KNIME."""

    def __init__(self, context: knext.ExecutionContext) -> None:
        self._context = context
        self._fraction = 0.0
        self._warnings: list[str] = []
        self._told = 0

    def progress(self, message: str, fraction: float | None = None) -> None:
        if fraction is not None:
            self._fraction = min(1.0, max(0.0, float(fraction)))
        self._context.set_progress(self._fraction, _shown(message))

    def warn(self, message: str) -> None:
        # KNIME shows the last warning only, so each one repeats those before it.
        shown = _shown(message)
        _LOGGER.warning("%s", shown)
        self._told += 1
        if self._told <= _MAX_WARNINGS:
            self._warnings.append(shown[:_MAX_WARNING_CHARACTERS])
        elif self._told == _MAX_WARNINGS + 1:
            self._warnings.append("More warnings stand in KNIME's log.")
        self._context.set_warning(" ".join(self._warnings))

    def canceled(self) -> bool:
        return bool(self._context.is_canceled())


def _shown(message: str) -> str:
    return printable(message, instead=" ")


def credential_names(context: knext.DialogCreationContext) -> list[str]:
    """The names to choose from in a dialog; an error here would keep the dialog from opening."""
    try:
        names = list(knext.DialogCreationContext.get_credential_names(context))
    except Exception:  # whatever KNIME's side raises, the dialog must open
        _LOGGER.warning("The workflow's credentials could not be listed.", exc_info=True)
        names = []
    own = (ONLY_CREDENTIAL, NO_CREDENTIAL)
    return [*own, *(name for name in names if name and name not in own)]


def or_default(*values: str) -> Callable[[knext.DialogCreationContext], list[str]]:
    """The choices of an option that may stay with the service's default, the first one."""
    return lambda _: [SERVICE_DEFAULT, *values]


def credential_name(context: knext.ConfigurationContext, chosen: str, *, needed: bool) -> str:
    """The name of the credential that was chosen; empty for none.

    Args:
        needed: whether the service wants a key; only then is the workflow's only credential
            taken, which may belong to anything else.

    Raises:
        InvalidCredential: the only one is meant, and there are several.
    """
    if chosen == NO_CREDENTIAL or (chosen == ONLY_CREDENTIAL and not needed):
        return ""
    if chosen != ONLY_CREDENTIAL:
        return chosen
    names = list(context.get_credential_names())
    if len(names) > 1:
        raise InvalidCredential(
            f"The workflow has {len(names)} credentials: choose the one whose password is the "
            "API key."
        )
    return names[0] if names else ""


def data_area(context: knext.ExecutionContext, location: str) -> Path | None:
    """The workflow's data area where `location` lies in it; KNIME may have none to give."""
    if not location.startswith("knime:"):
        return None
    return Path(context.get_workflow_data_area_dir())


def data_area_folder(context: knext.ExecutionContext) -> Path:
    """The workflow's data area; a temporary folder where KNIME has none to give."""
    try:
        return Path(context.get_workflow_data_area_dir())
    except Exception:  # KNIME raises a Java error
        _LOGGER.warning("The workflow has no data area.", exc_info=True)
        return Path(context.get_workflow_temp_dir())


def has_no_token(context: knext.DialogCreationContext) -> bool:
    """Whether nothing is connected to a credential port, the only input of its node."""
    try:
        return all(spec is None for spec in context.get_input_specs())
    except Exception:  # whatever KNIME's side raises, the dialog must open
        _LOGGER.warning("The node's inputs could not be looked at.", exc_info=True)
        return True


def read_secret(
    context: knext.ConfigurationContext, configuration: ConfigurationSpec | ConfigurationObject
) -> Secret | None:
    """The token of the credential port, or the key in the credential; None where there is neither.

    Raises:
        InvalidCredential: the workflow has no such credential, or it holds no usable key.
    """
    if configuration.credential is not None:
        return _token_of(configuration.credential)
    name = configuration.connection.credential
    if not name:
        return None
    try:
        credential = context.get_credentials(name)
    except Exception:  # noqa: BLE001 (KNIME raises KeyError or a Java error, by version)
        raise InvalidCredential(
            f'The workflow has no credential "{name}": add a Credentials Configuration node '
            "before this one, or choose another in the OpenAI Image Connector."
        ) from None
    return Secret(credential.password, name=name)


def _token_of(credential: knext.CredentialPortObjectSpec) -> Secret:
    def ask(part: str) -> str:
        try:
            return str(getattr(credential, part))
        except Exception:  # noqa: BLE001 (KNIME raises ValueError or a Java error)
            raise InvalidCredential(
                "The credential port has no token yet, or none any more: run the node that is "
                "connected to the OpenAI Image Connector again."
            ) from None

    scheme = ask("auth_schema")
    if scheme.lower() != "bearer":
        raise InvalidCredential(
            f'The credential port gives a login of the kind "{printable(scheme)[:40]}"; the '
            "services take a Bearer token, or an API key, which goes into a credential."
        )
    return Secret.of_token(lambda: ask("auth_parameters"))


@contextmanager
def refusals() -> Iterator[None]:
    """Turn our errors into the one kind that KNIME shows as a plain message in configure."""
    try:
        yield
    except ImagesError as error:
        raise knext.InvalidParametersError(str(error)) from None
