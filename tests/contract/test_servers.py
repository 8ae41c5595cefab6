"""The node gives the same table whoever answers, or one sentence that says what to change."""

import json
from pathlib import Path

import pytest
from PIL import ImageChops, ImageStat

from knime_headless import NodeFailed, load_extension

from .servers import (
    BIFROST,
    CREATED,
    LEMONADE,
    LITELLM,
    OPENAI,
    SGLANG,
    STABLE_DIFFUSION_CPP,
    VLLM_OMNI,
    XINFERENCE,
    XINFERENCE_OF_OTHER_SIZE,
    Server,
    picture,
)

ROOT = Path(__file__).parents[2]
KEY = "sk-marked-0123456789"
EDITS = {"route": "EDITS"}
ASKED = {
    "result_format": "IMAGES",
    "set_n": True,
    "n": 2,
    "set_size": True,
    "size": "256x256",
    "set_response_format": True,
    "response_format": "b64_json",
}
# JPEG's loss on a smooth picture, in mean grey levels of 255.
LOSS = 2.0

# How the connector is set for a server, and which form fields its node needs besides.
WORKS = {
    "openai edits": (OPENAI, EDITS | {"service": "OPENAI", "default_model": "gpt-image-2"}, ""),
    "azure edits": (OPENAI, EDITS | {"service": "AZURE", "default_model": "my-deployment"}, ""),
    "xinference": (XINFERENCE, {"default_model": "tiny-sd"}, "prompt=a cat"),
    "xinference edits": (XINFERENCE, EDITS | {"default_model": "tiny-sd"}, ""),
    "lemonade": (LEMONADE, {"default_model": "SD-Turbo"}, ""),
    "bifrost": (BIFROST, {"default_model": "openai/dall-e-2"}, ""),
    "bifrost edits": (BIFROST, EDITS | {"default_model": "openai/gpt-image-2"}, ""),
    "bifrost image[]": (
        BIFROST,
        EDITS | {"default_model": "openai/gpt-image-2", "image_field": "image[]"},
        "",
    ),
    "litellm edits": (LITELLM, EDITS | {"default_model": "mine"}, ""),
    "vllm-omni": (VLLM_OMNI, EDITS, ""),
    "sglang": (SGLANG, EDITS | {"default_model": "Qwen/Qwen-Image-Edit"}, ""),
    "stable-diffusion.cpp": (STABLE_DIFFUSION_CPP, EDITS, ""),
}


@pytest.fixture(scope="session")
def nodes():
    return load_extension(ROOT).nodes


@pytest.fixture
def run(nodes, httpserver, tmp_path, png):
    """Runs a connector with some settings, and the node behind it with others."""
    path = tmp_path / "cat.png"
    path.write_bytes(png)
    credentials = {"key": ("", KEY)}

    def chain(connector, **options):
        settings = {
            "service": "COMPATIBLE",
            "check_connection": False,
            "base_url": httpserver.url_for("/v1"),
            "credentials": "key",
            "retries": {"attempts": 1},
            **connector,
        }
        configuration = nodes["openai_image_connector"].execute(
            settings, [], credentials=credentials
        )
        result = nodes["create_image_variation"].execute(
            {"image": str(path), **options}, configuration.outputs, credentials=credentials
        )
        return result.outputs[0].to_pandas().to_dict("records"), result.warnings

    return chain


def failure(run, connector, **options):
    with pytest.raises(NodeFailed) as refusal:
        run(connector, **options)
    message = refusal.value.message
    assert "Traceback" not in message
    assert KEY not in message
    return message


@pytest.mark.parametrize("name", WORKS)
def test_every_server_gives_the_table_that_openai_gives(run, httpserver, name):
    server, connector, extra_fields = WORKS[name]
    server.serve(httpserver)
    rows, warnings = run(connector, **ASKED, extra_fields=extra_fields)
    assert warnings == ()
    assert [row["Index"] for row in rows] == [1, 2]
    for row in rows:
        assert row["Image"].size == (row["Width"], row["Height"]) == (256, 256)
        difference = ImageChops.difference(row["Image"].convert("RGB"), picture(256))
        assert max(ImageStat.Stat(difference).mean) < LOSS
        assert (row["Request ID"], row["URL"]) == ("req_1", None)
        assert row["Created"] == CREATED if server.has_created else row["Created"] != CREATED
    counted = rows[0]["Total Tokens"] == 1290
    assert counted is server.has_metadata


@pytest.mark.parametrize("name", WORKS)
def test_every_server_fills_the_structured_table(run, httpserver, name):
    server, connector, extra_fields = WORKS[name]
    server.serve(httpserver)
    options = ASKED | {"result_format": "STRUCTURED_TABLE", "extra_fields": extra_fields}
    ((row,), _) = run(connector | {"quality": "low"}, **options)
    assert list(row) == [
        "Created",
        "Data",
        "Background",
        "Output Format",
        "Size",
        "Quality",
        "Usage",
    ]
    assert len(row["Data"]) == 2
    if server.has_metadata:
        said = (row["Background"], row["Output Format"], row["Size"], row["Quality"])
        assert said == ("opaque", "png", "256x256", "low")
        assert json.loads(row["Usage"])["total_tokens"] == 1290


@pytest.mark.parametrize(
    "name", [name for name, (_, how, _) in WORKS.items() if EDITS.items() <= how.items()]
)
def test_urls_that_an_edits_call_never_gives_are_base64_and_a_warning(run, httpserver, name):
    server, connector, extra_fields = WORKS[name]
    server.serve(httpserver)
    options = ASKED | {"response_format": "url", "extra_fields": extra_fields}
    rows, warnings = run(connector, **options)
    assert [row["Width"] for row in rows] == [256, 256]
    assert "base64" in warnings[-1]


@pytest.mark.parametrize(
    ("server", "missing_call"),
    [
        (LITELLM, {"detail": "Not Found"}),
        (VLLM_OMNI, {"detail": "Not Found"}),
        (SGLANG, {"detail": "Not Found"}),
        (STABLE_DIFFUSION_CPP, {"error": "not found"}),
        (OPENAI, {"error": {"message": "Invalid URL (POST /v1/images/variations)"}}),
    ],
)
def test_a_server_without_the_variations_call_gives_the_option_to_change(
    run, httpserver, server, missing_call
):
    Server(**{**vars(server), "missing_call": missing_call}).serve(httpserver)
    message = failure(run, {})
    assert message.startswith("HTTP 404 Not Found")
    assert "choose the edits call" in message


@pytest.mark.parametrize(
    ("server", "connector", "said"),
    [
        (XINFERENCE, {}, "HTTP 422 Unprocessable Content (missing): body.model: Field required"),
        (XINFERENCE, {"default_model": "m"}, "Provide either `prompt`"),
        (
            XINFERENCE,
            EDITS | {"default_model": "m", "image_field": "image[]"},
            "body.image: Field required",
        ),
        (LEMONADE, {}, "HTTP 400 Bad Request: Missing model"),
        (BIFROST, {"default_model": "dall-e-2"}, "provider/model format"),
    ],
)
def test_what_a_server_misses_is_said_in_its_words(run, httpserver, server, connector, said):
    server.serve(httpserver)
    assert said in failure(run, connector)


def test_an_error_nested_as_text_is_unwrapped(run, httpserver):
    inner = {"error": {"message": "Rejected by the safety system.", "code": "moderation_blocked"}}
    outer = {"message": f"litellm.BadRequestError: OpenAIException - {json.dumps(inner)}"}
    httpserver.expect_request("/v1/images/edits").respond_with_json({"error": outer}, status=400)
    message = failure(run, EDITS)
    assert "(moderation_blocked): Rejected by the safety system." in message
    assert "{" not in message


def test_openai_is_told_organisation_project_and_further_headers(run, httpserver):
    OPENAI.serve(httpserver)
    network = {"headers": "X-Team: images\nX-Cost-Centre: 7"}
    account = {
        "organization": "org-1",
        "project": "proj-1",
        "network": network,
        "default_model": "gpt-image-2",
    }
    run(EDITS | {"service": "OPENAI"} | account, **ASKED)
    headers = httpserver.log[0][0].headers
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (headers["OpenAI-Organization"], headers["OpenAI-Project"]) == ("org-1", "proj-1")
    assert (headers["X-Team"], headers["X-Cost-Centre"]) == ("images", "7")


def test_azure_is_called_under_its_path_with_its_own_header(run, httpserver):
    OPENAI.serve(httpserver, root="/openai/v1")
    azure = {"service": "AZURE", "base_url": httpserver.url_for(""), "default_model": "mine"}
    rows, _ = run(EDITS | azure, **ASKED)
    (request,) = [request for request, _ in httpserver.log]
    assert (request.headers["api-key"], "Authorization" in request.headers) == (KEY, False)
    assert (request.form["model"], len(rows)) == ("mine", 2)


def test_prices_of_the_connector_give_the_cost_of_the_call(run, httpserver):
    OPENAI.serve(httpserver)
    prices = {"text_input": "5", "image_input": "8", "image_output": "30", "currency": "EUR"}
    rows, warnings = run(
        EDITS | {"service": "OPENAI", "default_model": "gpt-image-2", "prices": prices}, **ASKED
    )
    assert (rows[0]["Cost"], rows[0]["Currency"]) == (0.033432, "EUR")
    assert rows[1]["Cost"] != rows[1]["Cost"]
    assert warnings == ()


def test_a_local_path_is_text_and_never_opened(run, httpserver, tmp_path, png):
    secret = tmp_path / "secret.png"
    secret.write_bytes(png)
    Server(**{**vars(XINFERENCE), "url": str(secret)}).serve(httpserver)
    connector = {"default_model": "tiny-sd"}
    asked = {"extra_fields": "prompt=a cat", "set_response_format": True, "response_format": "url"}
    ((row,), warnings) = run(connector, **asked)
    assert list(row["Data"]) == [str(secret)]
    assert warnings == ()
    ((row,), warnings) = run(connector, **asked, result_format="IMAGES")
    assert (row["Image"], row["URL"]) == (None, str(secret))
    assert "set Response Format to b64_json" in warnings[-1]


def test_pictures_of_another_size_are_kept_and_told(run, httpserver):
    XINFERENCE_OF_OTHER_SIZE.serve(httpserver)
    asked = ASKED | {"extra_fields": "prompt=a cat"}
    rows, warnings = run({"default_model": "tiny-sd"}, **asked)
    assert [row["Width"] for row in rows] == [128, 128]
    assert warnings == ("Size 256x256 was asked for, 128x128 came; kept as it is.",)
