"""What pictures made to do harm cost until they are refused, or read: memory and time.

    python benchmarks/hostile_pictures.py           all, each in a process of its own: a table
    python benchmarks/hostile_pictures.py NAME      one, in this process: a line of JSON

    python benchmarks/hostile_pictures.py --make NAME > FILE

Memory is the peak of the whole process in MB, the interpreter and Pillow included; time is
processor time.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from openai_images.errors import InvalidPicture
from openai_images.pictures import (
    Preparation,
    check_for_variation,
    clean_png,
    open_for_variation,
    prepare,
)

MB = 1024 * 1024


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", checksum)


def header(width: int, height: int, depth: int = 8, colour: int = 2) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))


def zeros(length: int) -> bytes:
    """A zlib stream of zero bytes, a thousandth of their number."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(MB)) for _ in range(length // MB)]
    return b"".join([*parts, packer.compress(bytes(length % MB)), packer.flush()])


def flat(side: int, *between: bytes) -> bytes:
    """A valid black PNG with other chunks before its pixels."""
    pixels = chunk(b"IDAT", zeros(side * (side * 3 + 1)))
    return png(header(side, side), *between, pixels, chunk(b"IEND"))


def tags(*entries: tuple[int, int, int, int], order: str = "<") -> bytes:
    """A TIFF structure with one directory: tag, type, count, value or offset."""
    directory = b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    count = struct.pack(f"{order}H", len(entries))
    return b"II*\0" + struct.pack(f"{order}I", 8) + count + directory + bytes(4)


def overlapping_tags(number: int, length: int) -> bytes:
    """Every tag claims the same `length` bytes; each gets a copy of them in Pillow."""
    return tags(*((tag, 1, length, 8) for tag in range(1, number + 1))) + bytes(length)


def tiff(*more: tuple[int, int, int, int], width: int = 8, height: int = 8) -> bytes:
    entries = {256: (256, 4, 1, width), 257: (257, 4, 1, height), 258: (258, 3, 1, 8)}
    entries |= {259: (259, 3, 1, 1), 262: (262, 3, 1, 1), 273: (273, 4, 1, 4096)}
    entries |= {277: (277, 3, 1, 1), 278: (278, 4, 1, height), 279: (279, 4, 1, 64)}
    entries |= {entry[0]: entry for entry in more}
    return tags(*(entries[tag] for tag in sorted(entries))).ljust(4096, b"\0") + bytes(64)


def large(kind: str, mode: str, width: int, height: int, **options: object) -> bytes:
    from PIL import Image

    down = Image.linear_gradient("L").resize((width, height))
    bands = [
        down.rotate(180),
        down,
        down,
        Image.new("L", down.size, 255) if mode == "RGBX" else down,
    ]
    image = Image.merge(mode.replace("X", "A"), bands[: len(mode)])
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(*segments: bytes, side: int = 64, **options: object) -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.radial_gradient("L").resize((side, side)).save(file, "JPEG", **options)
    return file.getvalue()[:2] + b"".join(segments) + file.getvalue()[2:]


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg_size(content: bytes, width: int, height: int) -> bytes:
    place = max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2")) + 5
    return content[:place] + struct.pack(">HH", height, width) + content[place + 4 :]


def many_scans(number: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    content = jpeg_size(jpeg(progressive=True), 6000, 6000)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * number + content[-2:]


def gif(*extensions: bytes, width: int = 8, height: int = 8, frames: int = 1) -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.new("L", (8, 8)).save(file, "GIF")
    content = file.getvalue()
    start = content.index(b"\x2c\0\0\0\0\x08\0\x08\0")
    size = struct.pack("<HH", width, height)
    frame = content[start : start + 5] + size + content[start + 9 : -1]
    return content[:start] + b"".join(extensions) + frame * frames + b";"


def blocks(number: int, length: int) -> bytes:
    return (bytes([length]) + bytes(length)) * number + b"\0"


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = [
        kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
        for kind, data in chunks
    ]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_canvas(width: int, height: int, flags: int = 0) -> tuple[bytes, bytes]:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", bytes([flags, 0, 0, 0]) + size


def webp_pixels() -> tuple[bytes, bytes]:
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "WEBP", lossless=True)
    content = file.getvalue()
    return content[12:16], content[20:]


def webp_frames(number: int) -> bytes:
    kind, data = webp_pixels()
    place = bytes(6) + (7).to_bytes(3, "little") * 2 + bytes(4)
    inner = kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return riff(webp_canvas(8, 8, 2), (b"ANIM", bytes(6)), *[(b"ANMF", place + inner)] * number)


def apng_frames(number: int) -> bytes:
    control = struct.pack(">IIIIHHBB", 64, 64, 0, 0, 1, 10, 0, 0)
    pixels = zlib.compress(bytes(64 * 193))
    frames = []
    for i in range(number):
        frames.append(chunk(b"fcTL", struct.pack(">I", 2 * i) + control))
        frames.append(chunk(b"fdAT", struct.pack(">I", 2 * i + 1) + pixels))
    still = [header(64, 64), chunk(b"acTL", struct.pack(">II", number, 0)), chunk(b"IDAT", pixels)]
    return png(*still, *frames, chunk(b"IEND"))


def icc(*, steps: int) -> bytes:
    """A profile with a chain of many steps, all of which are the same bytes."""
    chain = (
        b"mpet" + bytes(4) + struct.pack(">HHI", 3, 3, steps) + struct.pack(">II", 0, 64) * steps
    )
    table = struct.pack(">I4sII", 1, b"D2B0", 144, len(chain))
    head = bytearray(128)
    head[12:24] = b"mntrRGB XYZ "
    head[36:40] = b"acsp"
    return bytes(head) + table + chain


PICTURES: dict[str, Callable[[], bytes]] = {
    # Dimensions
    "png 60000x60000": lambda: png(header(60000, 60000), chunk(b"IDAT", zeros(MB)), chunk(b"IEND")),
    "png 2147483647x1": lambda: png(
        header(2**31 - 1, 1), chunk(b"IDAT", zeros(MB)), chunk(b"IEND")
    ),
    "png 7000x7000, all zero": lambda: flat(7000),
    "png 7000x7000, cut off": lambda: png(
        header(7000, 7000), chunk(b"IDAT", zeros(7000 * 20_000)), chunk(b"IEND")
    ),
    "png 7000x7000 16 bit RGBA": lambda: png(
        header(7000, 7000, 16, 6), chunk(b"IDAT", zeros(7000 * 56_001)), chunk(b"IEND")
    ),
    "png 8x8, pixels unpack to 256 MB": lambda: png(
        header(8, 8), chunk(b"IDAT", zeros(256 * MB)), chunk(b"IEND")
    ),
    "png 0x0": lambda: png(header(0, 0), chunk(b"IDAT", zeros(0)), chunk(b"IEND")),
    "jpeg 65500x65500": lambda: jpeg_size(jpeg(), 65500, 65500),
    "jpeg progressive 7000x7000": lambda: jpeg_size(jpeg(progressive=True), 7000, 7000),
    "jpeg progressive 5900x5900": lambda: jpeg_size(jpeg(progressive=True), 5900, 5900),
    "webp 16383x16383": lambda: riff(webp_canvas(16383, 16383), webp_pixels()),
    "webp 16777216x1": lambda: riff(webp_canvas(2**24, 1), webp_pixels()),
    "gif frame 65535x65535": lambda: gif(width=65535, height=65535),
    "bmp 30000x30000": lambda: (
        b"BM" + bytes(12) + struct.pack("<IiiHHIIiiII", 40, 30000, -30000, 1, 24, 0, 0, 0, 0, 0, 0)
    ),
    "bmp run-length 7000x7000": lambda: (
        b"BM"
        + struct.pack("<IHHI", 0, 0, 0, 1078)
        + struct.pack("<IiiHHIIiiII", 40, 7000, 7000, 1, 8, 1, 0, 0, 0, 256, 0)
        + bytes(1024)
        + b"\x01\x00" * 20 * MB
    ),
    "tiff 60000x60000": lambda: tiff(width=60000, height=60000),
    "tiff tile 65000x65000": lambda: tiff(
        (259, 3, 1, 8), (322, 4, 1, 65000), (323, 4, 1, 65000), (324, 4, 1, 4096), (325, 4, 1, 64)
    ),
    "tiff 65535 samples": lambda: tiff((277, 3, 1, 65535), width=65000, height=700),
    "tiff lzma": lambda: tiff((259, 3, 1, 34925)),
    # Text and metadata
    "png zTXt 256 MB": lambda: flat(64, chunk(b"zTXt", b"Comment\0\0" + zeros(256 * MB))),
    "png 3000 zTXt of 1 MB": lambda: flat(64, chunk(b"zTXt", b"C\0\0" + zeros(MB)) * 3000),
    "png iTXt 256 MB": lambda: flat(64, chunk(b"iTXt", b"C\0\1\0\0\0" + zeros(256 * MB))),
    "png iCCP 256 MB": lambda: flat(64, chunk(b"iCCP", b"sRGB\0\0" + zeros(256 * MB))),
    "png iCCP with 100000 steps": lambda: flat(
        64, chunk(b"iCCP", b"p\0\0" + zlib.compress(icc(steps=100_000)))
    ),
    "png eXIf 65535 tags of 3 MB": lambda: flat(
        64, chunk(b"eXIf", overlapping_tags(65535, 3 * MB))
    ),
    "jpeg EXIF 5000 tags of 60 KB": lambda: jpeg(
        segment(0xE1, b"Exif\0\0" + overlapping_tags(5000, 5000 * 12)[:65500])
    ),
    "jpeg EXIF in 60 segments": lambda: jpeg(
        *[
            segment(0xE1, b"Exif\0\0" + part)
            for part in [
                overlapping_tags(60000, 3 * MB)[i : i + 65000] for i in range(0, 60 * 65000, 65000)
            ]
        ]
    ),
    "tiff 60000 tags of 3 MB": lambda: (
        tiff(*((tag, 1, 3 * MB, 8) for tag in range(1000, 61_000))) + bytes(3 * MB)
    ),
    "tiff strips overlap": lambda: (
        tiff((273, 4, 1_000_000, 0), (279, 4, 1_000_000, 0)) + bytes(4 * MB)
    ),
    "tiff 10 million strips": lambda: tiff((273, 4, 10_000_000, 8)) + bytes(40 * MB),
    "gif comment of 45 MB": lambda: gif(b"\x21\xfe" + blocks(180_000, 255)),
    "gif 16 MB of comment": lambda: gif(b"\x21\xfe" + blocks(65_000, 255)),
    "gif 1 million comments": lambda: gif(b"\x21\xfe\x01x\0" * 1_000_000),
    # Very many of something
    "png 4 million empty chunks": lambda: flat(64, chunk(b"aaAa") * 4_000_000),
    "png 4 million empty IDAT": lambda: flat(64, chunk(b"IDAT") * 4_000_000),
    "png 30000 frames": lambda: apng_frames(30_000),
    "gif 1 million frames": lambda: gif(frames=1_000_000),
    "webp 50000 frames": lambda: webp_frames(50_000),
    "webp 1 million frames": lambda: webp_frames(1_000_000),
    "jpeg 20000 scans": lambda: many_scans(20_000),
    "jpeg 50 MB of fill bytes": lambda: jpeg(b"\xff" * 50 * MB),
    "jpeg 10 million segments": lambda: jpeg(segment(0xFE, b"") * 10_000_000),
    # Nothing is wrong with these but their size
    "png 6300x6300 RGBA": lambda: large("PNG", "RGBA", 6300, 6300, compress_level=1),
    "png 6300x6300 RGBA, opaque": lambda: large("PNG", "RGBX", 6300, 6300, compress_level=1),
    "png 7400x7400": lambda: large("PNG", "RGB", 7400, 7400, compress_level=1),
    "jpeg 9400x9400": lambda: large("JPEG", "RGB", 9400, 9400),
    "jpeg progressive 8160x6120": lambda: large("JPEG", "RGB", 8160, 6120, progressive=True),
    "webp 4096x4096": lambda: large("WEBP", "RGB", 4096, 4096, method=0),
    "webp 4096x4096 RGBA": lambda: large("WEBP", "RGBA", 4096, 4096, method=0),
    "webp 4096x4096 lossless": lambda: large("WEBP", "RGB", 4096, 4096, lossless=True, method=0),
}


def outcome(work: Callable[[], object]) -> tuple[str, float]:
    start = time.process_time()
    try:
        work()
    except InvalidPicture as error:
        return str(error), time.process_time() - start
    return "read", time.process_time() - start


def peak_memory() -> float:
    """The highest resident size of this process so far, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def measure(name: str) -> dict[str, object]:
    # Made apart: what making it took, and was not given back, is none of the reader's.
    content = subprocess.check_output([sys.executable, __file__, "--make", name])
    forget_peak()
    checked, check_time = outcome(lambda: check_for_variation(content, "picture.png"))
    opened, open_time = outcome(lambda: open_for_variation(content, "picture.png", 1536))
    kept, keep_time = outcome(lambda: clean_png(content, "picture.png"))
    prepared, prepare_time = outcome(lambda: _prepared(content))
    return {
        "name": name,
        "bytes": len(content),
        "checked": checked,
        "opened": opened,
        "kept": kept,
        "prepared": prepared,
        "seconds": round(max(check_time, open_time, keep_time, prepare_time), 2),
        "megabytes": round(peak_memory()),
    }


def _prepared(content: bytes) -> None:
    for how in (Preparation.AUTOMATIC, Preparation.PAD):
        bytes(prepare(content, "picture.png", how).picture)


def measure_apart(name: str) -> dict[str, object]:
    command = [sys.executable, __file__, name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    if "--make" in sys.argv:
        sys.stdout.buffer.write(PICTURES[sys.argv[2]]())
        return
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
        return
    print(f"{'picture':34}{'file KB':>9}{'seconds':>9}{'peak MB':>9}  prepared")
    for name in PICTURES:
        found = measure_apart(name)
        size, text = int(str(found["bytes"])) // 1024, str(found["prepared"])
        text = text.removeprefix("picture.png cannot be read as a ")
        print(f"{name:34}{size:>9,}{found['seconds']:>9}{found['megabytes']:>9}  {text}")


if __name__ == "__main__":
    main()
