"""The installed command, as a user runs it."""

import base64
import json
import os
import subprocess
import sys

import pytest
from PIL import Image

KEY = "sk-marked-0123456789"


def run(*arguments, key=None):
    environment = {**os.environ, **({"THE_KEY": key} if key else {})}
    return subprocess.run(
        [sys.executable, "-m", "openai_images.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


@pytest.fixture
def picture(tmp_path, png):
    path = tmp_path / "cat.png"
    path.write_bytes(png)
    return path


def test_vary_writes_a_png_file_for_each_variation_and_names_it(picture, tmp_path):
    done = run("vary", picture, "--n", 2, "--size", "256x256", "--out", tmp_path / "out")
    paths = [tmp_path / "out" / f"cat-variation-{number}.png" for number in (1, 2)]
    assert (done.returncode, done.stdout.splitlines()) == (0, [str(path) for path in paths])
    for path in paths:
        with Image.open(path) as made:
            assert made.size == (256, 256)
    assert "Made image 2 of 2" in done.stderr


def test_vary_calls_a_service_with_the_key_of_the_variable(picture, tmp_path, httpserver, png):
    body = {"data": [{"b64_json": base64.b64encode(png).decode()}]}
    httpserver.expect_request("/v1/images/edits", "POST").respond_with_json(body)
    url = httpserver.url_for("/v1")
    options = ["--base-url", url, "--key-variable", "THE_KEY", "--edits", "--prompt", "more cats"]
    done = run("vary", picture, *options, "--field", "quality=low", "--out", tmp_path, key=KEY)
    ((request, _),) = httpserver.log
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.form.to_dict() == {"prompt": "more cats", "quality": "low"}
    assert done.returncode == 0
    assert (tmp_path / "cat-variation-1.png").exists()
    assert KEY not in done.stdout + done.stderr


def test_check_lists_the_image_models(httpserver):
    models = {"data": [{"id": "gpt-image-2"}, {"id": "gpt-5"}]}
    httpserver.expect_request("/v1/models").respond_with_json(models)
    done = run("check", "--base-url", httpserver.url_for("/v1"))
    assert (done.returncode, done.stdout) == (0, "gpt-image-2\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vary", "nowhere.png"], "nowhere.png does not exist"),
        (["vary", "nowhere.png", "--n", 11], "N is 11"),
        (["vary", "x.png", "--key-variable", "THE_KEY"], '"THE_KEY" has no password'),
        (["check", "--base-url", "host/v1"], "not an http or https address"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_1(arguments, message):
    done = run(*arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_answer_of_another_kind_is_one_line(picture, httpserver):
    httpserver.expect_request("/v1/images/variations").respond_with_data(json.dumps([]))
    done = run("vary", picture, "--base-url", httpserver.url_for("/v1"))
    assert done.returncode == 1
    assert "base URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_its_extra_the_command_says_what_to_install():
    code = "import sys; sys.modules['typer'] = None; import openai_images.cli"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == 'The command line needs: pip install "openai-images[cli]".\n'
