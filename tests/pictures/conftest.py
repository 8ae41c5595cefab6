"""Small pictures in every format and mode that is read."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageChops


def encoded(image, kind, **options):
    """The content of a picture file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind, data=b""):
    """A chunk of a PNG file."""
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", checksum)


def png(header, *chunks):
    """A PNG file; the header is width, height, depth, colour, two zeros and interlacing."""
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", *header)), *chunks, chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def decoded(content):
    """As Pillow alone reads it: an independent look at what was written."""
    return Image.open(io.BytesIO(content))


def scene(width=24, height=16, mode="RGB"):
    """Three ramps, so that every place, direction and mirror image differs."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    rgb = Image.merge("RGB", [across, down, ImageChops.invert(across)])
    if mode in ("RGBA", "LA"):
        rgb.putalpha(down)
    return rgb.convert(mode)


def deep(mode, width=24, height=16):
    """A ramp from the darkest to the brightest value of a mode with over 8 bits."""
    ramp = Image.linear_gradient("L").resize((width, height)).convert("I")
    scale = {"I;16": 257, "I": 100_000, "F": 0.004}[mode]
    if mode == "F":
        return ramp.convert("F").point(lambda value: value * scale - 0.5)
    ramp = ramp.point(lambda value: value * scale)
    return ramp.convert(mode) if mode == "I;16" else ramp


def keyed_palette():
    """A palette picture whose entry 0 is transparent."""
    image = scene().quantize(8)
    image.info["transparency"] = 0
    return image


FILES = {
    "png 1": lambda: encoded(scene(mode="1"), "PNG"),
    "png L": lambda: encoded(scene(mode="L"), "PNG"),
    "png LA": lambda: encoded(scene(mode="LA"), "PNG"),
    "png I;16": lambda: encoded(deep("I;16"), "PNG"),
    "png P": lambda: encoded(scene().quantize(8), "PNG"),
    "png P, transparent": lambda: encoded(keyed_palette(), "PNG"),
    "png RGB": lambda: encoded(scene(), "PNG"),
    "png RGB, one colour transparent": lambda: encoded(scene(), "PNG", transparency=(5, 8, 250)),
    "png RGBA": lambda: encoded(scene(mode="RGBA"), "PNG"),
    "png animated": lambda: encoded(
        scene(), "PNG", save_all=True, append_images=[scene().rotate(180)]
    ),
    "jpeg L": lambda: encoded(scene(mode="L"), "JPEG"),
    "jpeg RGB": lambda: encoded(scene(), "JPEG"),
    "jpeg CMYK": lambda: encoded(scene(mode="CMYK"), "JPEG"),
    "jpeg progressive": lambda: encoded(scene(), "JPEG", progressive=True),
    "jpeg MPO": lambda: encoded(scene(), "MPO", save_all=True, append_images=[scene().rotate(180)]),
    "webp RGB": lambda: encoded(scene(), "WEBP"),
    "webp RGBA": lambda: encoded(scene(mode="RGBA"), "WEBP"),
    "webp lossless": lambda: encoded(scene(mode="RGBA"), "WEBP", lossless=True),
    "webp animated": lambda: encoded(
        scene(), "WEBP", save_all=True, append_images=[scene().rotate(180)]
    ),
    "gif P": lambda: encoded(scene().quantize(8), "GIF"),
    "gif P, transparent": lambda: encoded(keyed_palette(), "GIF", transparency=0),
    "gif animated": lambda: encoded(
        scene(), "GIF", save_all=True, append_images=[scene().rotate(180)], comment=b"hello"
    ),
    "bmp 1": lambda: encoded(scene(mode="1"), "BMP"),
    "bmp P": lambda: encoded(scene().quantize(8), "BMP"),
    "bmp RGB": lambda: encoded(scene(), "BMP"),
    "bmp RGBA": lambda: encoded(scene(mode="RGBA"), "BMP"),
    "tiff 1": lambda: encoded(scene(mode="1"), "TIFF", compression="tiff_lzw"),
    "tiff L": lambda: encoded(scene(mode="L"), "TIFF"),
    "tiff LA": lambda: encoded(scene(mode="LA"), "TIFF", compression="tiff_lzw"),
    "tiff P": lambda: encoded(scene().quantize(8), "TIFF", compression="packbits"),
    "tiff RGB": lambda: encoded(scene(), "TIFF"),
    "tiff RGBA": lambda: encoded(scene(mode="RGBA"), "TIFF", compression="tiff_deflate"),
    "tiff CMYK": lambda: encoded(scene(mode="CMYK"), "TIFF"),
    "tiff LAB": lambda: encoded(scene().convert("RGB").convert("LAB"), "TIFF"),
    "tiff JPEG": lambda: encoded(scene(), "TIFF", compression="jpeg"),
    "tiff I;16": lambda: encoded(deep("I;16"), "TIFF"),
    "tiff I": lambda: encoded(deep("I"), "TIFF"),
    "tiff F": lambda: encoded(deep("F"), "TIFF"),
    "tiff of two pages": lambda: encoded(
        scene(), "TIFF", save_all=True, append_images=[scene().rotate(180)]
    ),
}


@pytest.fixture(params=FILES)
def any_file(request):
    """The name and content of a valid picture, in every format and mode."""
    return request.param, FILES[request.param]()
