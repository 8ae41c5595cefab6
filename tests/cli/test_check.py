"""`openai-images check`."""

import json

import pytest

MODELS = {"data": [{"id": "gpt-image-2"}, {"id": "gpt-5"}]}


@pytest.fixture
def nothing_elsewhere(httpserver):
    """The server has what a test expects, and else nothing."""
    httpserver.no_handler_status_code = 404
    yield
    httpserver.no_handler_status_code = 500


def test_lists_the_image_models(run, httpserver):
    httpserver.expect_request("/v1/models").respond_with_json(MODELS)
    done = run("check", "--base-url", httpserver.url_for("/v1"))
    assert (done.returncode, done.stdout) == (0, "gpt-image-2\n")


def test_lists_them_as_json(run, httpserver):
    httpserver.expect_request("/v1/models").respond_with_json(MODELS)
    done = run("check", "--json", "--base-url", httpserver.url_for("/v1"))
    assert json.loads(done.stdout) == {"model": "gpt-image-2", "ends": None}


def test_a_base_url_that_is_no_address_is_refused(run):
    done = run("check", "--base-url", "host/v1")
    assert done.returncode == 1
    assert "not an http or https address" in done.stderr


@pytest.mark.usefixtures("nothing_elsewhere")
def test_a_base_url_without_version_is_told_as_that(run, httpserver):
    httpserver.expect_request("/v1/models").respond_with_json(MODELS)
    done = run("check", "--base-url", httpserver.url_for(""))
    assert (done.returncode, done.stdout) == (1, "")
    assert f'the API is at "{httpserver.url_for("/v1")}"' in done.stderr


@pytest.mark.usefixtures("nothing_elsewhere")
def test_a_service_without_a_list_of_models_confirms_nothing(run, httpserver):
    done = run("check", "--base-url", httpserver.url_for("/v2"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not list its models" in done.stderr
