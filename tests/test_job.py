import base64
from dataclasses import replace
from decimal import Decimal

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.cost import Cost
from openai_images.errors import Canceled, ErrorAnswer, InvalidPicture, NoAnswer
from openai_images.job import ResultFormat, VariationJob
from openai_images.models import Model
from openai_images.options import Prices, RetryPolicy
from openai_images.pictures import Preparation
from openai_images.request import VariationRequest
from openai_images.session import open_session


@pytest.fixture
def connection(httpserver):
    return Connection(
        service=ServiceKind.COMPATIBLE,
        base_url=httpserver.url_for("/v1"),
        retry=RetryPolicy(attempts=1),
        default_model="sd-tiny",
    )


@pytest.fixture
def picture(tmp_path, png):
    path = tmp_path / "cat.png"
    path.write_bytes(png)
    return str(path)


def run(job, connection, watch):
    with open_session(connection) as session:
        return job.run(session, watch)


def answer(httpserver, content, status=200):
    httpserver.expect_request("/v1/images/variations").respond_with_json(content, status=status)


def items(png):
    return {"created": 1, "data": [{"b64_json": base64.b64encode(png).decode()}]}


def test_a_job_goes_from_the_named_picture_to_the_images(
    connection, picture, png, httpserver, watch
):
    answer(httpserver, items(png))
    outcome = run(VariationJob(picture), connection, watch)
    assert (outcome.request.image, outcome.request.image_name) == (png, "cat.png")
    assert (outcome.response.status, outcome.answer.created) == (200, 1)
    assert [image.width for image in outcome.images] == [64]
    assert (outcome.model, outcome.failure) == ("sd-tiny", "")
    assert watch.messages[:2] == ["Reading the picture", "Asking for variations"]


@pytest.mark.parametrize("result_format", ResultFormat)
@pytest.mark.parametrize("form", ["b64_json", "url"])
def test_base64_is_kept_only_where_it_is_the_result(
    connection, picture, png, httpserver, watch, result_format, form
):
    text = base64.b64encode(png).decode()
    value = text if form == "b64_json" else f"data:image/png;base64,{text}"
    answer(httpserver, {"created": 1, "data": [{form: value}]})
    outcome = run(VariationJob(picture, result_format=result_format), connection, watch)
    is_kept = result_format is not ResultFormat.IMAGES
    assert [data.value == value for data in outcome.answer.data] == [is_kept]
    assert (value in outcome.response.text) == is_kept
    assert [image.png for image in outcome.images] == [png]
    assert [bool(image.data.value) for image in outcome.images] == [is_kept]


@pytest.mark.parametrize("result_format", [ResultFormat.STRUCTURED_TABLE, ResultFormat.IMAGES])
def test_an_http_error_is_an_error_with_advice(
    connection, picture, httpserver, watch, result_format
):
    answer(httpserver, {"error": {"message": "no"}}, 400)
    with pytest.raises(ErrorAnswer):
        run(VariationJob(picture, result_format=result_format), connection, watch)


@pytest.mark.parametrize(("status", "content"), [(400, {"error": "no"}), (200, {"data": []})])
def test_a_raw_response_is_a_result_whatever_it_holds(
    connection, picture, httpserver, watch, status, content
):
    answer(httpserver, content, status)
    job = VariationJob(picture, result_format=ResultFormat.RAW_RESPONSE)
    outcome = run(job, connection, watch)
    assert (outcome.response.status, outcome.answer, outcome.images) == (status, None, ())


def test_no_answer_at_all_fails_a_raw_response_too(picture, watch):
    gone = Connection(
        service=ServiceKind.COMPATIBLE,
        base_url="http://127.0.0.1:9/v1",
        retry=RetryPolicy(attempts=1),
    )
    job = VariationJob(picture, result_format=ResultFormat.RAW_RESPONSE)
    with pytest.raises(NoAnswer):
        run(job, gone, watch)


@pytest.mark.parametrize("location", ["nowhere.png", "picture"])
def test_a_job_that_continue_on_error_turns_its_failure_into_a_warning(
    connection, picture, httpserver, watch, location
):
    answer(httpserver, {"error": {"message": "no"}}, 400)
    job = VariationJob(picture if location == "picture" else location, continue_on_error=True)
    outcome = run(job, connection, watch)
    assert outcome.response is None
    assert watch.warnings == [outcome.failure]


def test_cancel_is_never_turned_into_a_warning(connection, picture, httpserver, watch, png):
    answer(httpserver, items(png))
    watch.cancel = True
    with pytest.raises(Canceled):
        run(VariationJob(picture, continue_on_error=True), connection, watch)


USAGE = {
    "input_tokens": 300,
    "input_tokens_details": {"text_tokens": 100, "image_tokens": 200},
    "output_tokens": 1000,
    "total_tokens": 1300,
}


def test_with_prices_the_cost_of_the_call_is_known_and_added_to_the_sum(
    connection, picture, png, httpserver, watch
):
    answer(httpserver, items(png) | {"usage": USAGE})
    priced = replace(connection, prices=Prices("5", "8", "30"))
    with open_session(priced) as session:
        first, second = (VariationJob(picture).run(session, watch) for _ in range(2))
    assert first.cost == second.cost == Cost(Decimal("0.0321"), "USD")
    costs = [message for message in watch.messages if message.startswith("Cost")]
    assert costs == ["Cost so far: 0.0321 USD", "Cost so far: 0.0642 USD"]
    assert watch.warnings == []


@pytest.mark.parametrize(("priced", "warnings"), [(True, 1), (False, 0)])
def test_a_cost_that_is_not_known_is_warned_of_only_with_prices(
    connection, picture, png, httpserver, watch, priced, warnings
):
    answer(httpserver, items(png))
    connection = replace(connection, prices=Prices("5", "8", "30") if priced else Prices())
    outcome = run(VariationJob(picture), connection, watch)
    assert outcome.cost is None
    assert len(watch.warnings) == warnings


def test_a_check_calls_nothing_and_fetches_nothing(connection, picture, httpserver):
    with open_session(connection) as session:
        VariationJob(picture).check(session)
        VariationJob(httpserver.url_for("/cat.png")).check(session)
        VariationJob("knime://knime.workflow/data/cat.png").check(session)
        with pytest.raises(InvalidPicture):
            VariationJob("nowhere.png").check(session)
    assert httpserver.log == []


def test_a_prepared_picture_goes_out_as_the_png_file_it_is(
    connection, tmp_path, httpserver, watch, png
):
    from PIL import Image

    answer(httpserver, items(png))
    path = tmp_path / "wide.jpg"
    Image.new("RGB", (90, 60), "red").save(path)
    job = VariationJob(str(path), VariationRequest(b""), Preparation.PAD)
    outcome = run(job, connection, watch)
    assert outcome.request.image_name == "wide.png"
    assert bytes(outcome.request.image).startswith(b"\x89PNG")


def test_what_holds_for_the_connection_is_told_once_in_a_session(
    connection, picture, png, httpserver, watch
):
    answer(httpserver, items(png))
    old = replace(
        connection, prices=Prices("5", "8", "30"), models=(Model("sd-tiny", "2026-01-01"),)
    )
    with open_session(old) as session:
        for _ in range(3):
            VariationJob(picture).run(session, watch)
    assert len(watch.warnings) == 2
    assert "sd-tiny" in watch.warnings[0]
    assert "cost" in watch.warnings[1]
