"""The fenced blocks of README and docs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "headless/*.md", "demos/*.md")
    for path in ROOT.glob(pattern)
)
"""All texts for people."""

RUN = ("sh", "crontab", "python")
SHOWN = ("yaml", "toml", "csv", "nginx", "text")
_FENCE = re.compile(r"^( *)```(\S*)(?: title=\"([^\"]+)\")?[^\n]*\n(.*?)^\1```$", re.M | re.S)
_NOT_RUN = re.compile(r"\*Not run by the tests: ([^*]+)\*\s*\Z")


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        language: what stands behind the first fence.
        title: the file that its text belongs into, if any.
        reason: why it is not run, as its page says in the line before it.
    """

    page: Path
    line: int
    language: str
    title: str | None
    text: str
    reason: str | None

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        indent, language, title, content = match.groups()
        marker = _NOT_RUN.search(text[: match.start()])
        content = re.sub(rf"^{indent}", "", content, flags=re.M)
        reason = marker[1] if marker else None
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, language, title, content, reason))
    return found
