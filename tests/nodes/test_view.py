import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.job import Outcome
from openai_images.nodes.view import gallery
from openai_images.request import VariationRequest
from openai_images.response import ImageData, ImagesResponse
from openai_images.services.collect import ResultImage


@pytest.fixture
def outcome(png):
    images = (
        ResultImage(0, ImageData(b64_json="AA"), png, 64, 64),
        ResultImage(1, ImageData(url="https://x/2.png")),
        ResultImage(2, ImageData(), problem="Image 3 is missing: no text."),
    )
    answer = ImagesResponse(1, tuple(image.data for image in images), seed=42)
    return Outcome(VariationRequest(png, "cat.png"), answer=answer, images=images)


def test_the_picture_and_each_variation_have_their_place(outcome):
    page = gallery(outcome)
    assert page.count("<figure") == 4
    assert page.count('<img loading="lazy"') == 2
    assert "cat.png" in page
    assert "seed 42" in page
    assert "https://x/2.png" in page
    assert "Image 3 is missing: no text." in page


def test_the_page_is_self_contained(outcome):
    page = gallery(outcome)
    body = page[page.index("<main>") : page.index("</main>")]
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", body)
    assert addresses
    assert all(re.match("data:image/(png|webp);base64,", address) for address in addresses)
    assert page.count("<script") == 1
    assert "default-src 'none'" in page
    assert "unsafe" not in page


@given(st.text())
def test_no_text_from_outside_becomes_markup(text):
    image = ResultImage(0, ImageData(url=text, revised_prompt=text), problem=text)
    page = gallery(Outcome(VariationRequest(b"", text), images=(image,)))
    assert page.count("<figure") == 2
    markup = re.sub(r"[^<>\"]", "", text)
    harmless = gallery(Outcome(VariationRequest(b"", ""), images=(ResultImage(0, ImageData()),)))
    assert markup == "" or page.count("<") <= harmless.count("<") + 1


def test_a_failed_job_says_why_in_the_view():
    page = gallery(Outcome(VariationRequest(b""), failure="429 <rate> limit"))
    assert "429 &lt;rate&gt; limit" in page


def test_an_answer_without_images_says_so(png):
    assert "holds no images" in gallery(Outcome(VariationRequest(png)))


def test_pictures_are_there_in_full_up_to_a_limit(png, monkeypatch):
    images = tuple(ResultImage(i, ImageData(b64_json="AA"), png, 64, 64) for i in range(3))
    outcome = Outcome(VariationRequest(png, "cat.png"), images=images)
    assert gallery(outcome).count('download="cat-variation-') == 3
    monkeypatch.setattr("openai_images.nodes.view.MOST_FULL_BYTES", 3 * len(png) - 1)
    assert 'download="cat' not in gallery(outcome)
