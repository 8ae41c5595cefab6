import base64
import io
import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from openai_images.response import ApiResponse
from openai_images.services.scaling import scale_down


def encoded(kind="PNG", size=(64, 64), mode="RGB"):
    file = io.BytesIO()
    gradient = Image.linear_gradient("L").resize(size)
    picture = gradient.convert(mode)
    if mode == "RGBA":
        picture.putalpha(gradient)
    picture.save(file, kind)
    return base64.b64encode(file.getvalue()).decode("ascii")


def answer(*texts, **more):
    items = [{"b64_json": text, "revised_prompt": "a cat"} for text in texts]
    return ApiResponse(
        200, {"x": "y"}, json.dumps({"data": items, "size": "64x64", **more}).encode()
    )


def pictures(response):
    items = json.loads(response.body)["data"]
    return [Image.open(io.BytesIO(base64.b64decode(item["b64_json"]))) for item in items]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_keeps_its_format_and_everything_else_stays(kind):
    scaled = scale_down(answer(encoded(kind), usage={"total_tokens": 7}), 16, 1)
    (picture,) = pictures(scaled)
    assert (picture.size, picture.format) == ((16, 16), kind)
    body = json.loads(scaled.body)
    assert (body["size"], body["usage"]) == ("16x16", {"total_tokens": 7})
    assert body["data"][0]["revised_prompt"] == "a cat"
    assert (scaled.status, scaled.headers) == (200, {"x": "y"})


def test_scaling_is_lanczos():
    (scaled,) = pictures(scale_down(answer(encoded()), 16, 1))
    (large,) = pictures(answer(encoded()))
    expected = large.resize((16, 16), Image.Resampling.LANCZOS)
    assert ImageChops.difference(scaled, expected).getbbox() is None


def test_transparency_is_kept():
    (scaled,) = pictures(scale_down(answer(encoded(mode="RGBA")), 16, 1))
    assert scaled.mode == "RGBA"


@pytest.mark.parametrize("size", [(64, 48), (16, 16), (8, 8)])
def test_what_is_not_square_or_already_small_is_not_touched(size):
    response = answer(encoded(size=size))
    assert scale_down(response, 16, 1) is response


def test_no_more_are_scaled_than_were_asked_for():
    scaled = pictures(scale_down(answer(*[encoded()] * 3), 16, 2))
    assert [picture.size for picture in scaled] == [(16, 16), (16, 16), (64, 64)]


def test_nothing_is_scaled_after_the_deadline():
    late = replace(answer(encoded()), ends=time.monotonic() - 1)
    assert scale_down(late, 16, 1) is late
    early = replace(answer(encoded()), ends=time.monotonic() + 60)
    assert pictures(scale_down(early, 16, 1))[0].size == (16, 16)


def test_what_is_larger_than_the_call_makes_is_not_opened(monkeypatch):
    response = answer(encoded(size=(4000, 4000)))
    monkeypatch.setattr(Image, "open", None)
    assert scale_down(response, 16, 1) is response


_items = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["b64_json", "url"]), inner),
)


@given(st.binary() | st.fixed_dictionaries({"data": _items}).map(lambda v: json.dumps(v).encode()))
def test_what_is_no_picture_is_never_lost(body):
    response = ApiResponse(200, {}, body)
    assert scale_down(response, 256, 10) is response
