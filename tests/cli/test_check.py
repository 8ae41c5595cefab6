"""`openai-images check`."""

import json

MODELS = {"data": [{"id": "gpt-image-2"}, {"id": "gpt-5"}]}


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
