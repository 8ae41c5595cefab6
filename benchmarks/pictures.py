"""The pictures the engine is looked at and measured with, and where they come from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

SIDE = 512


@dataclass(frozen=True)
class Picture:
    """A square picture by name; source: who made it and under which licence."""

    name: str
    source: str
    make: Callable[[], Image.Image]

    def square(self, side: int = SIDE) -> Image.Image:
        image = self.make()
        if image.mode != "RGBA":
            image = image.convert("RGB")
        return ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)


def _skimage(name: str) -> Callable[[], Image.Image]:
    def make() -> Image.Image:
        from skimage import data

        return Image.fromarray(np.asarray(getattr(data, name)()))

    return make


def _sklearn(name: str) -> Callable[[], Image.Image]:
    def make() -> Image.Image:
        from sklearn.datasets import load_sample_image

        return Image.fromarray(load_sample_image(name))

    return make


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _drawn(mode: str, ground: str | tuple[int, ...]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new(mode, (2 * SIDE, 2 * SIDE), ground)
    return image, ImageDraw.Draw(image)


def poster() -> Image.Image:
    """Lettering over a coloured ground."""
    image, draw = _drawn("RGB", "#1d3a5f")
    draw.ellipse((560, 500, 940, 880), fill="#f2b84b")
    draw.rectangle((0, 820, 1024, 1024), fill="#27496d")
    draw.text((80, 90), "SUMMER", font=_font(180), fill="#ffffff")
    draw.text((84, 280), "festival by the lake", font=_font(84), fill="#e8e4d8")
    draw.text((84, 900), "12-14 July, free entry", font=_font(60), fill="#ffffff")
    return image


def street_sign() -> Image.Image:
    """A photograph with a lettered sign in it."""
    from sklearn.datasets import load_sample_image

    photograph = Image.fromarray(load_sample_image("china.jpg"))
    image = ImageOps.fit(photograph, (2 * SIDE, 2 * SIDE), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((90, 640, 610, 860), 24, fill="#14532d", outline="#ffffff", width=8)
    draw.text((125, 660), "Palace Gate", font=_font(84), fill="#ffffff")
    draw.text((125, 760), "open 9-17 h", font=_font(64), fill="#ffffff")
    return image


def wordmark() -> Image.Image:
    """A logo with its name, black on white."""
    image, draw = _drawn("RGB", "#ffffff")
    for turn in range(6):
        angle = turn * math.pi / 3
        x, y = 512 + 150 * math.cos(angle), 390 + 150 * math.sin(angle)
        draw.ellipse((x - 70, y - 70, x + 70, y + 70), fill="#c2410c" if turn % 2 else "#0f766e")
    draw.text((512, 760), "Hexaflor", font=_font(170), fill="#111827", anchor="mm")
    return image


def house() -> Image.Image:
    """A line drawing."""
    image, draw = _drawn("RGB", "#ffffff")
    line = {"fill": "#222222", "width": 10}
    draw.line(((200, 520), (512, 240), (824, 520)), joint="curve", **line)
    draw.rectangle((260, 500, 764, 860), outline="#222222", width=10)
    draw.rectangle((450, 640, 574, 860), outline="#222222", width=10)
    for x in (310, 630):
        draw.rectangle((x, 580, x + 90, 680), outline="#222222", width=8)
        draw.line(((x + 45, 580), (x + 45, 680)), **line)
    draw.ellipse((820, 90, 940, 210), outline="#222222", width=10)
    draw.line(((60, 862), (964, 862)), **line)
    for x in (90, 850, 920):
        draw.line(((x, 862), (x, 760)), **line)
        draw.ellipse((x - 50, 650, x + 50, 770), outline="#222222", width=8)
    return image


def landscape() -> Image.Image:
    """A flat illustration: few colours, hard edges."""
    image, draw = _drawn("RGB", "#9bd3e6")
    draw.ellipse((690, 120, 850, 280), fill="#ffd166")
    draw.polygon(
        ((0, 640), (260, 300), (470, 600), (640, 380), (1024, 700), (1024, 1024), (0, 1024)),
        fill="#6c8ead",
    )
    draw.polygon(((0, 720), (400, 620), (1024, 760), (1024, 1024), (0, 1024)), fill="#4f9d69")
    for x, y in ((140, 760), (300, 820), (620, 800), (820, 860), (480, 900)):
        draw.rectangle((x - 10, y, x + 10, y + 70), fill="#7f5539")
        draw.polygon(((x - 60, y + 10), (x, y - 110), (x + 60, y + 10)), fill="#1b4332")
    return image


def sticker() -> Image.Image:
    """A transparent picture with a soft shadow."""
    image, draw = _drawn("RGBA", (0, 0, 0, 0))
    for step in range(40):
        edge = 180 + step * 2
        draw.ellipse((edge, edge + 60, 1024 - edge, 1084 - edge - 60), fill=(0, 0, 0, 3 * step))
    draw.ellipse((200, 180, 824, 804), fill="#ffcc33", outline="#7a4e00", width=16)
    for x in (400, 624):
        draw.ellipse((x - 45, 380, x + 45, 500), fill="#3b2400")
    draw.arc((360, 420, 664, 680), 20, 160, fill="#3b2400", width=26)
    return image


def sketch() -> Image.Image:
    """Loose curves in ink."""
    image, draw = _drawn("RGB", "#fbf7ef")
    rng = np.random.default_rng(3)
    for petal in range(9):
        turn = petal * 2 * math.pi / 9
        points = []
        for step in range(40):
            t = step / 39
            reach = 300 * math.sin(math.pi * t) ** 0.7
            angle = turn + 0.55 * (t - 0.5) * 2
            points.append((512 + reach * math.cos(angle), 400 + reach * math.sin(angle)))
        draw.line(points, fill="#33415c", width=7, joint="curve")
    draw.ellipse((462, 350, 562, 450), outline="#33415c", width=8)
    stem = [(512 + 30 * math.sin(y / 90), y) for y in range(560, 980, 8)]
    draw.line(stem, fill="#33415c", width=8, joint="curve")
    for _ in range(14):
        x, y = rng.uniform(120, 900), rng.uniform(900, 985)
        draw.line(
            ((x, y), (x + rng.uniform(-15, 15), y - rng.uniform(30, 70))), fill="#33415c", width=5
        )
    return image


def horse() -> Image.Image:
    """A silhouette; it comes as a mask."""
    from skimage import data

    return Image.fromarray(np.asarray(data.horse()).astype(np.uint8) * 255)


_OPEN = "no known copyright restrictions"
_PACKAGE = "scikit-image, no licence of its own beside the package's BSD-3-Clause"

PICTURES = (
    Picture("astronaut", "NASA; public domain", _skimage("astronaut")),
    Picture("brick", "CC0Textures; CC0", _skimage("brick")),
    Picture("camera", "Lav Varshney; CC0", _skimage("camera")),
    Picture("cell", "Paul Mueller and others, doi:10.1364/OE.26.010729; CC0", _skimage("cell")),
    Picture("chelsea", "Stefan van der Walt; CC0", _skimage("chelsea")),
    Picture("clock", "Stefan van der Walt; public domain", _skimage("clock")),
    Picture("coffee", "Rachel Michetti; CC0", _skimage("coffee")),
    Picture("coins", f"Brooklyn Museum; {_OPEN}", _skimage("coins")),
    Picture("colorwheel", _PACKAGE, _skimage("colorwheel")),
    Picture("grass", "CC0, see skimage.data.grass", _skimage("grass")),
    Picture("gravel", "CC0Textures; CC0", _skimage("gravel")),
    Picture("horse", "Andreas Preuss; CC0", horse),
    Picture("hubble", "NASA; public domain", _skimage("hubble_deep_field")),
    Picture("logo", "scikit-image; BSD-3-Clause", _skimage("logo")),
    Picture("moon", _PACKAGE, _skimage("moon")),
    Picture("page", _PACKAGE, _skimage("page")),
    Picture("retina", "Mikael Haggstrom; CC0", _skimage("retina")),
    Picture("rocket", "SpaceX; public domain", _skimage("rocket")),
    Picture("text", f"Wikipedia, Corner.png; {_OPEN}", _skimage("text")),
    Picture(
        "tissue",
        f"Center for Microscopy and Molecular Imaging; {_OPEN}",
        _skimage("immunohistochemistry"),
    ),
    Picture("china", "danielbuechele, flickr 6061409035; CC BY 2.0", _sklearn("china.jpg")),
    Picture("flower", "vultilion, flickr 6056698931; CC BY 2.0", _sklearn("flower.jpg")),
    Picture("house", "drawn for this project", house),
    Picture("landscape", "drawn for this project", landscape),
    Picture("poster", "drawn for this project", poster),
    Picture("sign", "china with a sign drawn for this project; CC BY 2.0", street_sign),
    Picture("sketch", "drawn for this project", sketch),
    Picture("sticker", "drawn for this project", sticker),
    Picture("wordmark", "drawn for this project", wordmark),
)
