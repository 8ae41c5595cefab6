"""Draws the pictures of dialogs, gallery and the server's page for the documentation.

`python -m tests.browser.screenshots [--width PIXELS] FOLDER` fills FOLDER/dialogs, FOLDER/gallery
and FOLDER/page; `make screenshots` does it for docs/images.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from openai_images import Connection
from openai_images.job import Outcome, VariationJob
from openai_images.nodes.view import gallery
from openai_images.options import EngineOptions
from openai_images.request import VariationRequest
from openai_images.session import open_session
from openai_images.watch import UNWATCHED

from .chromium import CHROMIUM, NODE
from .dialog_states import ROOT, dialog_states
from .test_page import serving

HERE = Path(__file__).parent
PHOTO = ROOT / "demos" / "landscape.png"
PANEL = 400  # pixels; KNIME's dialogs are as wide, and may be drawn down to 360
COLOURS = 128  # of a dialog's picture
QUALITY = 80  # of a picture with photographs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=PANEL, help="of the dialogs")
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, serving() as page_url:
        plan = {
            "dialogs": dict(dialog_states()),
            "galleries": _galleries(Path(temporary)),
            "photo": str(PHOTO),
            "page_url": page_url,
        }
        shots = Path(temporary) / "shots"
        (Path(temporary) / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        environment = {
            "PLAN": str(Path(temporary) / "plan.json"),
            "WIDTH": str(given.width),
            "SHOTS": str(shots),
            "CHROMIUM": CHROMIUM,
        }
        subprocess.run(
            [NODE, "screenshots.mjs"], cwd=HERE, env=os.environ | environment, check=True
        )
        for kind in ("dialogs", "gallery", "page"):
            _keep(shots / kind, given.folder / kind)


def _galleries(folder: Path) -> dict[str, str]:
    """Gallery pages by the name of what they show."""
    connection = Connection(engine=EngineOptions(seed=11))
    request = VariationRequest(b"", n=4, size="512x512")
    with open_session(connection, None) as session:
        variations = VariationJob(str(PHOTO), request).run(session, UNWATCHED)
    cut_off = Outcome(
        VariationRequest(PHOTO.read_bytes(), "scan-17.png"),
        failure="The file scan-17.png ends too early: 5,124 bytes are there. Fetch it again.",
    )
    pages = {"variations": [variations], "failures": [variations, cut_off]}
    for name, outcomes in pages.items():
        (folder / f"{name}.html").write_text(gallery(*outcomes), encoding="utf-8")
    return {name: str(folder / f"{name}.html") for name in pages}


def _keep(shots: Path, folder: Path) -> None:
    """Put pictures where they belong, as small files; those of an earlier run go."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for shot in sorted(shots.iterdir()):
        with Image.open(shot) as picture:
            if shots.name == "dialogs":
                few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
                few.save(folder / shot.name, optimize=True)
            else:
                picture.convert("RGB").save(folder / f"{shot.stem}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
