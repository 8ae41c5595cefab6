"""Draws the contact sheets of the engine: each picture with variations at three strengths.

python benchmarks/contact_sheets.py --output docs/images
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pictures import PICTURES, Picture
from PIL import Image, ImageDraw

from openai_images.engine import Source, variation

STRENGTHS = (0.3, 0.5, 0.8)
SHOWN = (
    "astronaut",
    "brick",
    "camera",
    "chelsea",
    "coffee",
    "house",
    "hubble",
    "landscape",
    "poster",
    "rocket",
    "sticker",
    "wordmark",
)
"""The pictures whose sheets stand in docs/engine.md."""
GAP = 4
PAPER = (250, 250, 250)
CHECKS = ((225, 225, 225), (245, 245, 245))


def sheet(picture: Picture, *, tile: int, count: int, size: int, seed: int) -> Image.Image:
    """The source in the first column, ``count`` variations beside it, one row per strength."""
    original = picture.square()
    source = Source(original)
    step = tile + GAP
    paper = Image.new("RGB", ((count + 1) * step + GAP, len(STRENGTHS) * step + GAP), PAPER)
    for row, strength in enumerate(STRENGTHS):
        made = [
            variation(source, size, seed=seed, index=index, strength=strength)
            for index in range(count)
        ]
        for column, image in enumerate([original, *made]):
            place = (GAP + column * step, GAP + row * step)
            paper.paste(on_checks(image.resize((tile, tile), Image.Resampling.LANCZOS)), place)
    return paper


def on_checks(image: Image.Image) -> Image.Image:
    """A transparent picture on a chequered ground, as RGB."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, CHECKS[0])
    draw = ImageDraw.Draw(ground)
    for top in range(0, image.height, 16):
        for left in range(top % 32, image.width, 32):
            draw.rectangle((left, top, left + 15, top + 15), fill=CHECKS[1])
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/images"))
    parser.add_argument("--tile", type=int, default=144, help="pixels a side of a tile")
    parser.add_argument("--count", type=int, default=4, help="variations a row")
    parser.add_argument("--size", type=int, default=256, help="pixels a side of a variation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=SHOWN, help="names; none for all pictures")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        if options.only and picture.name not in options.only:
            continue
        drawn = sheet(
            picture,
            tile=options.tile,
            count=options.count,
            size=options.size,
            seed=options.seed,
        )
        path = options.output / f"{picture.name}.jpg"
        drawn.save(path, quality=80, optimize=True)
        print(f"{path}  {path.stat().st_size // 1024} kB", flush=True)


if __name__ == "__main__":
    main()
