import base64
import io
import json

import pytest
from PIL import Image

from openai_images.connection import Connection
from openai_images.errors import BadAnswer, Canceled, ErrorAnswer, NoAnswer
from openai_images.request import VariationRequest
from openai_images.response import ApiResponse, ImagesResponse
from openai_images.services import ImageService
from openai_images.services.collect import collect_images, read_answer


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


def response(body, status=200):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ApiResponse(status, {"x-request-id": "req_1"}, content)


def collect(items, watch, *, request=None, service=None, download=True):
    answer = ImagesResponse.parse(response({"data": items}))
    wanted = request or VariationRequest(b"", n=len(items))
    return collect_images(answer, wanted, service or _Files(), watch, download=download)


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
    assert [warning.partition(":")[0] for warning in watch.warnings] == [
        f"Image {number} is missing" for number in (2, 3, 4, 5, 6)
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


@pytest.mark.parametrize(("asked", "came"), [(3, 1), (1, 2)])
def test_another_number_of_images_is_reported(asked, came, watch):
    items = [{"b64_json": b64(picture())}] * came
    images = collect(items, watch, request=VariationRequest(b"", n=asked))
    assert len(images) == came
    assert watch.warnings == [f"{asked} image(s) were asked for, {came} came."]


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
