"""Pictures made to do harm: each in a process of its own, within memory and time."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "hostile_pictures.py"
NAMES = list(runpy.run_path(str(SCRIPT))["PICTURES"])

MEGABYTES = 300
SECONDS = 20

# What there is beside the pixels does no harm, as nobody looks at it.
HARMLESS = [name for name in NAMES if name.startswith(("png zTXt", "png iTXt", "png iCCP"))]
HARMLESS += ["jpeg EXIF 5000 tags of 60 KB", "png 30000 frames", "webp 50000 frames"]
# As large as they may be.
HARMLESS += [name for name in NAMES if name.endswith(("RGBA", "opaque", "lossless"))]
HARMLESS += ["png 7400x7400", "jpeg 9400x9400", "jpeg progressive 8160x6120", "webp 4096x4096"]


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize("name", NAMES)
def test_memory_and_time_are_bounded(name):
    done = subprocess.run(
        [sys.executable, SCRIPT, name], capture_output=True, text=True, check=True, timeout=100
    )
    found = json.loads(done.stdout)
    assert done.stderr == ""
    assert found["megabytes"] < MEGABYTES
    assert found["seconds"] < SECONDS
    assert found["prepared"] == "read" or found["prepared"].startswith("picture.png cannot be read")
    if name in HARMLESS:
        assert found["prepared"] == "read"
