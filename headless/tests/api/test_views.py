from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

import knime.extension as knext


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, kind)
    return buffer.getvalue()


PNG, JPEG = picture("PNG"), picture("JPEG")
SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'
HTML = "<!DOCTYPE html><p>hello</p>"


class Shows:
    def __init__(self, kind, value):
        setattr(self, f"_repr_{kind}_", lambda: value)


@pytest.mark.parametrize(
    ("shown", "part"),
    [
        (HTML, "<p>hello</p>"),
        (SVG, SVG),
        (PNG, base64.b64encode(PNG).decode()),
        (JPEG, base64.b64encode(JPEG).decode()),
        (Shows("html", "<b>x</b>"), "<b>x</b>"),
        (Shows("png", (PNG, {})), base64.b64encode(PNG).decode()),
    ],
)
def test_a_view_of_anything(shown, part):
    assert part in knext.view(shown).html


@pytest.mark.parametrize("shown", ["text", b"bytes", 5])
def test_no_view(shown):
    with pytest.raises(ValueError, match="no view"):
        knext.view(shown)


def test_still_pictures():
    assert knext.view_png(PNG).render() == PNG
    assert knext.view_html(HTML, render_fn=lambda: SVG).render() == SVG
    with pytest.raises(NotImplementedError):
        knext.view_html(HTML).render()
    assert knext.view_svg(SVG).can_be_used_in_report
    assert knext.view_jpeg(JPEG).can_be_used_in_report
    assert not knext.view_html(HTML).can_be_used_in_report
