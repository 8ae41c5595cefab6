"""How long the gallery of 100 pictures takes: to be made, and to be open in Chromium.

    python -m benchmarks.gallery

It needs Chromium, Node.js and the packages of tests/browser. The gallery of a node holds its
pictures; that of the command line names the files beside it.
"""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data
from tests.browser.chromium import CHROMIUM, NODE

from openai_images.gallery import figure, page, picture
from openai_images.job import Outcome
from openai_images.nodes.view import gallery
from openai_images.request import VariationRequest
from openai_images.response import ApiResponse, ImageData, ImagesResponse
from openai_images.services.collect import ResultImage

PICTURES = 100
EDGE = 1024
_OPEN = """
import { chromium } from "playwright-core";
const [executablePath, ...pages] = process.argv.slice(1);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const address of pages) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  const begin = performance.now();
  await page.goto(address);
  const loaded = performance.now() - begin;
  await page.evaluate(() => Promise.all([...document.querySelectorAll("a.open img")]
    .filter((image) => image.getBoundingClientRect().top < innerHeight)
    .map((image) => image.decode())));
  const shown = performance.now() - begin;
  await page.locator("a.open").nth(1).click();
  await page.evaluate(() => document.querySelector("#viewer-shown").decode());
  console.log(JSON.stringify({ loaded, shown, enlarged: performance.now() - begin - shown }));
}
await browser.close();
"""


def main() -> None:
    photograph = np.asarray(Image.fromarray(data.astronaut()).resize((EDGE, EDGE)))
    pngs = [_png(np.roll(photograph, 7 * number, axis=1)) for number in range(PICTURES)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        begin = time.perf_counter()
        text = gallery(_outcome(pngs))
        made = time.perf_counter() - begin
        (folder / "node.html").write_text(text, encoding="utf-8")
        for number, png in enumerate(pngs):
            (folder / f"{number}.png").write_bytes(png)
        names = [f"{number}.png" for number in range(PICTURES)]
        figures = [figure(picture(name, name, file_name=name), name, "") for name in names]
        text = page(figures, images="'self' file: data:")
        (folder / "files.html").write_text(text, encoding="utf-8")
        print(f"{PICTURES} pictures of {EDGE} x {EDGE} pixels")
        print(f"made in {made:.2f} s, {(folder / 'node.html').stat().st_size / 1e6:.1f} MB")
        _open(folder / "node.html", folder / "files.html")


def _open(*pages: Path) -> None:
    command = [NODE, "--input-type=module", "-e", _OPEN, CHROMIUM, *(p.as_uri() for p in pages)]
    folder = Path(__file__).parents[1] / "tests" / "browser"
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    for path, line in zip(pages, run.stdout.splitlines(), strict=True):
        times = {name: f"{value / 1000:.2f} s" for name, value in json.loads(line).items()}
        print(path.name, times)


def _outcome(pngs: list[bytes]) -> Outcome:
    images = tuple(
        ResultImage(number, ImageData(b64_json="AA"), png, EDGE, EDGE)
        for number, png in enumerate(pngs)
    )
    answer = ImagesResponse(1, tuple(image.data for image in images), seed=7)
    response = ApiResponse(200, {}, b"")
    return Outcome(VariationRequest(pngs[0], "astronaut.png"), response, answer, images)


def _png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


if __name__ == "__main__":
    main()
