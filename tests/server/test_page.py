"""The page's files and headers; what the page does is tested in tests/browser."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest

FILES = {
    "/": "text/html",
    "/static/page.css": "text/css",
    "/static/page.js": "text/javascript",
    "/static/viewer.css": "text/css",
    "/static/viewer.js": "text/javascript",
    "/static/icon.svg": "image/svg+xml",
}


def get(url: str) -> tuple[dict[str, str], str]:
    with urllib.request.urlopen(url) as answer:
        return dict(answer.headers), answer.read().decode("utf-8")


@pytest.mark.parametrize(("path", "media_type"), FILES.items())
def test_each_file_has_its_type_and_the_strict_policy(address, path, media_type):
    headers, content = get(address + path)
    assert headers["content-type"].partition(";")[0] == media_type
    assert headers["x-content-type-options"] == "nosniff"
    assert content
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_page_loads_nothing_from_elsewhere_and_only_files_that_are_there(address):
    for path in FILES:
        _, content = get(address + path)
        assert not re.search(r"(?:src|href|url|import|fetch)\W{1,3}(?:https?:)?//", content)
    _, page = get(f"{address}/")
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<script(?! (?:type=\"module\"|defer) src)", page)
    for link in re.findall(r'(?:src|href)="([^"]+)"', page):
        get(f"{address}/{link}")


def test_no_other_file_is_served(address):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{address}/static/index.html")
