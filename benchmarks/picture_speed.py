"""What checking and preparing ordinary photographs costs: time and memory.

    python benchmarks/picture_speed.py           all, each in a process of its own: a table
    python benchmarks/picture_speed.py FILE      one file, in this process: a line of JSON

Times are processor time in milliseconds, the best of three; memory is the peak of the process
in MB, with the interpreter, Pillow and the file. Check, open and keep are of the cropped picture.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from openai_images.pictures import (
    Preparation,
    check_for_variation,
    clean_png,
    open_for_variation,
    prepare,
    thumbnail,
)


def photograph(width: int, height: int, kind: str, **options: object) -> bytes:
    """A real photograph (NASA's Eileen Collins, public domain) with a little sensor noise."""
    import numpy as np
    from PIL import Image
    from skimage import data

    image = Image.fromarray(data.astronaut()).resize((width, height), Image.Resampling.BICUBIC)
    noise = np.random.default_rng(0).normal(0, 2, (height, width, 1)).astype(np.int8)
    noisy = np.clip(np.asarray(image).astype(np.int16) + noise, 0, 255).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(noisy).save(file, kind, **options)
    return file.getvalue()


PICTURES: dict[str, Callable[[], bytes]] = {
    "png 1024x1024": lambda: photograph(1024, 1024, "PNG"),
    "png 4000x4000": lambda: photograph(4000, 4000, "PNG", compress_level=3),
    "jpeg 1024x1024": lambda: photograph(1024, 1024, "JPEG", quality=90),
    "jpeg 4000x3000": lambda: photograph(4000, 3000, "JPEG", quality=90),
    "jpeg 4000x3000 progressive": lambda: photograph(4000, 3000, "JPEG", progressive=True),
    "jpeg 8160x6120": lambda: photograph(8160, 6120, "JPEG", quality=90),
    "webp 4000x3000": lambda: photograph(4000, 3000, "WEBP", method=0),
    "tiff 4000x3000": lambda: photograph(4000, 3000, "TIFF"),
}


def milliseconds(work: Callable[[], object], repeats: int = 3) -> float:
    """The best of some runs."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return round(best * 1000, 1)


def peak_memory() -> float:
    """The highest resident size of this process so far, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    ready = prepared(content, Preparation.CROP)
    memory = round(peak_memory())
    return {
        "megabytes": memory,
        "check": milliseconds(lambda: check_for_variation(ready, "photo")),
        "open": milliseconds(lambda: open_for_variation(ready, "photo", 1536)),
        "keep": milliseconds(lambda: clean_png(ready, "photo")),
        "crop": milliseconds(lambda: prepared(content, Preparation.CROP)),
        "pad": milliseconds(lambda: prepared(content, Preparation.PAD)),
        "automatic": milliseconds(lambda: prepared(content, Preparation.AUTOMATIC)),
        "thumbnail": milliseconds(lambda: thumbnail(content, 256)),
        "side": check_for_variation(ready, "photo")[0],
        "bytes": len(ready),
    }


def prepared(content: bytes, how: Preparation) -> bytes:
    return bytes(prepare(content, "photo", how).picture)


def main() -> None:
    import tempfile

    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
        return
    columns = ("crop", "pad", "automatic", "thumbnail", "check", "open", "keep")
    columns += ("megabytes", "side", "bytes")
    print(f"{'picture':28}{'file KB':>9}" + "".join(f"{column:>11}" for column in columns))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo"
        for name, make in PICTURES.items():
            path.write_bytes(make())
            command = [sys.executable, __file__, str(path)]
            found = json.loads(subprocess.check_output(command, text=True))
            size = path.stat().st_size // 1024
            print(f"{name:28}{size:>9,}" + "".join(f"{found[column]:>11}" for column in columns))


if __name__ == "__main__":
    main()
