"""Draw the demo workflows as KNIME lays them out, for the tutorial: docs/images/workflows/*.svg.

.venv/bin/python docs/make_workflows.py
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from knime_headless.knwf.archive import open_workflow
from knime_headless.knwf.reading import Given, KnimeWorkflow, Link

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images" / "workflows"
_BOX, _MARGIN = 40, 100  # edge of a node; room for names beside and above it
_STYLE = (
    "text{font:13px sans-serif;text-anchor:middle;fill:#222}.label{fill:#666}"
    "path.link{fill:none;stroke:#888;stroke-width:1.5}path.variable{stroke:#d0021b}"
)


def drawings() -> dict[Path, str]:
    """The picture of each demo, by its file."""
    return {
        PICTURES / f"{path.stem}.svg": _drawing(path) for path in (ROOT / "demos").glob("*.knwf")
    }


def _drawing(path: Path) -> str:
    files = open_workflow(path)
    workflow = KnimeWorkflow(files, Given())
    corners = {n["id"].value: _corner(n) for n in files.top["nodes"].values()}
    left = min(x for x, _ in corners.values()) - _MARGIN
    top = min(y for _, y in corners.values()) - _BOX
    places = {i: (x - left, y - top) for i, (x, y) in corners.items()}
    width = max(x for x, _ in places.values()) + _BOX + _MARGIN
    height = max(y for _, y in places.values()) + 2 * _BOX
    parts = [_link(link, places) for link in workflow.links]
    parts += [_node(node, *places[node.id]) for node in workflow.nodes.values()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><style>{_STYLE}</style>'
        f'<rect width="{width}" height="{height}" rx="6" fill="#fafafa"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _corner(node: Any) -> tuple[int, int]:
    bounds = node["ui_settings"]["extrainfo.node.bounds"]
    return bounds["0"].value, bounds["1"].value


def _node(node: Any, x: int, y: int) -> str:
    middle = x + _BOX // 2
    parts = [
        f'<rect x="{x}" y="{y}" width="{_BOX}" height="{_BOX}" rx="4" fill="#fff" stroke="#888"/>',
        f'<text x="{middle}" y="{y - 10}" font-weight="bold">{escape(node.name)}</text>',
        f'<text x="{middle}" y="{y + _BOX + 18}" class="label">{escape(node.label)}</text>',
    ]
    icon = ROOT / "icons" / f"{node.python_id[1]}.svg" if node.python_id else None
    if icon:
        shapes = re.sub(r"</?svg[^>]*>", "", icon.read_text(encoding="utf-8")).strip()
        parts.append(f'<g transform="translate({x + 8} {y + 8}) scale(1.5)">{shapes}</g>')
    return "".join(parts)


def _link(link: Link, places: dict[int, tuple[int, int]]) -> str:
    """A curve; flow variables are red and come in at the top, as in KNIME."""
    (x1, y1), (x2, y2) = places[link.source], places[link.target]
    is_variable = link.target_port == 0
    x1, y1 = x1 + _BOX, y1 + _BOX // 2
    y2 += 5 if is_variable else _BOX * link.target_port // 3
    bend = max(30, (x2 - x1) // 2)
    kind = "link variable" if is_variable else "link"
    return f'<path class="{kind}" d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"/>'


def main() -> None:
    """Draw all of them."""
    PICTURES.mkdir(exist_ok=True)
    for path, text in drawings().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
