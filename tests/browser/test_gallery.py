"""Runs gallery.test.mjs: the gallery view in Chromium."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from openai_images.job import Outcome
from openai_images.nodes.view import gallery
from openai_images.request import VariationRequest
from openai_images.response import ApiResponse, ImageData, ImagesResponse
from openai_images.services.collect import ResultImage

from .chromium import browser_marks, run_script

HERE = Path(__file__).parent

pytestmark = browser_marks(HERE, "tests/browser")


def _png(colour):
    file = io.BytesIO()
    ramp = Image.linear_gradient("L").resize((700, 700))
    Image.merge("RGB", [ramp.point(lambda v, c=c: v * c // 255) for c in colour]).save(file, "PNG")
    return file.getvalue()


def test_the_gallery_in_chromium(tmp_path):
    colours = [(200, 120, 40), (40, 160, 200)]
    images = [
        ResultImage(i, ImageData(b64_json="AA"), _png(colour), 700, 700)
        for i, colour in enumerate(colours)
    ]
    images.append(ResultImage(2, ImageData(), problem="Image 3 is missing: it came cut off."))
    outcome = Outcome(
        VariationRequest(_png((120, 120, 120)), "cat.png"),
        ApiResponse(200, {"x-request-id": "req_1"}, b""),
        ImagesResponse(1, tuple(image.data for image in images), seed=7),
        tuple(images),
    )
    path = tmp_path / "gallery.html"
    path.write_text(gallery(outcome), encoding="utf-8")
    run_script(HERE, "gallery.test.mjs", tmp_path, GALLERY=str(path))
