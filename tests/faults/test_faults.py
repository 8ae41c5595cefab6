"""Each fault of the table: what the user gets, how often the service is asked, and no leak."""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import re
from urllib.parse import unquote_plus

import pytest

from .fault import KEY, Fault, Refused
from .faults_proxy_tls import PROXY_PASSWORD
from .play import Played, play
from .table import FAULTS

# The longest deadline of the table, with room for what a busy machine does slowly.
LONGEST_SECONDS = 20


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_fault(fault: Fault, tmp_path):
    played = play(fault, tmp_path)
    if isinstance(fault.gives, Refused):
        assert _general(str(played.error), played, tmp_path) == fault.gives.message
        assert type(played.error) is fault.gives.kind
        assert played.error.may_be_billed == fault.gives.billed
    else:
        assert played.error is None
        assert sum(image.png is not None for image in played.images) == fault.gives.pictures
        warnings = [_general(warning, played, tmp_path) for warning in played.warnings]
        assert tuple(warnings) == fault.gives.warnings
    assert played.tries == fault.tries
    assert played.requests == (fault.tries if fault.reaches else 0)
    assert played.fetches == fault.fetches
    assert played.seconds < LONGEST_SECONDS
    assert played.left_running == 0
    assert not holds_key(played.shown)
    assert PROXY_PASSWORD not in played.shown


def test_there_are_enough_faults_and_each_has_its_name():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 40


@pytest.mark.parametrize(
    "shown",
    [
        f"Authorization: Bearer {KEY}",
        "https://host/?key=sk-marked%2FKey%2Bfor%3Dfaults%3F0123456789",
        "".join(f"\\\\u{ord(c):04x}" for c in KEY),
        KEY.replace("/", "\\/").replace("+", "&#43;"),
        "".join(f"%25{ord(c):02x}" for c in KEY),
        "sent " + base64.b64encode(f"Bearer {KEY}".encode()).decode(),
        "sent " + base64.urlsafe_b64encode(f"a:{KEY}".encode()).decode(),
    ],
)
def test_a_leak_would_be_found(shown):
    assert holds_key(shown)


def holds_key(shown: str) -> bool:
    """Whether a text holds the marked key, plain, escaped or inside base64."""
    plain = [shown, unquote_plus(shown), _unescaped(shown)]
    for run in set(re.findall(r"[A-Za-z0-9+/_-]{20,}", shown)):
        letters = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = letters[start:]
            with contextlib.suppress(binascii.Error):
                plain.append(base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1"))
    return any(KEY in text for text in plain)


def _unescaped(text: str) -> str:
    for _ in range(4):
        before = text
        text = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        text = html.unescape(unquote_plus(text.replace("\\/", "/").replace("+", "%2B")))
        if text == before:
            break
    return text


def _general(message: str, played: Played, folder) -> str:
    """A message with what differs from run to run replaced as the table has it."""
    port = played.server_address.rpartition(":")[2]
    for found, name in (
        (str(folder), "{folder}"),
        (played.server_address, "{address}"),
        (port, "{port}"),
    ):
        message = message.replace(found, name)
    return message
