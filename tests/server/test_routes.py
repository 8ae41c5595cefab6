"""The endpoints, called by OpenAI's own client."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import shutil
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import openai
import pytest
from PIL import Image

from openai_images.options import EngineOptions
from openai_images.request import VariationRequest
from openai_images.response import ImagesResponse
from openai_images.server.keys import KeyRing
from openai_images.server.settings import Limits, Settings
from openai_images.services.embedded import MODEL, EmbeddedService

# OpenAI retired the call at its own address, so its client warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")

KEY = "a-key-of-the-tests-1"


@pytest.fixture
def client(address):
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "PNG"
        return image.size


def refusal(error: openai.APIStatusError) -> tuple[int, str | None, str | None]:
    assert error.message
    assert error.request_id
    assert error.request_id.startswith("req_")
    return error.status_code, error.param, error.code


@pytest.mark.parametrize("pixels", [256, 512, 1024])
def test_a_variation_has_the_size_that_was_asked_for(client, png, pixels):
    size = f"{pixels}x{pixels}"
    answer = client.images.create_variation(image=png, size=size, response_format="b64_json")
    assert answer.size == size
    (item,) = answer.data
    assert size_of(base64.b64decode(item.b64_json, validate=True)) == (pixels, pixels)


def test_every_field_is_taken(client, png):
    before = int(time.time())
    answer = client.images.create_variation(
        image=("cat.png", png, "image/png"),
        model="dall-e-2",
        n=3,
        response_format="b64_json",
        size="256x256",
        user="someone",
        extra_body={"strength": "0.8", "seed": "5"},
    )
    assert before <= answer.created <= time.time()
    assert (answer.output_format, answer.background) == ("png", "opaque")
    assert len({item.b64_json for item in answer.data}) == 3
    assert all(item.url is None for item in answer.data)
    assert answer.model_extra["seed"] == 5
    assert answer.model_extra["strength"] == 0.8
    assert "note" not in answer.model_extra


def test_the_defaults_are_openais(client, png):
    answer = client.images.create_variation(image=png)
    assert answer.size == "1024x1024"
    (item,) = answer.data
    assert item.b64_json is None
    with urllib.request.urlopen(item.url) as result:
        assert result.headers["content-type"] == "image/png"
        assert result.headers["cache-control"].startswith("private, max-age=3")
        assert size_of(result.read()) == (1024, 1024)


def test_the_server_makes_the_pictures_that_the_embedded_service_makes(client, png):
    fields = {"size": "256x256", "n": 2, "response_format": "b64_json"}
    served = client.images.create_variation(image=png, extra_body={"seed": "9"}, **fields)
    with EmbeddedService(EngineOptions(seed=9)) as service:
        made = ImagesResponse.parse(service.create_variation(VariationRequest(png, **fields)))
    assert [item.b64_json for item in served.data] == [item.b64_json for item in made.data]


def test_an_index_continues_the_series_of_a_seed(client, png):
    fields = {"image": png, "size": "256x256", "response_format": "b64_json"}
    both = client.images.create_variation(n=2, extra_body={"seed": "9"}, **fields)
    second = client.images.create_variation(extra_body={"seed": "9", "index": "1"}, **fields)
    assert second.data[0].b64_json == both.data[1].b64_json


def test_headers_are_those_of_openai(client, png):
    raw = client.images.with_raw_response.create_variation(image=png, size="256x256")
    assert raw.headers["x-request-id"].startswith("req_")
    assert int(raw.headers["openai-processing-ms"]) > 0
    assert raw.headers["x-ratelimit-limit-requests"] == "130"
    assert 0 <= int(raw.headers["x-ratelimit-remaining-requests"]) < 130
    assert raw.headers["x-ratelimit-reset-requests"].endswith("ms")


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"n": 0}, "n", "integer_below_min_value"),
        ({"n": 11}, "n", "integer_above_max_value"),
        ({"n": "two"}, "n", "invalid_type"),
        ({"n": "9" * 5000}, "n", "invalid_type"),
        ({"size": "100x100"}, "size", "invalid_value"),
        ({"response_format": "jpeg"}, "response_format", "invalid_value"),
        ({"extra_body": {"strength": "2"}}, "strength", "invalid_value"),
        ({"extra_body": {"seed": "-1"}}, "seed", "invalid_value"),
        ({"extra_body": {"index": "10000"}}, "index", "integer_above_max_value"),
        ({"image": b""}, "image", "invalid_image_file"),
        ({"image": b"GIF89a and so on"}, "image", "invalid_image_file"),
        ({"image": b"\x89PNG\r\n\x1a\n" + bytes(5 * 2**20)}, "image", "invalid_image_file"),
    ],
)
def test_what_is_outside_the_limits_is_a_bad_request(client, png, fields, param, code):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.create_variation(**{"image": png, **fields})
    assert refusal(refused.value) == (400, param, code)
    assert refused.value.type == "invalid_request_error"


def test_pictures_that_are_not_what_the_call_takes_are_bad_requests(client, png, encode):
    for picture in (encode("JPEG", (64, 64)), encode("PNG", (64, 32)), png[:-40]):
        with pytest.raises(openai.BadRequestError) as refused:
            client.images.create_variation(image=picture)
        assert refusal(refused.value) == (400, "image", "invalid_image_file")


def test_a_picture_with_too_many_pixels_is_refused(start, encode):
    settings = Settings(port=0, workers=1, limits=Limits(pixels=10_000))
    with start(settings) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        with pytest.raises(openai.BadRequestError, match="101 x 101 pixels") as refused:
            client.images.create_variation(image=encode("PNG", (101, 101)), size="256x256")
        assert refused.value.param == "image"
        client.images.create_variation(image=encode("PNG", (100, 100)), size="256x256")


def test_an_edit_is_a_variation_with_a_note(client, encode):
    answer = client.images.edit(
        image=("cat.jpg", encode("JPEG", (90, 64))),
        prompt="Make it blue",
        quality="low",
        size="256x256",
        user="someone",
    )
    assert size_of(base64.b64decode(answer.data[0].b64_json)) == (256, 256)
    note = answer.model_extra["note"]
    assert note == "The engine has no use for these fields: prompt, quality."


def test_an_edit_takes_a_list_of_one_picture_and_the_automatic_size(client, png):
    answer = client.images.edit(image=[("a.png", png)], prompt="x", model="gpt-image", size="auto")
    assert answer.size == "1024x1024"


def test_an_edit_answers_urls_to_those_who_expect_them(client, png):
    fields = {"image": png, "prompt": "x", "size": "256x256"}
    assert client.images.edit(model="dall-e-2", **fields).data[0].url
    assert client.images.edit(response_format="url", **fields).data[0].url


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({"mask": ("mask.png", b"x")}, "mask", "unsupported_parameter"),
        ({"output_format": "webp"}, "output_format", "invalid_value"),
        ({"size": "1536x1024"}, "size", "invalid_value"),
        ({"prompt": "x" * 32_001}, "prompt", "string_above_max_length"),
        ({"image": [b"1", b"2"]}, "image", "array_above_max_length"),
    ],
)
def test_an_edit_that_would_not_do_what_it_says_is_refused(client, png, fields, param, code):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.edit(**{"image": png, "prompt": "x", **fields})
    assert refusal(refused.value) == (400, param, code)


def test_a_streamed_edit_is_refused(client, png):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.edit(image=png, prompt="x", stream=True)
    assert refusal(refused.value) == (400, "stream", "unsupported_parameter")


def test_the_engine_is_the_only_model(client):
    assert [model.id for model in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).owned_by == "openai-images"
    with pytest.raises(openai.NotFoundError) as refused:
        client.models.retrieve("gpt-image-1")
    assert refusal(refused.value) == (404, "model", "model_not_found")


def test_an_unknown_call_is_not_found(client):
    with pytest.raises(openai.NotFoundError, match="Invalid URL") as refused:
        client.images.generate(prompt="x")
    assert refusal(refused.value) == (404, None, None)


def test_a_call_of_the_wrong_kind_is_not_allowed(address):
    with pytest.raises(urllib.error.HTTPError, match="405") as refused:
        urllib.request.urlopen(f"{address}/v1/images/variations")
    assert refused.value.headers["allow"] == "POST"
    assert b'"code":"method_not_supported"' in refused.value.read()


def test_a_caller_who_leaves_gives_the_place_to_others(start, png, caplog):
    caplog.set_level(logging.INFO, logger="openai_images.access")
    with start(Settings(port=0, workers=1, queue=0)) as url:
        base = f"{url}/v1"
        with (
            openai.OpenAI(base_url=base, api_key="none", max_retries=0, timeout=1.0) as client,
            pytest.raises(openai.APITimeoutError),
        ):
            client.images.create_variation(image=png, n=10)
        with openai.OpenAI(base_url=base, api_key="none", max_retries=20) as client:
            assert client.images.create_variation(image=png, size="256x256").data[0].url
    lines = [record.line for record in caplog.records if record.name == "openai_images.access"]
    assert [line["images"] for line in lines if line["status"] == 499] == [10]


def test_the_asynchronous_client_works_the_same(address, png):
    async def calls() -> None:
        async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none") as client:
            fields = {"size": "256x256", "response_format": "b64_json"}
            answers = await asyncio.gather(
                client.images.create_variation(image=png, n=2, **fields),
                client.images.edit(image=png, prompt="x", **fields),
            )
            assert [len(answer.data) for answer in answers] == [2, 1]
            assert [model.id async for model in client.models.list()] == [MODEL]
            with pytest.raises(openai.BadRequestError) as refused:
                await client.images.create_variation(image=png, n=11)
            assert refusal(refused.value) == (400, "n", "integer_above_max_value")

    asyncio.run(calls())


def test_keys_open_the_calls_and_nothing_else_does(start, png):
    with start(Settings(port=0, workers=1, keys=KeyRing([KEY]))) as url:
        base = f"{url}/v1"
        with openai.OpenAI(base_url=base, api_key=KEY) as client:
            assert client.images.create_variation(image=png, size="256x256").data[0].url
        for wrong in ("another-key-of-tests", KEY[:-1], KEY + "x"):
            with openai.OpenAI(base_url=base, api_key=wrong) as client:
                for call in (
                    client.models.list,
                    lambda c=client: c.images.edit(image=png, prompt=""),
                ):
                    with pytest.raises(openai.AuthenticationError) as refused:
                        call()
                    assert refusal(refused.value) == (401, None, "invalid_api_key")
                    assert wrong not in str(refused.value)


def test_azures_header_opens_too_and_no_key_is_told_so(start):
    with start(Settings(port=0, workers=1, keys=KeyRing([KEY]))) as url:
        request = urllib.request.Request(f"{url}/v1/models", headers={"api-key": KEY})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="401") as refused:
            urllib.request.urlopen(f"{url}/v1/models")
        assert b"didn't provide an API key" in refused.value.read()
        assert refused.value.headers["www-authenticate"] == "Bearer"
        with urllib.request.urlopen(f"{url}/health") as health:
            assert b'"key_required":true' in health.read()


def test_pages_of_a_site_that_is_allowed_may_call_and_read(start, png):
    site = "https://app.example.org"
    with start(Settings(port=0, workers=1, allow_origins=(site,))) as url:
        asked = urllib.request.Request(
            f"{url}/v1/images/variations",
            method="OPTIONS",
            headers={"origin": site, "access-control-request-method": "POST"},
        )
        with urllib.request.urlopen(asked) as answer:
            assert answer.headers["access-control-allow-origin"] == site
        for origin, allowed in ((site, True), ("https://evil.example", False)):
            headers = {"origin": origin}
            with openai.OpenAI(
                base_url=f"{url}/v1", api_key="none", default_headers=headers
            ) as client:
                if allowed:
                    raw = client.images.with_raw_response.create_variation(
                        image=png, size="256x256"
                    )
                    assert raw.headers["access-control-allow-origin"] == site
                else:
                    with pytest.raises(openai.PermissionDeniedError):
                        client.images.create_variation(image=png, size="256x256")


def test_results_are_on_the_public_address(start, png):
    settings = Settings(port=0, workers=1, public_url="https://images.example.org/")
    with start(settings) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="none") as client:
        result = client.images.create_variation(image=png, size="256x256").data[0].url
        assert result.startswith("https://images.example.org/results/")
        with urllib.request.urlopen(url + urlsplit(result).path) as picture:
            assert size_of(picture.read()) == (256, 256)


def test_a_call_that_takes_too_long_is_given_up(start, png):
    settings = Settings(port=0, workers=1, limits=Limits(call_seconds=0.01))
    with (
        start(settings) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
    ):
        with pytest.raises(openai.InternalServerError) as late:
            client.images.create_variation(image=png, n=2, size="256x256")
        assert refusal(late.value) == (503, None, "timeout")
        assert late.value.response.headers["retry-after"] == "5"


def test_a_fault_of_the_server_is_an_error_in_openais_form(start, png, tmp_path):
    folder = tmp_path / "results"
    with (
        start(Settings(port=0, workers=1, results_dir=folder)) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
    ):
        assert client.images.create_variation(image=png, size="256x256").data[0].url
        shutil.rmtree(folder)
        with pytest.raises(openai.InternalServerError, match="The server had an error") as failed:
            client.images.create_variation(image=png, size="256x256")
        assert refusal(failed.value) == (500, None, "internal_error")
        assert str(tmp_path) not in failed.value.message


@pytest.mark.parametrize(
    "path",
    [
        "/results/" + "A" * 43 + ".png",
        "/results/..%2f..%2fetc%2fpasswd.png",
        "/results/../../etc/passwd",
        "/results/%2e%2e/%2e%2e/etc/passwd.png",
        "/static/../routes.py",
        "/static/..%2froutes.py",
        "/static//etc/passwd",
    ],
)
def test_no_path_leads_to_another_file(address, path):
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        urllib.request.urlopen(address + path)
    assert b'"error"' in refused.value.read()
