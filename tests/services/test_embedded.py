"""The embedded service: the request in, the JSON of OpenAI's call out, the real engine between."""

from __future__ import annotations

import base64
import io
import json
import time

import numpy as np
import pytest
from PIL import Image

from openai_images.connection import Connection
from openai_images.engine import Pool
from openai_images.errors import Canceled, InvalidPicture, InvalidRequest
from openai_images.models import Model
from openai_images.options import EngineOptions
from openai_images.request import VariationRequest
from openai_images.response import ImagesResponse
from openai_images.services.embedded import MODEL, EmbeddedService
from openai_images.session import open_session
from openai_images.watch import QuietWatch


def picture(mode: str = "RGB", size: tuple[int, int] = (64, 64)) -> bytes:
    """A PNG with soft structure everywhere, the same on every run."""
    width, height = size
    coarse = np.random.default_rng(7).integers(0, 256, (8, 8, 3), np.uint8)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize((width, height)))
    file = io.BytesIO()
    image.convert(mode).save(file, "PNG")
    return file.getvalue()


def request(**fields) -> VariationRequest:
    return VariationRequest(picture(), "soft.png", **{"size": "256x256", **fields})


def answer(fields: VariationRequest, options: EngineOptions | None = None) -> dict:
    with EmbeddedService(options or EngineOptions()) as service:
        response = service.create_variation(fields)
    assert response.status == 200
    return json.loads(response.body)


def pixels(item: dict) -> np.ndarray:
    text = item["b64_json"] if "b64_json" in item else item["url"].partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text, validate=True))))


class Recorder(QuietWatch):
    """A watch that writes down what it is told and cancels after `patience` images."""

    def __init__(self, patience: int = 1000) -> None:
        self.fractions: list[float | None] = []
        self._patience = patience

    def progress(self, message: str, fraction: float | None = None) -> None:
        self.fractions.append(fraction)

    def warn(self, message: str) -> None:
        raise AssertionError(message)

    def canceled(self) -> bool:
        return len(self.fractions) >= self._patience


def test_the_answer_has_openais_fields_and_what_makes_it_again():
    before = int(time.time())
    body = answer(request(response_format="b64_json", n=2))
    assert before <= body["created"] <= time.time()
    assert (body["size"], body["output_format"], body["background"]) == ("256x256", "png", "opaque")
    assert body["strength"] == 0.5
    assert isinstance(body["seed"], int)
    assert [set(item) for item in body["data"]] == [{"b64_json"}, {"b64_json"}]
    assert [pixels(item).shape[:2] for item in body["data"]] == [(256, 256)] * 2


def test_the_default_is_one_url_that_holds_a_picture_of_1024_pixels():
    body = answer(VariationRequest(picture()))
    (item,) = body["data"]
    assert item["url"].startswith("data:image/png;base64,")
    assert pixels(item).shape[:2] == (1024, 1024)


def test_pictures_are_made_in_the_calls_turn():
    class NeverItsTurn(Recorder):
        def turn(self):
            raise Canceled("Canceled.")

    watch = NeverItsTurn()
    with open_session(Connection()) as session, pytest.raises(Canceled):
        session.service.create_variation(request(), watch)
    assert watch.fractions == []


def test_the_answer_reads_as_any_services_answer():
    with open_session(Connection()) as session:
        response = session.service.create_variation(request())
    assert response.request_id is not None
    assert all(name == name.lower() for name in response.headers)
    parsed = ImagesResponse.parse(response)
    assert (parsed.size, len(parsed.data)) == ("256x256", 1)


def test_the_seed_in_the_answer_makes_the_same_pictures_again():
    first = answer(request(n=2))
    again = answer(request(n=2, extra_fields=(("seed", str(first["seed"])),)))
    assert again["data"] == first["data"]
    assert first["data"][0] != first["data"][1]


def test_without_a_seed_each_call_takes_a_fresh_one():
    assert answer(request())["seed"] != answer(request())["seed"]


def test_extra_fields_go_before_the_connections_options():
    options = EngineOptions(strength=0.9, seed=1)
    assert (answer(request(), options)["seed"], answer(request(), options)["strength"]) == (1, 0.9)
    extras = (("strength", "0.2"), ("seed", "77"), ("prompt", "ignored"))
    body = answer(request(extra_fields=extras, model="any-model", user="u"), options)
    assert (body["seed"], body["strength"]) == (77, 0.2)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("strength", "1.01"),
        ("strength", "-0.1"),
        ("strength", "nan"),
        ("strength", "inf"),
        ("strength", "much"),
        ("strength", ""),
        ("seed", "-1"),
        ("seed", "1.5"),
        ("seed", ""),
        ("seed", "²"),
        ("seed", str(2**63)),
        ("seed", "9" * 10_000),
    ],
)
def test_a_bad_extra_field_is_refused_with_its_name_and_value(field, text):
    with EmbeddedService(EngineOptions()) as service:
        with pytest.raises(InvalidRequest) as refused:
            service.check(request(extra_fields=((field, text),)))
        with pytest.raises(InvalidRequest):
            service.create_variation(request(extra_fields=((field, text),)))
    message = str(refused.value)
    assert message.startswith(f"{field.capitalize()} is ")
    assert text[:4] in message
    assert len(message) < 200


@pytest.mark.parametrize(("strength", "seed"), [("0", "0"), ("1", str(2**63 - 1))])
def test_the_bounds_of_strength_and_seed_are_allowed(strength, seed):
    body = answer(request(extra_fields=(("strength", strength), ("seed", seed))))
    assert (body["strength"], body["seed"]) == (float(strength), int(seed))


@pytest.mark.parametrize("data", [b"", b"GIF89a", picture(size=(64, 32)), picture()[:200]])
def test_a_picture_that_the_call_cannot_take_is_refused(data):
    with EmbeddedService(EngineOptions()) as service, pytest.raises(InvalidPicture):
        service.create_variation(VariationRequest(data, "bad.png", size="256x256"))


def test_transparency_is_kept_and_reported():
    body = answer(VariationRequest(picture("RGBA"), size="256x256"))
    assert body["background"] == "transparent"
    assert pixels(body["data"][0])[..., 3].min() < 128


def test_progress_is_told_after_each_image():
    watch = Recorder()
    with EmbeddedService(EngineOptions()) as service:
        service.create_variation(request(n=4), watch)
    assert watch.fractions == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("made", [0, 1])
def test_a_cancel_ends_the_call(made):
    watch = Recorder(patience=made)
    with EmbeddedService(EngineOptions()) as service, pytest.raises(Canceled):
        service.create_variation(request(n=4), watch)
    assert len(watch.fractions) < 4


def test_the_engine_is_in_the_list_of_models():
    with EmbeddedService(EngineOptions()) as service:
        assert service.list_models() == (Model(MODEL),)


def test_a_pool_that_was_handed_in_is_used_and_left_to_its_owner():
    fields = request(response_format="b64_json", extra_fields=(("seed", "3"),))
    with Pool(1) as pool:
        answers = []
        for _ in range(2):
            with EmbeddedService(EngineOptions(), pool) as service:
                answers.append(json.loads(service.create_variation(fields).body)["data"])
        assert answers[0] == answers[1] == answer(fields)["data"]
