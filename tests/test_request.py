import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.errors import InvalidRequest
from openai_images.request import RESPONSE_FORMATS, SIZES, VariationRequest, parse_extra_fields


def test_nothing_but_the_picture_is_sent_where_nothing_is_set():
    assert VariationRequest(b"png").fields() == []


def test_set_fields_go_out_in_the_order_of_the_contract_extras_last():
    request = VariationRequest(
        b"png",
        user="u-1",
        size="256x256",
        response_format="b64_json",
        n=3,
        model="dall-e-2",
        extra_fields=(("prompt", "a cat"),),
    )
    assert request.fields() == [
        ("model", "dall-e-2"),
        ("n", "3"),
        ("response_format", "b64_json"),
        ("size", "256x256"),
        ("user", "u-1"),
        ("prompt", "a cat"),
    ]


@pytest.mark.parametrize("n", [0, 11, -1])
def test_n_outside_its_limits_is_refused_with_its_value(n):
    with pytest.raises(InvalidRequest, match=rf"N is {n}; the call makes 1 to 10 images\."):
        VariationRequest(b"png", n=n)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("size", "640x480", 'Size is "640x480"; the call allows 256x256, 512x512, 1024x1024.'),
        ("response_format", "png", 'Response Format is "png"; the call allows url, b64_json.'),
        ("model", " ", "Model is set but empty: enter a value, or switch Set Model off."),
        ("user", "", "User is set but empty: enter a value, or switch Set User off."),
    ],
)
def test_wrong_values_are_refused_with_what_to_do(field, value, message):
    with pytest.raises(InvalidRequest) as refusal:
        VariationRequest(b"png", **{field: value})
    assert str(refusal.value) == message


def test_count_and_pixels_fall_back_to_the_defaults_of_the_call():
    assert (VariationRequest(b"").count, VariationRequest(b"").pixels) == (1, 1024)
    request = VariationRequest(b"", n=4, size="512x512")
    assert (request.count, request.pixels) == (4, 512)


_names = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True).filter(
    lambda name: name not in {"image", "model", "n", "response_format", "size", "user"}
)
_values = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=30)


@given(st.lists(st.tuples(_names, _values)))
def test_extra_fields_read_back_what_was_written(pairs):
    text = "\n# a comment\n\n".join(f" {name} = {value} " for name, value in pairs)
    assert parse_extra_fields(text) == tuple(pairs)


def test_a_value_may_hold_the_sign_that_ends_the_name():
    assert parse_extra_fields("prompt=a=b") == (("prompt", "a=b"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed=1\nprompt", 'line 2 has no "="'),
        ("image=x", '"image" has an option of its own'),
        ("=x", '"" cannot be the name'),
        ('a"b=x', "use letters, digits, _ and - only"),
        ("naïve=x", "cannot be the name of an extra form field"),
    ],
)
def test_extra_fields_that_cannot_be_sent_are_refused(text, message):
    with pytest.raises(InvalidRequest) as refusal:
        parse_extra_fields(text)
    assert message in str(refusal.value)


def test_a_key_pasted_for_a_field_is_not_quoted():
    with pytest.raises(InvalidRequest) as refusal:
        parse_extra_fields("sk-secret")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("field", ["size", "response_format", "extra_fields"])
def test_what_is_quoted_can_drive_no_terminal(field):
    text = "\x1b]0;a\x07\r\nb\u2028" + "c" * 1000
    value = ((text, "x"),) if field == "extra_fields" else text
    with pytest.raises(InvalidRequest) as refusal:
        VariationRequest(b"", **{field: value})
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 300


@given(
    st.sampled_from([None, *RESPONSE_FORMATS]),
    st.sampled_from([None, *SIZES]),
    st.none() | st.integers(1, 10),
)
def test_exactly_the_fields_that_are_set_are_sent(response_format, size, n):
    values = {"n": n, "response_format": response_format, "size": size}
    expected = {name: str(value) for name, value in values.items() if value is not None}
    assert dict(VariationRequest(b"", **values).fields()) == expected


@pytest.mark.parametrize(
    "separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r", "\x00"]
)
def test_no_character_in_a_value_starts_a_further_field(separator):
    with pytest.raises(InvalidRequest, match="line break"):
        parse_extra_fields(f"prompt=a cat{separator}seed=1")


def test_lines_may_end_as_windows_ends_them():
    assert parse_extra_fields("prompt=a cat\r\nseed=1\r\n") == (("prompt", "a cat"), ("seed", "1"))
