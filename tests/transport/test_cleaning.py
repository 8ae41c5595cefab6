"""Text from outside, made fit for one line."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.transport.cleaning import clean, is_page, page_title, shown_url

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT, st.integers(2, 50))
def test_what_is_clean_can_be_shown_stored_and_logged(text, longest):
    line = clean(text, longest)
    assert line.isprintable()
    assert len(line) <= longest
    assert line.encode() is not None
    assert clean(line, longest) == line


def test_what_is_cut_says_so():
    assert clean("abcdef", 4) == "abc…"


def test_ordinary_text_stays():
    assert clean("Ein Bild für 10 €, \U0001f600") == "Ein Bild für 10 €, \U0001f600"


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<!DOCTYPE html><html><head><TITLE>502 Bad\n Gateway</TITLE>", "502 Bad Gateway"),
        ("<html><body><h1>Sign <b>in</b></h1>", "Sign in"),
        ("<html><title>a &lt;b&gt; c</title>", "a <b> c"),
        ("<html><title></title><p>text", ""),
        ("<!-- proxy --><html><title>x</title>", "x"),
    ],
)
def test_a_page_is_its_title(page, title):
    assert is_page(page)
    assert page_title(page) == title


@pytest.mark.parametrize("text", ["", "{}", "plain <html> later", "<xml><title>x</title></xml>"])
def test_what_is_no_page(text):
    assert not is_page(text)


@pytest.mark.parametrize("piece", ["<title", "<title>", "<h1 ", "<!--", "<", "<html "])
def test_no_page_takes_long_to_read(piece):
    page = "<html>" + piece * (64_000 // len(piece))
    began = time.process_time()
    is_page(piece * 10_000)
    page_title(page)
    assert time.process_time() - began < 5


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
