"""Make the README's picture of what `make demo` made.

.venv/bin/python demos/make_picture.py
"""

from pathlib import Path

from PIL import Image, ImageOps

DEMOS = Path(__file__).parent
TARGET = DEMOS.parent / "docs" / "images" / "demo.jpg"
# A source and what was made of it, a row each.
ROWS = {
    "camera.png": "variation-*.png",
    "hubble.jpg": "bolder-*.png",
    "landscape.png": "drawn-Row0_*.png",
    "sticker.png": "drawn-Row1_*.png",
    "poster.png": "drawn-Row2_*.png",
}
SIDE, GAP, MARGIN = 180, 6, 18  # pixels


def main() -> None:
    """Sources on the left, apart from their variations."""
    rows = [[DEMOS / name, *made(pattern)] for name, pattern in ROWS.items()]
    width = MARGIN + max(map(len, rows)) * (SIDE + GAP) - GAP
    sheet = Image.new("RGB", (width, len(rows) * (SIDE + GAP) - GAP), "white")
    for number, row in enumerate(rows):
        for column, path in enumerate(row):
            with Image.open(path) as picture:
                small = ImageOps.fit(picture.convert("RGBA"), (SIDE, SIDE))
            ground = Image.new("RGBA", small.size, "#eceef1")
            left = column * (SIDE + GAP) + (MARGIN if column else 0)
            sheet.paste(Image.alpha_composite(ground, small), (left, number * (SIDE + GAP)))
    sheet.save(TARGET, quality=85, optimize=True)


def made(pattern: str) -> list[Path]:
    """What a node of the demo made."""
    return sorted((DEMOS / "output").glob(pattern))


if __name__ == "__main__":
    main()
