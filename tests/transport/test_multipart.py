"""The form on the wire, as an independent parser reads it."""

from __future__ import annotations

import io

from hypothesis import example, given
from hypothesis import strategies as st
from python_multipart import parse_form

from openai_images.transport.multipart import FilePart, encode_form

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_\[\]-]{0,20}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
FILE_NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)


def parsed(body: bytes, content_type: str):
    fields, files = [], []
    headers = {"Content-Type": content_type.encode(), "Content-Length": str(len(body)).encode()}
    parse_form(headers, io.BytesIO(body), fields.append, files.append)
    return fields, files


@given(st.lists(st.tuples(NAMES, TEXTS), max_size=8), st.binary(max_size=300))
@example([("prompt", '--boundary\r\n\r\n"quoted"; name="x"')], b"\r\n--\r\n")
def test_an_independent_parser_reads_what_was_put_in(pairs, content):
    body, content_type = encode_form(pairs, [FilePart("image", "a.png", content, "image/png")])
    fields, files = parsed(body, content_type)
    read = [(field.field_name.decode(), (field.value or b"").decode()) for field in fields]
    assert read == pairs
    (file,) = files
    file.file_object.seek(0)
    assert (file.field_name, file.file_name) == (b"image", b"a.png")
    assert file.file_object.read() == content


@given(FILE_NAMES)
@example('a"b\\c.png')
@example("bild für mich.png")
def test_no_file_name_breaks_out_of_its_header(name):
    body, content_type = encode_form([], [FilePart("image", name, b"x", "image/png")])
    boundary = content_type.partition("boundary=")[2].encode()
    head, _, rest = body.partition(b"\r\n\r\n")
    assert rest == b"x\r\n--" + boundary + b"--\r\n"
    assert len(head.split(b"\r\n")) == 3


def test_the_exact_bytes():
    body, content_type = encode_form(
        [("n", "2"), ("user", "Zoë")], [FilePart("image", "cat.png", b"PNG", "image/png")]
    )
    boundary = content_type.removeprefix("multipart/form-data; boundary=")
    assert body.decode() == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="user"\r\n\r\nZoë\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="cat.png"\r\n'
        "Content-Type: image/png\r\n\r\nPNG\r\n"
        f"--{boundary}--\r\n"
    )


def test_the_picture_is_not_in_a_part_s_repr():
    assert "PNG" not in repr(FilePart("image", "cat", b"PNG", "image/png"))
