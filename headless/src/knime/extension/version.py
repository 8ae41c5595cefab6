"""Versions of an extension and of the settings saved with it."""

from __future__ import annotations

import re
from typing import NamedTuple

_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Version(NamedTuple):
    """``major.minor.patch``; compares like the numbers."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def parse_version(cls, version: str | Version | None) -> Version:
        """Read ``x.y.z``; ``None`` is 0.0.0, older than everything.

        Raises:
            ValueError: the text has another form.
        """
        if version is None:
            return cls(0, 0, 0)
        if isinstance(version, Version):
            return version
        match = _FORM.fullmatch(version)
        if match is None:
            raise ValueError(f"A version reads like 1.0.2 (three whole numbers), not {version!r}.")
        major, minor, patch = (int(part) for part in match.groups())
        return cls(major, minor, patch)
