"""API keys and where they come from."""

from __future__ import annotations

import pytest

from openai_images.errors import InvalidCredential
from openai_images.server.keys import KEYS_VARIABLE, KeyRing, read_keys

ONE, TWO, THREE = "key-number-one-abc", "key-number-two-abc", "key-number-three-a"


def test_only_the_keys_open():
    ring = KeyRing([ONE, TWO])
    assert ring.opens(ONE)
    assert ring.opens(TWO)
    assert not any(map(ring.opens, ("", ONE[:-1], ONE + "x", ONE.upper(), "ключ", "\udcff")))
    assert not KeyRing().opens("")


def test_the_ring_does_not_show_its_keys():
    ring = KeyRing([ONE])
    assert ONE not in repr(ring)
    assert ONE not in repr(vars(ring))


def test_keys_come_from_the_file_and_the_environment(tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"# ours\n\n  {ONE}  \r\n{TWO}\n", encoding="utf-8")
    ring = read_keys(file, {KEYS_VARIABLE: f" {THREE},\n"})
    assert all(map(ring.opens, (ONE, TWO, THREE)))
    assert not ring.opens("# ours")


def test_without_either_there_are_no_keys():
    assert not read_keys(None, {})
    assert not read_keys(None, {KEYS_VARIABLE: " , "})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no key"),
        (b"# only this\n", "has no key"),
        (b"secret-but-short\nsecret", "Line 2 .*at least 16"),
        (b"a secret with spaces inside", "Line 1 .*printable ASCII"),
        ("geheimer-schlüssel-1".encode(), "Line 1 .*printable ASCII"),
        (b"\xff\xfesecret", "not UTF-8"),
    ],
)
def test_a_bad_key_file_is_refused_without_quoting_it(tmp_path, content, message):
    file = tmp_path / "keys"
    file.write_bytes(content)
    with pytest.raises(InvalidCredential, match=message) as refused:
        read_keys(file, {})
    assert "secret" not in str(refused.value)


def test_a_missing_key_file_is_named(tmp_path):
    with pytest.raises(InvalidCredential, match=r"absent\" cannot be read: No such file"):
        read_keys(tmp_path / "absent", {})


def test_a_bad_key_in_the_environment_is_refused_without_quoting_it():
    with pytest.raises(InvalidCredential, match=f"Key 2 of {KEYS_VARIABLE}") as refused:
        read_keys(None, {KEYS_VARIABLE: f"{ONE},secret"})
    assert "secret" not in str(refused.value)
