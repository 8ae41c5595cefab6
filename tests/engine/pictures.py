"""Pictures and variations that many tests of the engine look at, made once."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from openai_images.engine import Source, variations


@cache
def photograph(name, side=256):
    """A picture that comes inside scikit-image, square."""
    from skimage import data

    image = Image.fromarray(np.asarray(getattr(data, name)())).convert("RGB")
    return ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)


@cache
def batch(name, seed=1):
    """Four variations of a photograph, 256 pixels, strength 0.5."""
    return tuple(variations(photograph(name, 512), n=4, size=256, seed=seed, workers=1))


@cache
def source_of(name):
    return Source(photograph(name, 512))


def drawing(side=512):
    """A house and a sun in black lines on white."""
    image = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(image)
    unit = side / 512
    draw.rectangle([v * unit for v in (130, 250, 380, 430)], outline="black", width=int(5 * unit))
    draw.line([v * unit for v in (100, 260, 255, 120, 410, 260)], fill="black", width=int(5 * unit))
    draw.ellipse([v * unit for v in (410, 45, 470, 105)], fill="#ffbb22")
    return image


def scenery(side=512):
    """A sun in a plain sky over a green field with three bushes."""
    image = Image.new("RGB", (side, side), "#9bd3e8")
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0.6 * side, side, side], fill="#4f9d5c")
    for x, y, radius, colour in (
        (0.75, 0.2, 0.08, "#ffd257"),
        (0.2, 0.75, 0.05, "#1f4a33"),
        (0.5, 0.85, 0.05, "#1f4a33"),
        (0.8, 0.8, 0.06, "#1f4a33"),
    ):
        box = x - radius, y - radius, x + radius, y + radius
        draw.ellipse([side * place for place in box], fill=colour)
    return image


def poster(side=512):
    """Two rows of lettering and a disc."""
    image = Image.new("RGB", (side, side), "#1d3a5f")
    draw = ImageDraw.Draw(image)
    draw.ellipse((280, 250, 470, 440), fill="#f2b84b")
    draw.text((40, 45), "SUMMER", font=ImageFont.load_default(90), fill="white")
    draw.text((42, 140), "festival by the lake", font=ImageFont.load_default(42), fill="#e8e4d8")
    return image


def textured(image, spread, shading=0.0):
    """A picture with blotches of so much brightness (0..1), and darker towards the right."""
    rng = np.random.default_rng(3)
    blotches = Image.fromarray(rng.integers(0, 256, (64, 64), np.uint8)).resize(image.size)
    grain = np.asarray(blotches, float) - 128
    ramp = np.linspace(0, -255 * shading, image.width)
    added = 2 * spread * grain + ramp
    return Image.fromarray(np.clip(np.asarray(image) + added[..., None], 0, 255).astype(np.uint8))


def sticker(side=512):
    """A transparent picture: a disc with a soft rim."""
    y, x = np.mgrid[:side, :side] / side - 0.5
    alpha = np.clip((0.3 - np.hypot(x, y)) * 40, 0, 1)
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[..., 0], rgba[..., 1], rgba[..., 2] = 230, 120 + 60 * (x > 0), 40
    rgba[..., 3] = alpha * 255
    return Image.fromarray(rgba)


def two_discs(ground="white"):
    """A red and a blue disc on one ground, RGBX."""
    image = Image.new("RGB", (512, 512), ground)
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 60, 160, 160), fill="red")
    draw.ellipse((300, 280, 460, 440), fill="blue")
    return image.convert("RGBX")


def meadow(balls=((140, 160, 46), (350, 340, 52)), side=512):
    """Orange balls, each (x, y, radius), on green ground with a grain, as a photograph has."""
    rng = np.random.default_rng(5)
    small = Image.fromarray(rng.integers(0, 256, (side // 4, side // 4), np.uint8))
    coarse = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC), float)
    grain = coarse * 0.25 + rng.normal(0, 6, (side, side))
    rgb = np.stack([40 + 0.6 * grain, 95 + grain, 30 + 0.4 * grain], -1)
    y, x = np.mgrid[:side, :side]
    for across, down, radius in balls:
        inside = np.clip(radius - np.hypot(x - across, y - down), 0, 1)[..., None]
        shade = 1 - (x - across + y - down)[..., None] / (5 * radius)
        colour = np.clip(np.array([215, 110, 25]) * shade + grain[..., None] * 0.1, 0, 255)
        rgb = rgb * (1 - inside) + colour * inside
    return Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))


def orange(image):
    """Where a picture of a meadow shows balls."""
    rgb = np.asarray(image.convert("RGB")).astype(int)
    return (rgb[..., 0] > rgb[..., 1] + 25) & (rgb[..., 0] > 110)
