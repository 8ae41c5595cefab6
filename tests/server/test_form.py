"""Taking multipart forms apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from openai_images.server.form import Form, parse_form
from openai_images.server.refusal import Refusal
from openai_images.server.settings import Limits

LIMITS = Limits(parts=4, field_bytes=1000)
BOUNDARY = "some-boundary"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def parse(*parts: bytes, content_type: str = TYPE) -> Form:
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    return parse_form(Headers({"content-type": content_type}), body, LIMITS)


def refused(*parts: bytes, content_type: str = TYPE) -> tuple[int, str | None, str]:
    with pytest.raises(Refusal) as error:
        parse(*parts, content_type=content_type)
    return error.value.status, error.value.code, str(error.value)


def test_fields_and_files_are_told_apart_by_the_file_name():
    form = parse(part("n", b"2"), part("image", b"\x00\r\n--x", "a b.png"), part("image", b"", ""))
    assert form.fields == {"n": "2"}
    assert [(file.name, file.content) for file in form.files["image"]] == [
        ("a b.png", b"\x00\r\n--x"),
        ("image", b""),
    ]


def test_no_part_is_no_form_to_complain_about():
    assert parse() == Form({}, {})


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "application/x-www-form-urlencoded", "multipart/mixed"]
)
def test_other_content_types_are_unsupported(content_type):
    status, code, message = refused(content_type=content_type)
    assert (status, code) == (415, "unsupported_content_type")
    assert content_type in message


@pytest.mark.parametrize(
    "parts",
    [
        [part("n", b"1")] * 5,
        [part(f"n{i}", b"1") for i in range(5)],
        [part("image", b"x", "a.png")] * 5,
        [part(f"n{i}", b"1") for i in range(3)] + [part("image", b"x", "a.png")] * 2,
        [part("prompt", b"x" * 1001)],
        [b"no part at all\r\n"],
        [f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n".encode()],
        [f"--{BOUNDARY}\r\n{'X: y' * 5000}\r\n\r\nx\r\n".encode()],
    ],
)
def test_malformed_and_oversized_forms_are_refused(parts):
    assert refused(*parts)[:2] == (400, "invalid_multipart_form")


def test_a_boundary_is_needed():
    status, code, message = refused(content_type="multipart/form-data")
    assert (status, code) == (400, "invalid_multipart_form")
    assert "boundary" in message


def test_a_field_twice_is_refused_by_its_name():
    assert refused(part("n", b"1"), part("n", b"2"))[1:] == (
        "duplicate",
        "Duplicate parameter: 'n'.",
    )


def test_a_form_that_is_cut_off_is_refused():
    whole = part("image", b"x" * 50, "a.png") + f"--{BOUNDARY}--\r\n".encode()
    for length in range(len(whole) - 4):
        with pytest.raises(Refusal, match="Could not parse multipart form"):
            parse_form(Headers({"content-type": TYPE}), whole[:length], LIMITS)
    assert parse_form(Headers({"content-type": TYPE}), whole, LIMITS).files


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "no-such-charset"]))
def test_any_bytes_are_a_form_or_a_bad_request(junk, charset):
    headers = Headers({"content-type": f"{TYPE}; charset={charset}"})
    ending = f"--{BOUNDARY}--\r\n".encode()
    for body in (junk, part("n", junk) + ending, part("image", junk, "a.png") + junk + ending):
        status = 200
        try:
            parse_form(headers, body, LIMITS)
        except Refusal as refused:
            status = refused.status
        assert status in (200, 400)


@given(st.binary(max_size=300))
def test_a_file_comes_out_as_it_went_in(content):
    form = parse(part("image", content, "a.png"))
    assert form.files["image"][0].content == content
