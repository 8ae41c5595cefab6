"""The gallery view: the picture and its variations on one self-contained page."""

from __future__ import annotations

import base64
from html import escape

from ..errors import InvalidPicture
from ..job import Outcome
from ..pictures import thumbnail
from ..services.collect import ResultImage

# Pixels; twice the width at which a picture is shown, for screens of double density.
THUMBNAIL_EDGE = 512

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
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
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


def gallery(outcome: Outcome) -> str:
    """An HTML page without scripts or outside parts; every text from outside is escaped."""
    figures = [_source(outcome), *(_variation(image) for image in outcome.images)]
    if not outcome.images:
        reason = outcome.failure or "The answer holds no images."
        figures.append(_figure("", f'<p class="none">{escape(reason)}</p>', "No variations", ""))
    return _PAGE.format(style=_STYLE, figures="\n".join(figures))


def _source(outcome: Outcome) -> str:
    request = outcome.request
    picture = _picture(request.image, request.image_name)
    seed = outcome.answer.seed if outcome.answer else None
    detail = "The picture that was sent" + ("" if seed is None else f"; seed {seed}")
    return _figure("source", picture, request.image_name, detail)


def _variation(image: ResultImage) -> str:
    title = f"Variation {image.index + 1}"
    if image.png is not None:
        detail = f"{image.width} × {image.height} pixels"  # noqa: RUF001 (the sign for "by")
        picture = _picture(image.png, title)
    else:
        detail = image.problem or "Not fetched: Result Format Images does that."
        picture = f'<p class="none">{escape(image.data.url or "No picture")}</p>'
    return _figure("", picture, title, image.data.revised_prompt or detail)


def _picture(content: bytes, name: str) -> str:
    try:
        small = thumbnail(content, THUMBNAIL_EDGE)
    except InvalidPicture as error:
        return f'<p class="none">{escape(str(error))}</p>'
    encoded = base64.b64encode(small).decode("ascii")
    return f'<img alt="{escape(name)}" src="data:image/png;base64,{encoded}">'


def _figure(kind: str, content: str, title: str, detail: str) -> str:
    caption = f"<strong>{escape(title)}</strong><small>{escape(detail)}</small>"
    return f'<figure class="{kind}">{content}<figcaption>{caption}</figcaption></figure>'
