"""JSON from outside: the values that json gives, in memory that does not depend on the sender."""

from __future__ import annotations

import base64
import json
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images import bounded_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture(autouse=True, scope="module", params=[1, bounded_json._LONG])
def _lifted_from(request):
    """Small texts are read in both ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded_json, "_LONG", request.param)
        yield


LARGE = base64.b64encode(os.urandom(30_000)).decode()


@given(VALUES, st.booleans())
def test_any_small_value_is_read_as_json_reads_it(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)
    body = text.encode("utf-8", errors="replace")
    assert bounded_json.loads(body) == json.loads(body)


@given(VALUES, st.integers(0, 5))
def test_large_base64_texts_stay_in_their_places(value, count):
    data = [{"b64_json": LARGE, "nested": value} for _ in range(count)]
    assert bounded_json.loads(json.dumps({"data": data, LARGE: 1}).encode()) == json.loads(
        json.dumps({"data": data, LARGE: 1})
    )


@pytest.mark.parametrize(
    "text",
    [
        LARGE.replace("/", "\\/"),
        "\\r\\n".join(LARGE[i : i + 76] for i in range(0, len(LARGE), 76)),
        "data:image/png;base64," + LARGE,
        'said: \\"' + LARGE,
        LARGE + "\\\\/" + LARGE,
        LARGE + "\\u0041\\\\",
        LARGE + "é",
    ],
    ids=[
        *("slashes escaped", "lines broken", "a data URL", "inside a longer text"),
        *("an escaped backslash", "other escapes", "other letters"),
    ],
)
def test_base64_texts_as_servers_write_them(text):
    body = f'{{"b64_json": "{text}"}}'
    assert bounded_json.loads(body.encode()) == json.loads(body)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_value_or_a_value_error(body):
    try:
        bounded_json.loads(body)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("body", "peak_megabytes"),
    [
        pytest.param(b"[" * 1_000_000, 20, id="nested"),
        pytest.param(b"[" + b"{}," * 10_000_000 + b"{}]", 40, id="many small values"),
        pytest.param(b'["\\ud83d\\ude00' + b"A" * 30_000_000 + b'"]', 100, id="one wide letter"),
        pytest.param(b'["' + "\U0001f600".encode() * 8_000_000 + b'"]', 40, id="wide letters"),
        pytest.param(b'{"' + b"A" * 3_000_000 + b'\\u0041": 1}', 20, id="an odd escape"),
    ],
)
def test_hostile_bodies_are_refused_in_bounded_memory(body, peak_megabytes):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"too large|nested"):
            bounded_json.loads(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < peak_megabytes * 1_000_000


@pytest.mark.parametrize(
    "body",
    [b'["' + b'\\"' * 1_100_000 + b'"]', b"[" + b'"",' * 700_000 + b'""]'],
    ids=["escaped quotes", "many small texts"],
)
def test_much_that_is_no_long_text_is_refused(body):
    with pytest.raises(ValueError, match="too large"):
        bounded_json.loads(body)


@pytest.mark.parametrize("depth", [300, 600, 900])
def test_a_long_text_deep_inside_is_found_or_refused(depth):
    body = b"[" * depth + f'"{LARGE}"'.encode() + b"]" * depth
    try:
        value = bounded_json.loads(body)
    except ValueError:
        return
    for _ in range(depth):
        (value,) = value
    assert value == LARGE


def test_a_long_text_may_have_line_breaks_in_it():
    broken = "\n".join(LARGE[i : i + 76] for i in range(0, len(LARGE), 76))
    assert bounded_json.loads(f'["{broken}"]'.encode()) == [broken]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NaN", None),
        ("-Infinity", None),
        ("1e999", None),
        ("-1e999", None),
        ("1.5", 1.5),
        ("12345678901234567890", 12345678901234567890),
        ("1" + "0" * 200, 10**200),
        ("9" * 5000, None),
    ],
)
def test_what_is_read_can_be_written_again(text, value):
    assert bounded_json.loads(f'{{"usage": [{text}]}}'.encode()) == {"usage": [value]}


@given(st.text(alphabet='0123456789.eE+-NaIinfty{}[],:"', max_size=40))
def test_whatever_is_read_can_be_written_again(text):
    try:
        value = bounded_json.loads(text.encode())
    except ValueError:
        return
    assert json.loads(json.dumps(value, allow_nan=False)) == value
