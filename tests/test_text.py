"""Text from outside, made fit for one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.text import one_line, printable, shown_url, storable

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT, st.integers(2, 50))
def test_what_is_clean_can_be_shown_stored_and_logged(text, longest):
    line = one_line(text, longest)
    assert line.isprintable()
    assert len(line) <= longest
    assert line.encode() is not None
    assert one_line(line, longest) == line


@given(ANY_TEXT)
def test_a_printable_name_keeps_its_length_and_needs_one_line(text):
    name = printable(text)
    assert len(name) == len(text)
    assert len(name.splitlines()) <= 1
    assert name.encode() is not None
    assert printable(name) == name


@given(ANY_TEXT)
def test_what_is_storable_differs_in_lone_surrogates_only(text):
    stored = storable(text)
    assert stored.encode().decode() == stored
    assert [c for c, was in zip(stored, text, strict=True) if c != was and c != "?"] == []


def test_a_name_keeps_the_characters_that_join_others():
    assert printable("a\x1b\u2028\ud800b \u200d.png") == "a___b \u200d.png"


def test_what_is_cut_says_so():
    assert one_line("abcdef", 4) == "abc…"


def test_ordinary_text_stays():
    assert one_line("Ein Bild für 10 €, \U0001f600") == "Ein Bild für 10 €, \U0001f600"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:pass@host:1/a/b?sig=secret#frag", "https://host:1/a/b"),
        ("http://[::1/", "(not an address)"),
        ("/a/path?x=1", "/a/path"),
        ("http://host/a\nb\x1b", "http://host/ab"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_secrets(url, shown):
    assert shown_url(url) == shown


@given(ANY_TEXT)
def test_any_address_is_shown_in_one_printable_line(url):
    for shown in (shown_url(url), shown_url(f"https://host/{url}"), shown_url(f"https://{url}")):
        assert shown.isprintable()
