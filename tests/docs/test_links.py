"""Every link of the texts leads somewhere, also where they are read as files."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from .blocks import ROOT, TEXTS

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)
INCLUDED = re.compile(r'^--8<-- "([^"]+)"$', re.M)


def told(page: Path) -> str:
    """What a page says, without its blocks of code."""
    text = page.read_text(encoding="utf-8")
    text = INCLUDED.sub(lambda found: (ROOT / found[1]).read_text(encoding="utf-8"), text)
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S)


def anchors(page: Path) -> set[str]:
    """The anchors that headings get on a site and in a repository, which are the same ones here."""
    plain = [
        re.sub(r"[`*\[\]\"'?,.:()]|&\w+;", "", heading) for heading in HEADING.findall(told(page))
    ]
    return {re.sub(r"[^\w-]+", "-", heading.lower()).strip("-") for heading in plain}


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in LINK.findall(told(page)):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", link
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), link
            continue
        target = page.parent / unquote(parts.path) if parts.path else page
        assert target.exists(), link
        if parts.fragment:
            assert parts.fragment in anchors(target), link
