import base64
import io
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from openai_images.connection import Connection
from openai_images.errors import BadAnswer, Canceled, ErrorAnswer, NoAnswer
from openai_images.request import VariationRequest
from openai_images.response import ApiResponse, ImagesResponse
from openai_images.services import ImageService
from openai_images.services import collect as collecting
from openai_images.services.collect import collect_images, read_answer
from openai_images.transport.limits import MAX_DOWNLOAD_BYTES
from openai_images.watch import raise_if_canceled

from ..conftest import RecordingWatch


def picture(size=(64, 64), kind="PNG"):
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, kind)
    return file.getvalue()


def b64(content):
    return base64.b64encode(content).decode("ascii")


class _Files(ImageService):
    """A service whose results lie at addresses given by a dict."""

    def __init__(self, files=None):
        self.files = files or {}
        self.fetched = []

    def check(self, request):
        raise NotImplementedError

    def create_variation(self, request):
        raise NotImplementedError

    def fetch(self, url, watch):
        self.fetched.append(url)
        if url not in self.files:
            raise NoAnswer(f"{url} does not answer.")
        return self.files[url]

    def close(self):
        raise NotImplementedError


class _Hanging(_Files):
    """Addresses without a file never answer."""

    def __init__(self, files, on_fetch=lambda: None):
        super().__init__(files)
        self.on_fetch = on_fetch

    def fetch(self, url, watch):
        self.on_fetch()
        while url not in self.files:
            raise_if_canceled(watch)
            time.sleep(0.01)
        return super().fetch(url, watch)


def encoded_flat():
    file = io.BytesIO()
    Image.new("L", (7000, 7000)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def response(body, status=200):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ApiResponse(status, {"x-request-id": "req_1"}, content)


def collect(items, watch, *, request=None, service=None, download=True, ends=None):
    answer = ImagesResponse.parse(response({"data": items}))
    wanted = request or VariationRequest(b"", n=len(items))
    return collect_images(answer, wanted, service or _Files(), watch, download=download, ends=ends)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_whatever_format_the_base64_holds_the_result_is_png(kind, watch):
    (image,) = collect([{"b64_json": b64(picture((64, 32), kind))}], watch)
    assert (image.index, image.width, image.height, image.problem) == (0, 64, 32, "")
    assert Image.open(io.BytesIO(image.png)).format == "PNG"
    assert watch.warnings == []


@pytest.mark.parametrize("prefix", ["data:image/png;base64,", "\n "])
def test_base64_is_read_in_the_forms_that_servers_send_it(prefix, watch):
    (image,) = collect([{"b64_json": prefix + b64(picture())}], watch)
    assert image.width == 64


def test_addresses_are_fetched_only_when_asked_for(watch):
    service = _Files({"https://x/1.png": picture()})
    (left,) = collect([{"url": "https://x/1.png"}], watch, service=service, download=False)
    assert (left.png, left.data.url, service.fetched) == (None, "https://x/1.png", [])
    (fetched,) = collect([{"url": "https://x/1.png"}], watch, service=service)
    assert fetched.width == 64
    assert watch.messages == ["Fetching image 1 of 1"]


def test_a_data_url_is_read_without_a_service(watch):
    (image,) = collect([{"url": "data:image/png;base64," + b64(picture())}], watch, download=False)
    assert image.width == 64


@pytest.mark.parametrize("url", ["/srv/.cache/1.jpg", "file:///etc/passwd", "C:\\\\1.png", "//x/1"])
def test_what_is_no_web_address_is_shown_and_never_opened(watch, url):
    service = _Files({url: picture()})
    (image,) = collect([{"url": url}], watch, service=service)
    assert (image.png, image.data.url, service.fetched) == (None, url, [])
    (warning,) = watch.warnings
    assert url in warning
    assert "set Response Format to b64_json" in warning


def test_the_good_images_of_a_partial_answer_are_kept_and_the_rest_is_reported(watch):
    truncated = picture()[:-30]
    items = [
        {"b64_json": b64(picture())},
        {"b64_json": "not base64!"},
        {"b64_json": b64(b"<html>")},
        {"b64_json": b64(truncated)},
        {"url": "https://x/gone.png"},
        {},
    ]
    images = collect(items, watch)
    assert [image.png is not None for image in images] == [True, False, False, False, False, False]
    assert [image.problem.partition(":")[0] for image in images[1:]] == [
        f"Image {number} is missing" for number in (2, 3, 4, 5, 6)
    ]
    assert watch.warnings == [
        "5 of 6 images could not be had; the first: Image 2 is missing: its base64 text "
        "(11 characters) cannot be decoded."
    ]
    assert images[4].data.url == "https://x/gone.png"


def test_an_answer_without_anything_usable_is_an_error_with_its_reason(watch):
    with pytest.raises(
        BadAnswer, match=r"2 image\(s\), none usable: Image 1 is missing: its base64"
    ):
        collect([{"b64_json": "!"}, {"b64_json": "?"}], watch)


def test_addresses_that_cannot_be_fetched_are_kept_because_they_were_paid_for(watch):
    (image,) = collect([{"url": "https://x/1.png"}], watch)
    assert image.data.url == "https://x/1.png"
    assert "does not answer" in watch.warnings[0]


def test_fewer_images_are_reported(watch):
    items = [{"b64_json": b64(picture())}]
    images = collect(items, watch, request=VariationRequest(b"", n=3))
    assert len(images) == 1
    assert watch.warnings == ["3 image(s) were asked for, 1 came."]


def test_what_is_more_than_was_asked_for_is_reported_and_not_touched(watch):
    items = [{"url": f"https://x/{number}.png"} for number in range(3000)]
    service = _Files({item["url"]: picture() for item in items})
    request = VariationRequest(b"", n=2)
    images = collect(items, watch, request=request, service=service)
    assert [image.index for image in images if image.png] == [0, 1]
    assert service.fetched == ["https://x/0.png", "https://x/1.png"]
    assert watch.warnings == ["2 image(s) were asked for, 3,000 came; those beyond are left alone."]


def test_time_is_shared_by_the_pictures_and_what_came_before_it_ended_is_kept(watch):
    items = [{"url": f"https://x/{number}.png"} for number in range(4)]
    service = _Hanging({"https://x/0.png": picture(), "https://x/2.png": picture()})
    began = time.monotonic()
    images = collect(items, watch, service=service, ends=began + 1)
    assert time.monotonic() - began < 30
    assert [image.png is not None for image in images] == [True, False, True, False]
    assert images[1].problem == (
        "Image 2 is missing: https://x/1.png was not fetched: the call's deadline, which all its "
        "pictures share, is over."
    )
    assert images[1].data.url == "https://x/1.png"


def test_nothing_is_fetched_or_opened_once_the_deadline_is_over(watch):
    items = [{"url": "https://x/0.png"}, {"b64_json": b64(picture())}]
    service = _Files({"https://x/0.png": picture()})
    images = collect(items, watch, service=service, ends=time.monotonic() - 60)
    assert (service.fetched, [image.png for image in images]) == ([], [None, None])
    assert images[1].problem == "Image 2 is missing: the call's deadline is over."


def test_a_cancel_while_fetching_is_no_missing_picture(watch):
    service = _Hanging({}, on_fetch=lambda: setattr(watch, "cancel", True))
    with pytest.raises(Canceled):
        collect([{"url": "https://x/0.png"}], watch, service=service)


def test_the_work_for_all_pictures_of_a_call_is_bounded(watch):
    items = [{"b64_json": b64(encoded_flat())}] * 6
    images = collect(items, watch)
    assert [image.png is not None for image in images] == [True, True] + [False] * 4
    assert images[2].problem == (
        "Image 3 is missing: Image 3 is 7000x7000 and needs 49,000,000 pixels, of which 2,000,000 "
        "are left for the pictures of one call."
    )
    (warning,) = watch.warnings
    assert warning.startswith("4 of 6 images could not be had; the first: Image 3 is missing: ")


def test_the_memory_for_all_pictures_of_a_call_is_bounded(watch, monkeypatch):
    monkeypatch.setattr(collecting, "MAX_MEMORY", 2 * MAX_DOWNLOAD_BYTES + 100)
    service = _Files({"https://x/0.png": picture(), "https://x/1.png": picture()})
    items = [{"url": url} for url in service.files]
    images = collect(items, watch, service=service)
    assert service.fetched == ["https://x/0.png"]
    assert images[0].width == 64
    assert images[1].problem == (
        "Image 2 is missing: https://x/1.png was not fetched: the others take all the memory."
    )
    monkeypatch.setattr(collecting, "MAX_MEMORY", 40_000)
    with pytest.raises(BadAnswer, match="Image 1 is 64x64 and needs 49,152 bytes, of which"):
        collect([{"b64_json": b64(picture(kind="JPEG"))}], watch)


_texts = st.text() | st.sampled_from(["https://x/0.png", "https://x/gone.png", b64(picture())])
_entries = st.lists(
    st.dictionaries(
        st.sampled_from(["url", "b64_json", "revised_prompt", "other"]),
        _texts | st.none() | st.integers() | st.lists(_texts, max_size=2),
    )
    | _texts
    | st.none(),
    max_size=40,
)


@settings(deadline=None)
@given(entries=_entries, n=st.integers(1, 10), repeated=st.integers(1, 300), download=st.booleans())
def test_whatever_an_answer_holds_at_most_n_are_had_and_little_is_said(
    entries, n, repeated, download
):
    watch = RecordingWatch()
    service = _Files({"https://x/0.png": picture()})
    said = ""
    try:
        answer = ImagesResponse.parse(response({"data": entries * repeated}))
        request = VariationRequest(b"", n=n)
        images = collect_images(answer, request, service, watch, download=download)
        assert len(images) == min(n, len(answer.data))
    except BadAnswer as error:
        said = str(error)
    assert len(service.fetched) <= n
    assert len(watch.warnings) <= 3
    assert sum(map(len, [said, *watch.warnings])) < 2000


def test_another_size_is_kept_and_reported_where_a_size_was_asked_for(watch):
    items = [{"b64_json": b64(picture((96, 64)))}]
    collect(items, watch, request=VariationRequest(b""))
    assert watch.warnings == []
    (image,) = collect(items, watch, request=VariationRequest(b"", size="256x256"))
    assert image.width == 96
    assert watch.warnings == ["Size 256x256 was asked for, 96x64 came; kept as it is."]


def test_cancel_ends_the_collecting(watch):
    watch.cancel = True
    with pytest.raises(Canceled):
        collect([{"b64_json": b64(picture())}], watch)


def test_an_error_status_becomes_one_exception_with_its_details():
    body = {"error": {"message": "Bad size", "type": "t", "param": "size", "code": "bad_value"}}
    with pytest.raises(ErrorAnswer) as raised:
        read_answer(response(body, 400), Connection())
    assert (raised.value.status, raised.value.code, raised.value.param) == (
        400,
        "bad_value",
        "size",
    )
    assert raised.value.request_id == "req_1"
    assert "Bad size" in str(raised.value)


def test_an_error_inside_a_success_is_an_error_that_may_be_billed():
    with pytest.raises(ErrorAnswer) as raised:
        read_answer(response({"error": {"message": "Model overloaded"}}), Connection())
    assert "Model overloaded" in str(raised.value)
    assert raised.value.may_be_billed


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"data": []}', b"[" * 100_000])
def test_a_success_that_is_no_images_answer_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        read_answer(response(body), Connection())
