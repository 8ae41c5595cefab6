"""From form fields to a call; the refusals over the wire are in test_routes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.server.calls import Call, edit_call, variation_call
from openai_images.server.form import Form, FormFile
from openai_images.server.refusal import Refusal

PICTURE = FormFile("cat.png", b"content")


def form(**fields: str) -> Form:
    return Form(fields, {"image": (PICTURE,)})


def test_the_defaults():
    call = variation_call(form())
    assert call == Call(PICTURE, False, 1, 1024, True, 0, call.seed, 0.5)
    assert variation_call(form()).seed != call.seed


def test_every_field():
    call = variation_call(
        form(n=" 3 ", size="256x256", response_format="b64_json", seed="7", index="2", strength="1")
    )
    assert call == Call(PICTURE, False, 3, 256, False, 2, 7, 1.0)


def test_the_picture_may_come_under_both_names():
    assert variation_call(Form({}, {"image[]": (PICTURE,)})).picture is PICTURE
    with pytest.raises(Refusal, match="2 pictures were sent"):
        variation_call(Form({}, {"image[]": (PICTURE,), "image": (PICTURE,)}))


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "missing_required_parameter"), ({"image": "x"}, "invalid_type")],
)
def test_without_a_picture_there_is_no_call(fields, code):
    with pytest.raises(Refusal) as refused:
        variation_call(Form(fields, {}))
    assert (refused.value.status, refused.value.code) == (400, code)


def test_fields_without_effect_are_noted():
    assert variation_call(form(user="u", model="m")).note == ""
    assert variation_call(form(style="vivid")).note.endswith(": style.")
    both = Form({"prompt": "x", "quality": "low"}, {"image": (PICTURE,), "markup": (PICTURE,)})
    assert edit_call(both).note.endswith(": markup, prompt, quality.")


@pytest.mark.parametrize("stream", ["false", "False", "0"])
def test_an_edit_without_streaming_may_say_so(stream):
    assert edit_call(form(stream=stream, prompt="x" * 32_000)).crop


@given(
    st.dictionaries(
        st.sampled_from(["n", "size", "response_format", "seed", "index", "strength", "prompt"]),
        st.text() | st.integers().map(str) | st.floats().map(str),
    )
)
def test_any_fields_are_a_call_within_the_limits_or_a_bad_request(fields):
    for read in (variation_call, edit_call):
        try:
            call = read(form(**fields))
        except Refusal as refused:
            seen = (refused.status, len(str(refused)) < 400)
            assert seen == (400, True)
            continue
        assert 1 <= call.n <= 10
        assert call.pixels in (256, 512, 1024)
        assert 0 <= call.strength <= 1
        assert 0 <= call.seed < 2**63
        assert 0 <= call.index <= 9999


def test_a_variations_call_may_ask_for_the_picture_to_be_prepared():
    assert not variation_call(form()).prepare
    assert variation_call(form(prepare_image="automatic")).prepare
    with pytest.raises(Refusal, match="Supported values are"):
        variation_call(form(prepare_image="crop"))
    assert "prepare_image" in edit_call(form(prepare_image="automatic")).note
