import base64
import io
import json
from dataclasses import replace

import pytest
from PIL import Image
from werkzeug import Response

from openai_images import Connection, VariationRequest, open_session
from openai_images.connection import Route, ServiceKind
from openai_images.errors import InvalidPicture
from openai_images.models import Model
from openai_images.options import DEFAULT_PROMPT, EditOptions, RetryPolicy
from openai_images.secret import Secret
from openai_images.services.edits import MAX_PICTURE_BYTES, form_fields


def picture(size=(32, 32), kind="PNG"):
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, kind)
    return file.getvalue()


def b64(content):
    return base64.b64encode(content).decode("ascii")


@pytest.fixture
def connection(httpserver):
    return Connection(
        service=ServiceKind.COMPATIBLE,
        base_url=httpserver.url_for("/v1"),
        route=Route.EDITS,
        default_model="gpt-image-2.6-flare",
        retry=RetryPolicy(attempts=1),
    )


@pytest.fixture
def calls(httpserver):
    """The edits calls that the server received, while it answers with a picture of 1024 pixels."""
    received = []

    def answer(request):
        received.append((request.form.to_dict(), request.files.to_dict()))
        body = {
            "created": 1,
            "size": "1024x1024",
            "data": [{"b64_json": b64(picture((1024, 1024)))}],
        }
        return Response(json.dumps(body), 200, content_type="application/json")

    httpserver.expect_request("/v1/images/edits", "POST").respond_with_handler(answer)
    return received


def test_a_variation_goes_out_as_an_edit_with_the_prompt(connection, calls):
    with open_session(connection) as session:
        response = session.service.create_variation(VariationRequest(picture(), "cat.png", n=2))
    ((form, files),) = calls
    assert form == {"model": "gpt-image-2.6-flare", "prompt": DEFAULT_PROMPT, "n": "2"}
    assert (files["image"].filename, files["image"].mimetype) == ("cat.png", "image/png")
    assert response.status == 200


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_other_formats_go_out_as_what_they_are(connection, calls, kind, media_type):
    options = replace(connection.edits, image_field="image[]")
    with open_session(replace(connection, edits=options)) as session:
        session.service.create_variation(VariationRequest(picture(kind=kind), "cat.jpg"))
    ((_, files),) = calls
    assert files["image[]"].mimetype == media_type


@pytest.mark.parametrize("size", ["256x256", "512x512"])
def test_small_sizes_are_made_large_and_scaled_down_here(connection, calls, size):
    with open_session(connection) as session:
        response = session.service.create_variation(VariationRequest(picture(), size=size))
    assert calls[0][0]["size"] == "1024x1024"
    body = json.loads(response.body)
    pixels = int(size[:3])
    made = Image.open(io.BytesIO(base64.b64decode(body["data"][0]["b64_json"])))
    assert (made.size, body["size"], body["created"]) == ((pixels, pixels), size, 1)


@pytest.mark.parametrize(
    ("kind", "sent"), [(ServiceKind.COMPATIBLE, "b64_json"), (ServiceKind.OPENAI, None)]
)
def test_every_response_format_is_base64_and_url_is_warned_of(connection, calls, watch, kind, sent):
    key = Secret("sk-12345", name="key")
    connection = replace(connection, service=kind, credential="key")
    with open_session(connection, key) as session:
        session.service.create_variation(VariationRequest(picture(), response_format="url"), watch)
        session.service.create_variation(VariationRequest(picture(), response_format="b64_json"))
        session.service.create_variation(VariationRequest(picture()))
    assert [form.get("response_format") for form, _ in calls] == [sent, sent, None]
    assert watch.warnings == [
        "The edits call always answers with base64 texts: Data holds those, not URLs."
    ]


def test_every_edit_option_that_is_set_is_sent_and_extras_go_before_them():
    connection = Connection(
        edits=EditOptions(
            quality="high",
            background="transparent",
            output_format="webp",
            output_compression=0,
            input_fidelity="low",
            moderation="low",
        )
    )
    request = VariationRequest(b"", user="u", extra_fields=(("prompt", "mine"), ("mask_mode", "x")))
    assert dict(form_fields(request, connection)) == {
        "prompt": "mine",
        "quality": "high",
        "background": "transparent",
        "output_format": "webp",
        "output_compression": "0",
        "input_fidelity": "low",
        "moderation": "low",
        "user": "u",
        "mask_mode": "x",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"GIF89a", "is no PNG, JPEG or WebP picture"),
        (b"", "is no PNG, JPEG or WebP picture"),
        (picture()[:100], "cat.png"),
        (picture() + bytes(MAX_PICTURE_BYTES), "less than 50 MB"),
    ],
)
def test_pictures_that_the_call_cannot_take_are_refused_before_it(
    connection, httpserver, content, message
):
    with open_session(connection) as session, pytest.raises(InvalidPicture) as refusal:
        session.service.create_variation(VariationRequest(content, "cat.png"))
    assert message in str(refusal.value)
    assert httpserver.log == []


def test_an_error_is_passed_on_as_it_came(connection, httpserver):
    httpserver.expect_request("/v1/images/edits").respond_with_json({"error": "no"}, status=400)
    with open_session(connection) as session:
        response = session.service.create_variation(VariationRequest(picture(), size="256x256"))
    assert (response.status, json.loads(response.body)) == (400, {"error": "no"})


def test_models_and_result_files_come_from_the_same_service(connection, httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"data": [{"id": "gpt-image-2"}]})
    httpserver.expect_request("/1.png").respond_with_data(picture())
    with open_session(connection) as session:
        assert session.service.list_models() == (Model("gpt-image-2"),)
        assert session.service.fetch(httpserver.url_for("/1.png")) == picture()
