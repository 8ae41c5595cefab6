import pytest

from openai_images.connection import parse_headers
from openai_images.errors import InvalidConnection


def test_headers_are_read_line_by_line():
    assert parse_headers("X-Team: images\n\n x-env : test:1 ") == (
        ("X-Team", "images"),
        ("x-env", "test:1"),
    )


@pytest.mark.parametrize(
    "line",
    ["no colon sk-secret", "bad name: sk-secret", "Authorization: sk-secret", "x: sk-secret\x01"],
)
def test_a_header_that_cannot_be_stored_is_refused_without_its_value(line):
    with pytest.raises(InvalidConnection) as refusal:
        parse_headers(line)
    assert "sk-secret" not in str(refusal.value)
