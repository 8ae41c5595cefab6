import json
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from openai_images.cost import Cost
from openai_images.job import Outcome, ResultFormat
from openai_images.request import VariationRequest
from openai_images.response import ApiResponse, ImageData, ImagesResponse
from openai_images.services.collect import ResultImage
from openai_images.tables import SCHEMAS, result_table

USAGE = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
OUTCOME = Outcome(
    request=VariationRequest(b""),
    response=ApiResponse(200, {"x-request-id": "req_1"}, b'{"data": "caf\xc3\xa9"}'),
    answer=ImagesResponse(
        created=1750000000,
        data=(ImageData(b64_json="AA"), ImageData(url="https://x/2.png", revised_prompt="a cat")),
        quality="high",
        usage=USAGE,
        seed=7,
    ),
    images=(
        ResultImage(0, ImageData(b64_json="AA"), b"png", 256, 128),
        ResultImage(1, ImageData(url="https://x/2.png", revised_prompt="a cat"), problem="gone"),
    ),
    model="dall-e-2",
    cost=Cost(Decimal("0.0123"), "EUR"),
    source="photo.jpg",
)


def test_the_structured_table_has_exactly_the_seven_columns_of_the_contract():
    table = result_table(OUTCOME, ResultFormat.STRUCTURED_TABLE)
    assert [(field.name, str(field.type)) for field in table.schema] == [
        ("Created", "int64"),
        ("Data", "list<item: string>"),
        ("Background", "string"),
        ("Output Format", "string"),
        ("Size", "string"),
        ("Quality", "string"),
        ("Usage", "string"),
    ]
    (row,) = table.to_pylist()
    assert json.loads(row.pop("Usage")) == USAGE
    assert row == {
        "Created": 1750000000,
        "Data": ["AA", "https://x/2.png"],
        "Background": None,
        "Output Format": None,
        "Size": None,
        "Quality": "high",
    }


def test_the_raw_response_is_body_and_status():
    table = result_table(OUTCOME, ResultFormat.RAW_RESPONSE)
    assert table.schema.types == [pa.string(), pa.int32()]
    assert table.to_pylist() == [{"body": '{"data": "café"}', "status": 200}]


def test_the_images_table_has_a_row_per_image_good_or_not():
    first, second = result_table(OUTCOME, ResultFormat.IMAGES).to_pylist()
    assert first == {
        "Image": b"png",
        "Index": 1,
        "Width": 256,
        "Height": 128,
        "Source": "photo.jpg",
        "Seed": 7,
        "URL": None,
        "Revised Prompt": None,
        "Created": 1750000000,
        "Model": "dall-e-2",
        "Request ID": "req_1",
        "Input Tokens": 3,
        "Output Tokens": 4,
        "Total Tokens": 7,
        "Cost": 0.0123,
        "Currency": "EUR",
    }
    assert (second["Image"], second["URL"], second["Revised Prompt"]) == (
        None,
        "https://x/2.png",
        "a cat",
    )


def test_the_columns_of_a_call_add_up_over_its_images():
    table = result_table(OUTCOME, ResultFormat.IMAGES)
    assert table.column("Total Tokens").to_pylist() == [7, None]
    assert table.column("Cost").to_pylist() == [0.0123, None]


def test_tokens_that_a_service_does_not_count_are_missing():
    outcome = replace(OUTCOME, answer=replace(OUTCOME.answer, usage=None), cost=None)
    row = result_table(outcome, ResultFormat.IMAGES).to_pylist()[0]
    names = ("Input Tokens", "Output Tokens", "Total Tokens", "Cost", "Currency")
    assert [row[name] for name in names] == [None] * 5


def test_a_data_url_does_not_repeat_the_picture_beside_it():
    image = ResultImage(0, ImageData(url="data:image/png;base64,AA"), b"png", 1, 1)
    outcome = Outcome(OUTCOME.request, OUTCOME.response, OUTCOME.answer, (image,))
    assert result_table(outcome, ResultFormat.IMAGES).column("URL").to_pylist() == [None]


@pytest.mark.parametrize("result_format", ResultFormat)
def test_a_failed_job_gives_the_same_columns_without_rows(result_format):
    table = result_table(Outcome(OUTCOME.request, failure="no"), result_format)
    assert (table.num_rows, table.schema) == (0, SCHEMAS[result_format])


def test_a_raw_error_is_a_row_like_any_other():
    outcome = Outcome(OUTCOME.request, ApiResponse(404, {}, b"gone"))
    assert result_table(outcome, ResultFormat.RAW_RESPONSE).to_pylist() == [
        {"body": "gone", "status": 404}
    ]
    assert result_table(outcome, ResultFormat.STRUCTURED_TABLE).num_rows == 0


def test_usage_is_json_whatever_the_service_counts():
    body = b'{"data": [{"url": "x"}], "usage": {"a": NaN, "b": [1e999, -Infinity], "c": 7}}'
    answer = ImagesResponse.parse(ApiResponse(200, {}, body))
    table = result_table(replace(OUTCOME, answer=answer), ResultFormat.STRUCTURED_TABLE)
    (text,) = table["Usage"].to_pylist()
    assert json.loads(text, parse_constant=pytest.fail) == {"a": None, "b": [None, None], "c": 7}
