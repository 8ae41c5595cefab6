"""A page of pictures: those that were given, and what was made of each.

Every text from outside is escaped. The content policy lets nothing in but pictures, the page's
own style and its one script, both by their hash; without the script it is still a gallery.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

__all__ = ["figure", "missing", "page", "picture"]

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src {images};
  style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Image variations</title>
<style>{style}</style>
</head>
<body>
<header><h1>Image variations</h1>
<button id="all" type="button" hidden>Download all</button></header>
<main>
{figures}
</main>
<script>{script}</script>
</body>
</html>
"""


def page(figures: Iterable[str], *, images: str = "data:") -> str:
    """The page of these figures.

    Args:
        images: where pictures may come from, as a Content-Security-Policy says it.
    """
    style = _own("page.css") + _own("viewer.css")
    script = _own("viewer.js") + _own("page.js")
    return _PAGE.format(
        images=images,
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        figures="\n".join(figures),
    )


def figure(content: str, title: str, detail: str, *, is_source: bool = False) -> str:
    """A place of the page; a variation is compared with the source that stands before it.

    Args:
        content: markup of `picture` or `missing`; title and detail are any text.
    """
    caption = f"<strong>{escape(title)}</strong><small>{escape(detail)}</small>"
    kind = "source" if is_source else "made"
    return f'<figure class="{kind}">{content}<figcaption>{caption}</figcaption></figure>'


def picture(address: str, name: str, *, full: str = "", file_name: str = "") -> str:
    """A picture for a figure; one outside the window is not loaded.

    Args:
        address: of the picture in the grid.
        full: of the picture in full size, where that is another one.
        file_name: under which it is downloaded; empty for a picture that is not.
    """
    shown = escape(address)
    link = escape(full) if full else shown
    download = f' download="{escape(file_name)}"' if file_name else ""
    image = f'<img loading="lazy" alt="{escape(name)}" src="{shown}">'
    return f'<a class="open" href="{link}"{download} title="Enlarge">{image}</a>'


def missing(reason: str) -> str:
    """What a figure shows in place of a picture."""
    return f'<p class="none">{escape(reason)}</p>'


@cache
def _own(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a Content-Security-Policy names an inline style or script (CSP Level 3, 2.3.1)."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
