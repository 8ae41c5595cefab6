"""The kinds of pictures that somebody tries first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_ORIENTATION = 0x0112
_TURNED_LEFT = 6  # EXIF: to be shown turned by 90 degrees clockwise


def _scene(width: int, height: int) -> Image.Image:
    """Blue sky above green ground, with a house on it."""
    picture = Image.new("RGB", (width, height), "#3b7dd8")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height // 2, width, height), fill="#4c9a3f")
    left, top, edge = width // 3, height // 3, min(width, height) // 3
    draw.rectangle((left, top, left + edge, top + edge), fill="#b5543c")
    return picture


def _phone_photograph(path: Path) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = _TURNED_LEFT
    _scene(600, 800).transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)


def _transparent(path: Path) -> None:
    picture = Image.new("RGBA", (500, 400), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((150, 100, 350, 300), fill=(230, 120, 40, 255))
    picture.save(path)


def _large(path: Path) -> None:
    _scene(4096, 4096).save(path, quality=50, method=0)


def _scan(path: Path) -> None:
    """Grey, with 16 bits a pixel."""
    grey = np.asarray(_scene(330, 420).convert("L")).astype(np.uint16) * 257
    Image.fromarray(grey).save(path)


def _screenshot(path: Path) -> None:
    picture = Image.new("RGB", (640, 360), "#f4f5f7")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 640, 40), fill="#20242c")
    draw.text((16, 8), "File  Edit  View", font=ImageFont.load_default(20), fill="white")
    draw.text((40, 120), "Execute all nodes", font=ImageFont.load_default(32), fill="#20242c")
    picture.save(path)


_MAKERS = {
    "phone.jpg": _phone_photograph,
    "clear.png": _transparent,
    "large.webp": _large,
    "scan.tif": _scan,
    "screenshot.png": _screenshot,
}
FIRST_PICTURES = tuple(_MAKERS)


def write_first_pictures(folder: Path) -> None:
    """Write all of them, by their names in FIRST_PICTURES."""
    for name, make in _MAKERS.items():
        make(folder / name)
