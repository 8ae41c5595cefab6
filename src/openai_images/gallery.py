"""A page of pictures: the one that was given, and what was made of it.

Every text from outside is escaped, the page has no script, and its content policy lets nothing
but pictures in.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["figure", "missing", "page", "picture"]

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; font: 14px/1.45 Roboto, system-ui, sans-serif; }
main { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); }
figure { margin: 0; padding: 8px; border: 1px solid var(--line); border-radius: 8px; }
figure.source { border-width: 2px; border-style: dashed; }
img { display: block; width: 100%; border-radius: 4px;
  background: repeating-conic-gradient(var(--soft) 0 25%, transparent 0 50%) 0 0 / 16px 16px; }
figcaption { padding: 8px 4px 0; overflow-wrap: anywhere; }
figcaption small { display: block; opacity: .75; }
p.none { margin: 0; padding: 24px 8px; text-align: center; background: var(--soft); }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src {images}; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Image variations</title>
<style>{style}</style>
</head>
<body>
<main>
{figures}
</main>
</body>
</html>
"""


def page(figures: Iterable[str], *, images: str = "data:") -> str:
    """The page of these figures.

    Args:
        images: where pictures may come from, as a Content-Security-Policy says it.
    """
    return _PAGE.format(style=_STYLE, images=images, figures="\n".join(figures))


def figure(content: str, title: str, detail: str, *, is_source: bool = False) -> str:
    """A place of the page: `content` is markup from here, the others are any text."""
    caption = f"<strong>{escape(title)}</strong><small>{escape(detail)}</small>"
    kind = "source" if is_source else ""
    return f'<figure class="{kind}">{content}<figcaption>{caption}</figcaption></figure>'


def picture(address: str, name: str) -> str:
    """A picture for a figure; one outside the window is not loaded."""
    return f'<img loading="lazy" alt="{escape(name)}" src="{escape(address)}">'


def missing(reason: str) -> str:
    """What a figure shows in place of a picture."""
    return f'<p class="none">{escape(reason)}</p>'
