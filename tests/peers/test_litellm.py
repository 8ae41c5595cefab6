"""Our nodes against a LiteLLM proxy in front of our own server."""

import json

import pytest

from knime_headless import NodeFailed

from .conftest import ENGINE_KEY, PROXY_KEY

SMALL = {"set_size": True, "size": "256x256"}
IMAGES = SMALL | {"result_format": "IMAGES", "set_n": True, "n": 2, "extra_fields": "seed=7"}
# What differs from call to call, whoever answers.
OF_THE_CALL = ["Created", "Request ID", "URL"]


def rows(result):
    table = result.outputs[0].to_pandas().drop(columns=OF_THE_CALL)
    return [
        {name: cell.tobytes() if name == "Image" else cell for name, cell in row.items()}
        for row in table.astype(object).where(table.notna(), None).to_dict("records")
    ]


@pytest.fixture
def through(litellm):
    """The connector's settings for the pass-through route."""
    return {"base_url": f"{litellm}/engine", "credentials": "proxy"}


@pytest.fixture
def edits(litellm):
    """The connector's settings for the proxy's own edits route."""
    return {
        "base_url": f"{litellm}/v1",
        "credentials": "proxy",
        "route": "EDITS",
        "default_model": "variation-engine",
    }


def test_the_pass_through_gives_the_table_that_the_server_itself_gives(run, engine, through):
    options = IMAGES | {"set_response_format": True, "response_format": "b64_json"}
    direct = run({"base_url": f"{engine}/v1", "credentials": "engine"}, **options)
    passed = run(through, **options)
    assert [row["Width"] for row in rows(passed)] == [256, 256]
    assert rows(passed) == rows(direct)
    assert passed.warnings == direct.warnings == ()


def test_addresses_on_a_server_that_nobody_named_are_kept_and_not_fetched(run, engine, through):
    result = run(through, **IMAGES | {"set_response_format": True, "response_format": "url"})
    table = result.outputs[0].to_pandas()
    assert all(url.startswith(engine) for url in table["URL"])
    assert table["Image"].isna().all()
    assert "is not fetched" in result.warnings[-1]


@pytest.mark.parametrize("image_field", ["image", "image[]"])
def test_the_edits_route_answers_with_pictures_of_the_size_asked_for(run, edits, image_field):
    result = run(edits | {"image_field": image_field}, **IMAGES)
    assert result.warnings == ()
    assert [(row["Width"], row["Height"]) for row in rows(result)] == [(256, 256)] * 2
    assert rows(result)[0]["Image"] != rows(result)[1]["Image"]


def test_the_edits_route_fills_the_structured_table(run, edits):
    options = SMALL | {"set_response_format": True, "response_format": "b64_json"}
    result = run(edits | {"quality": "low", "background": "opaque"}, **options)
    (row,) = result.outputs[0].to_pyarrow().to_pylist()
    assert (row["Size"], row["Output Format"]) == ("256x256", "png")
    assert len(row["Data"]) == 1
    assert result.warnings == ()


def test_the_proxys_own_variations_route_is_missing_and_the_option_is_named(run, litellm):
    settings = {"base_url": f"{litellm}/v1", "credentials": "proxy"}
    with pytest.raises(NodeFailed, match="choose the edits call") as failure:
        run(settings)
    assert "HTTP 404" in failure.value.message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        # Without a database the proxy cannot look another key than its own up.
        ({"credentials": "wrong"}, "No connected db"),
        ({"default_model": "nobody"}, "nobody"),
    ],
)
def test_the_proxys_errors_are_one_readable_sentence(run, edits, change, said):
    with pytest.raises(NodeFailed, match="HTTP 400") as failure:
        run(edits | change)
    assert said in failure.value.message
    assert "{" not in failure.value.message


def test_an_error_of_the_server_behind_the_proxy_is_read_out_of_the_proxys(run, edits):
    with pytest.raises(NodeFailed, match="Strength is 9") as failure:
        run(edits, extra_fields="strength=9")
    assert "{" not in failure.value.message


def test_the_proxys_models_are_found_and_no_key_is_told(nodes, credentials, edits):
    settings = {"service": "COMPATIBLE", "check_connection": True, **edits}
    result = nodes["openai_image_connector"].execute(settings, [], credentials=credentials)
    connection = result.outputs[0].spec.connection
    assert [model.name for model in connection.models] == ["variation-engine"]
    told = json.dumps(connection.to_dict()) + str(result.log)
    assert PROXY_KEY not in told
    assert ENGINE_KEY not in told
