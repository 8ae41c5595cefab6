"""Views: a page of HTML that shows what a node has done."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

_PAGE = "<!DOCTYPE html>\n<html><body>{}</body></html>\n"


class NodeView:
    """A self-contained page, and optionally a still picture of it for reports."""

    def __init__(
        self,
        html: str,
        svg_or_png: str | bytes | None = None,
        render_fn: Callable[[], str | bytes] | None = None,
        can_be_used_in_report: bool = False,
    ) -> None:
        self.html = html
        self._svg_or_png = svg_or_png
        self._render_fn = render_fn
        self.can_be_used_in_report = can_be_used_in_report

    def render(self) -> str | bytes:
        """The still picture: SVG text or PNG bytes."""
        if self._svg_or_png is None:
            if self._render_fn is None:
                raise NotImplementedError("This view has no still picture.")
            self._svg_or_png = self._render_fn()
        return self._svg_or_png


def view_html(
    html: str,
    svg_or_png: str | bytes | None = None,
    render_fn: Callable[[], str | bytes] | None = None,
    can_be_used_in_report: bool = False,
) -> NodeView:
    """A view of an HTML document that refers to nothing outside of itself."""
    return NodeView(html, svg_or_png, render_fn, can_be_used_in_report)


def view_svg(svg: str) -> NodeView:
    """A view of an SVG picture."""
    return NodeView(_PAGE.format(svg), svg, can_be_used_in_report=True)


def view_png(png: bytes) -> NodeView:
    """A view of a PNG picture."""
    return _picture(png, "png")


def view_jpeg(jpeg: bytes) -> NodeView:
    """A view of a JPEG picture."""
    return _picture(jpeg, "jpeg")


def _picture(data: bytes, kind: str) -> NodeView:
    source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    tag = f'<img src="{source}" style="width: 100%; height: 100%;">'
    return NodeView(_PAGE.format(tag), data, can_be_used_in_report=True)


def view(obj: Any) -> NodeView:
    """A view of HTML or SVG text, of PNG or JPEG bytes, or of what shows itself in a notebook.

    Raises:
        ValueError: none of these.
    """
    if isinstance(obj, str) and obj.lstrip()[:15].lower() == "<!doctype html>":
        return view_html(obj)
    if isinstance(obj, str) and "<svg" in obj[:256]:
        return view_svg(obj)
    if isinstance(obj, bytes) and obj.startswith(b"\x89PNG\r\n\x1a\n"):
        return view_png(obj)
    if isinstance(obj, bytes) and obj.startswith(b"\xff\xd8\xff"):
        return view_jpeg(obj)
    return view_ipy_repr(obj)


def view_ipy_repr(obj: Any) -> NodeView:
    """A view of an object that can show itself in a notebook."""
    makers: dict[str, Callable[[Any], NodeView]] = {
        "_repr_html_": view_html,
        "_repr_svg_": view_svg,
        "_repr_png_": view_png,
        "_repr_jpeg_": view_jpeg,
    }
    for method, make in makers.items():
        if hasattr(obj, method):
            shown = getattr(obj, method)()
            return make(shown[0] if isinstance(shown, tuple) else shown)
    raise ValueError(f"There is no view for a {type(obj).__name__}.")
