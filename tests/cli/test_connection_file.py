"""A connection in a TOML file."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openai_images.cli.connecting import connect
from openai_images.cli.connection_file import read_connection
from openai_images.connection import Connection, Route, ServiceKind
from openai_images.errors import InvalidConnection
from openai_images.options import RetryPolicy, Timeouts

WHOLE = """
service = "compatible"
base_url = "https://images.example.org/v1"
credential = "THE_KEY"
route = "edits"
default_model = "sd-tiny"
requests_per_minute = 30
proxy = "http://proxy:3128"

[timeouts]
connect = 5
[retry]
attempts = 3
may_bill_twice = true
[headers]
X-Team = "cats"
[edits]
prompt = "more cats"
output_compression = 80
[prices]
image_output = "30"
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "connection.toml"


def test_every_key_reaches_the_connection(file):
    file.write_text(WHOLE)
    connection = connect(None, "", "", file)
    assert (connection.service, connection.route) == (ServiceKind.COMPATIBLE, Route.EDITS)
    assert connection.credential == "THE_KEY"
    assert connection.timeouts == Timeouts(connect=5)
    assert connection.retry == RetryPolicy(attempts=3, may_bill_twice=True)
    assert connection.headers == (("X-Team", "cats"),)
    assert (connection.edits.prompt, connection.edits.output_compression) == ("more cats", 80)
    assert connection.prices.image_output == "30"


def test_the_file_in_the_document_is_one(file):
    document = Path(__file__).parents[2] / "docs" / "command-line.md"
    (example,) = re.findall("```toml[^\n]*\n(.*?)```", document.read_text(), re.DOTALL)
    file.write_text(example)
    assert connect(None, "", "", file).retry.attempts == 3


def test_options_go_before_the_file(file):
    file.write_text(WHOLE)
    connection = connect(ServiceKind.OPENAI, "http://127.0.0.1:9/v1", "OTHER", file)
    assert connection.service is ServiceKind.OPENAI
    assert (connection.base_url, connection.credential) == ("http://127.0.0.1:9/v1", "OTHER")
    assert connection.default_model == "sd-tiny"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a = ", "not a TOML file in UTF-8"),
        ("\xff", "not a TOML file"),
        ("a = [" * 5000, "not a TOML file"),
        ('api_key = "sk-marked-0123456789"', 'has "api_key"; known there are: '),
        ("retry = 3", r"write \[retry\]"),
        ("[retry]\nattemps = 3", 'has "retry.attemps"; known there are: attempts'),
        ("[retry]\nattempts = 2.5", "retry.attempts is not a whole number"),
        ("[retry]\nattempts = true", "retry.attempts is not a whole number"),
        ("[retry]\nattempts = 0", "Attempts is 0"),
        ("[timeouts]\nread = nan", "Read timeout is nan"),
        ('service = "bedrock"', "service is none of embedded, openai"),
        ("service = []", "service is none of"),
        ("proxy = 1979-05-27", "proxy is not a text"),
        ('headers = [["X", "y"]]', r"write \[headers\]"),
        ('[headers]\nAuthorization = "sk-marked-0123456789"', "carries a secret"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_quoting_a_value(file, content, message):
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(InvalidConnection, match=message) as refused:
        connect(ServiceKind.COMPATIBLE, "http://127.0.0.1:9/v1", "", file)
    assert "sk-marked" not in str(refused.value)


@pytest.mark.parametrize("place", [".", "missing.toml"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, place):
    with pytest.raises(InvalidConnection, match="cannot be read"):
        read_connection(tmp_path / place)


LEAVES = st.one_of(st.booleans(), st.integers(), st.floats(), st.text())
KEYS = st.sampled_from([*Connection.__dataclass_fields__, "attempts", "connect", "other"])


@given(
    values=st.dictionaries(
        KEYS,
        st.recursive(
            LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=8
        ),
    )
)
@example(values={"base_url": "\x1b"})
def test_any_table_gives_a_connection_or_a_refusal(tmp_path_factory, values):
    import json

    def toml(value):
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(toml, value)) + "]"
        if isinstance(value, str):
            return json.dumps(value)
        return str(value).lower()

    file = tmp_path_factory.getbasetemp() / "any.toml"
    lines = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
    file.write_text(lines, encoding="utf-8", errors="replace")
    try:
        connect(None, "", "", file)
    except InvalidConnection as error:
        assert str(error).isprintable()  # noqa: PT017
