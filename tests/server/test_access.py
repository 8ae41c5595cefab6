"""The access log."""

from __future__ import annotations

import io
import json
import logging
import re
import urllib.error
import urllib.request

import pytest

from openai_images.server.access import JsonLines, log_to
from openai_images.server.keys import KeyRing
from openai_images.server.settings import Settings

KEY = "a-key-of-the-tests-1"
TOKEN = "A" * 43


@pytest.fixture
def log():
    """What the server logs, and the loggers as they were before."""
    names = ("openai_images.access", "uvicorn.error", "python_multipart")
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.handlers, logger.level, logger.propagate) for logger in loggers]
    stream = io.StringIO()
    log_to(stream)
    yield stream
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


def lines(log: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_every_request_is_a_line_and_no_line_holds_a_key(start, log):
    with start(Settings(port=0, workers=1, keys=KeyRing([KEY]))) as url:
        headers = {"authorization": f"Bearer {KEY}"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{url}/v1/models?key={KEY}", headers=headers)
        ) as answer:
            request_id, length = answer.headers["x-request-id"], len(answer.read())
        wrong = {"authorization": "Bearer some-other-key-123"}
        for path in ("/v1/models", f"/results/{TOKEN}.png", "/%0a%1b[31m" + "x" * 500):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(urllib.request.Request(url + path, headers=wrong))
    requests = [line for line in lines(log) if "status" in line]
    first, *refused = requests
    assert first["request_id"] == request_id
    assert (first["method"], first["path"], first["status"]) == ("GET", "/v1/models", 200)
    assert first["bytes_out"] == length
    assert first["client"] == "127.0.0.1"
    assert 0 <= first["seconds"] < 60
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", first["time"])
    assert [line["status"] for line in refused] == [401, 404, 404]
    assert refused[0]["code"] == "invalid_api_key"
    assert len(refused[2]["path"]) == 200
    for secret in (KEY, "some-other-key-123", TOKEN, "\x1b"):
        assert secret not in log.getvalue()


def test_an_error_of_the_program_is_logged_with_its_trace():
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "It %s", ("broke",), None)
    try:
        raise ValueError("inside")
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    entry = json.loads(JsonLines().format(record))
    assert (entry["level"], entry["message"]) == ("error", "It broke")
    assert "ValueError: inside" in entry["traceback"]
