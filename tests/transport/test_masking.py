"""A key that a service echoes, in every spelling that decoding can undo."""

from __future__ import annotations

import base64
import html
import json
import re
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.response import ApiResponse
from openai_images.secret import Secret
from openai_images.transport.limits import MAX_ERROR_BYTES
from openai_images.transport.masking import Mask

KEY = "sk-marked/Key+for=masks?0123456789"
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40)

# Spellings of one character; each decoder of `undone` reads some of them.
SPELLINGS = (
    lambda c: c,
    lambda c: f"\\u{ord(c):04x}",
    lambda c: f"\\u{ord(c):04X}",
    lambda c: f"\\\\u{ord(c):04x}",
    lambda c: f"\\x{ord(c):02x}",
    lambda c: c if c.isalnum() else f"\\{c}",
    lambda c: f"%{ord(c):02X}",
    lambda c: f"%25{ord(c):02x}",
    lambda c: f"&#{ord(c)};",
    lambda c: f"&#x{ord(c):x};",
    lambda c: f"&amp;#0{ord(c)};",
    lambda c: html.escape(c),
    lambda c: f"\\{ord(c):03o}",
    lambda c: f"%u{ord(c):04X}",
)


def undone(text: str) -> str:
    """`text` after other decoders than those of the product, until nothing is left to undo."""
    for _ in range(20):
        before = text
        text = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        text = re.sub(r"\\+x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text)
        text = re.sub(r"\\+([01][0-7]{2})", lambda found: chr(int(found[1], 8)), text)
        text = re.sub(r"%u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        text = re.sub(r"\\+([^\w\s\\])", r"\1", text)
        text = html.unescape(unquote(text))
        if text == before:
            break
    return text


def masked(text: str, key: str = KEY) -> str:
    return Mask(Secret(key, name="k"))(ApiResponse(200, {}, text.encode())).text


@given(st.data(), st.text(max_size=20), st.text(max_size=20))
def test_no_spelling_of_the_key_comes_back(data, before, after):
    spelled = "".join(data.draw(st.sampled_from(SPELLINGS))(c) for c in KEY)
    text = masked(before + spelled + after)
    assert KEY not in undone(text)
    assert "[key]" in text


@given(KEYS, st.sampled_from(SPELLINGS))
def test_no_spelling_of_any_key_comes_back(key, spelling):
    text = masked("".join(map(spelling, key)), key)
    assert key not in text
    assert undone(key) not in undone(text) or undone(key) in "[key]"


@given(st.integers(0, 2), st.integers(1, 3), st.booleans())
def test_base64_at_any_place_and_of_base64(before, times, is_long):
    times = 1 if is_long else times
    text = f"{'x' * before}Bearer {KEY}{'y' * 5}"
    for _ in range(times):
        text = base64.b64encode(text.encode()).decode()
    shown = masked(("a " * MAX_ERROR_BYTES if is_long else "") + text)
    for _ in range(times):
        tokens = re.findall(r"[A-Za-z0-9+/]{8,}={0,2}", shown)
        shown = " ".join(_decoded(token) for token in tokens)
    assert KEY not in shown


@pytest.mark.parametrize(
    "form",
    [
        KEY,
        f"Bearer {KEY}",
        quote(KEY, safe=""),
        quote(quote(KEY, safe=""), safe=""),
        json.dumps({"error": json.dumps({"key": KEY})}),
        "".join(f"\\u{ord(c):04x}" for c in KEY),
        KEY.replace("/", "\\/"),
        KEY.replace("+", "\\u002B"),
        KEY.replace("/", "&#47;"),
        KEY.replace("/", "&sol;").replace("+", "&plus;"),
        quote("".join(f"\\u{ord(c):04x}" for c in KEY), safe=""),
        base64.b64encode(KEY.encode()).decode(),
        base64.urlsafe_b64encode(f"ab{KEY}".encode()).decode(),
        KEY.encode().hex(),
    ],
)
@pytest.mark.parametrize("padding", [0, 100_000], ids=["an error", "as long as a picture"])
def test_bodies_and_headers_are_masked(form, padding):
    body = f"before {form} after{' ' * padding}".encode()
    answer = Mask(Secret(KEY, name="k"))(ApiResponse(200, {"x-echo": form}, body))
    for text in (answer.headers["x-echo"], answer.text):
        assert "[key]" in text
        assert KEY not in undone(text)
        assert KEY.encode().hex() not in text


def test_what_hides_the_key_too_well_is_masked_as_a_whole():
    spelled = "".join(f"&#{ord(c)};" for c in "".join(f"%5Cu{ord(c):04x}" for c in KEY))
    assert masked(spelled) == "[key]"


@pytest.mark.parametrize(
    "form",
    [
        "\u200b".join(KEY),
        "\0".join(KEY),
        f"{KEY[:9]}\n{KEY[9:]}",
        f"{KEY[:9]}\\n{KEY[9:]}",
        KEY.encode().hex(":"),
        KEY.encode().hex(" "),
        ",".join(f"0x{ord(c):02X}" for c in KEY),
        base64.encodebytes(b"x" * 40 + KEY.encode()).decode(),
        json.dumps(base64.encodebytes(b"x" * 41 + KEY.encode()).decode()),
        "".join(f"={ord(c):02X}" for c in KEY),
        KEY.replace("=", "=3D"),
        KEY.encode("utf-7").decode(),
    ],
)
def test_a_key_with_something_between_its_letters_is_masked(form):
    assert masked(f"Wrong key: {form}") == "[key]"


@pytest.mark.parametrize("escape", ["%25", "\\x41", "&amp;"])
def test_more_escapes_than_any_answer_has_are_not_undone(escape):
    assert masked(escape * 1_000_001) == "[key]"
    long = "A" * 3_000_000
    assert masked(json.dumps({"b64_json": long}) + escape) != "[key]"


def test_a_short_word_for_a_key_does_not_mask_what_is_only_like_it():
    assert masked("An API key is not needed.", "not-needed") == "An API key is not needed."


def test_more_layers_than_anybody_undoes_are_not_kept():
    text = "&#37;"
    for _ in range(12):
        text = "".join(f"&#{ord(c)};" for c in text[:20]) + text[20:]
    deep = masked(text)
    assert deep == "[key]" or KEY not in undone(deep)


@given(st.text(max_size=2000))
def test_other_text_stays_as_it_came(text):
    assert masked(text) == text.encode(errors="replace").decode()


@given(st.binary(max_size=3000))
def test_other_bytes_stay_as_they_came(body):
    assert Mask(Secret(KEY, name="k"))(ApiResponse(200, {}, body)).body == body
    assert Mask(None)(ApiResponse(200, {}, body)).body == body


def _decoded(token: str) -> str:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4)).decode("latin-1")
    except ValueError:
        return ""
