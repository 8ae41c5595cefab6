"""`openai-images vary`, from the picture to the files."""

import base64
import json
import os
import pty
import signal
import subprocess
import sys
import threading

import pytest
from PIL import Image
from werkzeug import Response

from openai_images.cli import main

KEY = "sk-marked-0123456789"


def test_writes_a_png_file_for_each_variation_and_names_it(run, picture, tmp_path):
    done = run("vary", picture, "-n", 2, "-s", "256x256", "-o", tmp_path / "out")
    paths = [tmp_path / "out" / f"cat-variation-{number}.png" for number in (1, 2)]
    assert (done.returncode, done.stdout.splitlines()) == (0, [str(path) for path in paths])
    assert done.stderr == ""
    for path in paths:
        with Image.open(path) as made:
            assert made.size == (256, 256)


def test_the_same_pictures_stay_and_others_never_overwrite_them(
    run, picture, tmp_path, httpserver, answer, png
):
    with Image.open(picture) as image:
        image.rotate(90).save(tmp_path / "other.png")
    for content in (png, png, (tmp_path / "other.png").read_bytes()):
        httpserver.clear()
        done = run("vary", picture, "-u", answer(content), "-o", tmp_path / "out")
        assert done.returncode == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["cat-variation-1.png", "cat-variation-2.png"]


def test_calls_a_service_with_the_key_of_the_variable(
    run, picture, tmp_path, httpserver, answer, png
):
    url = answer(png, call="edits")
    options = ["--base-url", url, "--key-variable", "THE_KEY", "--edits", "--prompt", "more cats"]
    done = run("vary", picture, *options, "-f", "quality=low", "-o", tmp_path, THE_KEY=KEY)
    ((request, _),) = httpserver.log
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.form.to_dict() == {"prompt": "more cats", "quality": "low"}
    assert done.returncode == 0
    assert (tmp_path / "cat-variation-1.png").exists()
    assert KEY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("options", "variable", "path"),
    [
        (["--service", "openai"], "OPENAI_API_KEY", "/v1/images/edits"),
        (["--service", "azure"], "AZURE_OPENAI_API_KEY", "/v1/images/edits"),
        (["--service", "openai", "--variations"], "OPENAI_API_KEY", "/v1/images/variations"),
        ([], "UNUSED", "/v1/images/variations"),
    ],
)
def test_each_service_gets_the_call_that_it_has_and_its_usual_key(
    run, picture, tmp_path, httpserver, answer, png, options, variable, path
):
    answer(png, call="edits")
    url = answer(png)
    done = run(
        "vary", picture, "-u", url, *options, "-m", "a-model", "-o", tmp_path, **{variable: KEY}
    )
    ((request, _),) = httpserver.log
    assert (done.returncode, request.path, request.form["model"]) == (0, path, "a-model")
    sent = request.headers.get("Authorization", "") + request.headers.get("api-key", "")
    assert (KEY in sent) == bool(options)


def test_a_base_url_without_version_is_told_before_a_picture_is_sent(
    run, picture, tmp_path, httpserver
):
    httpserver.expect_request("/v1/models").respond_with_json({"data": []})
    done = run("vary", picture, "-u", httpserver.url_for(""), "-o", tmp_path)
    assert done.returncode == 1
    assert f'the API is at "{httpserver.url_for("/v1")}"' in done.stderr
    assert [request.method for request, _ in httpserver.log] == ["GET"]


def test_a_picture_of_another_form_is_prepared_and_that_is_said(run, tmp_path, answer, png):
    wide = tmp_path / "wide.jpg"
    Image.linear_gradient("L").resize((90, 60)).save(wide)
    done = run("vary", wide, "-u", answer(png), "-o", tmp_path / "out")
    assert done.returncode == 0
    assert "cropped to its middle square" in done.stderr


def test_json_tells_what_became_of_the_picture(run, picture, tmp_path, answer, png):
    done = run("vary", picture, "--json", "-u", answer(png, seed=7), "-o", tmp_path)
    row, summary = map(json.loads, done.stdout.splitlines())
    assert (row["picture"], row["status"], row["seed"]) == (str(picture), "done", 7)
    assert row["files"] == [str(tmp_path / "cat-variation-1.png")]
    assert (summary["summary"]["done"], summary["summary"]["failed"]) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.png"], "nowhere.png does not exist"),
        (["cat.png", "--n", 11], "N is 11"),
        (["cat.png", "--out", "cat.png"], "cat.png is no folder"),
        (["cat.png", "--out", "cat.png/out"], "cat.png/out is no folder"),
        (["cat.png", "--service", "openai"], "OPENAI_API_KEY is not set"),
        (["cat.png", "--service", "compatible"], "base URL is empty"),
        (["cat.png", "--key-variable", "THE_KEY"], "--key-variable would do nothing"),
        (["cat.png", "--model", "dall-e-2"], "--model would do nothing"),
        (["cat.png", "--response-format", "url"], "--response-format would do nothing"),
        (["cat.png", "--field", "seed=1"], "--field would do nothing"),
        (["cat.png", "--prompt", "cats"], "--prompt would do nothing"),
        (["cat.png", "--edits"], "--edits would do nothing"),
        (["cat.png", "-u", "http://127.0.0.1:9/v1", "--seed", "1"], "--seed would do nothing"),
        (["cat.png", "-u", "http://127.0.0.1:9/v1", "--strength", "0.1"], "--strength would do"),
        (["cat.png", "-u", "http://127.0.0.1:9/v1", "--prompt", "x"], "--prompt would do nothing"),
        (["cat.png", "--strength", "2"], "Strength is 2"),
        (["cat.png", "-u", "http://127.0.0.1:9/v1", "--model", "\udcff"], "not UTF-8 text"),
        (["cat.png", "-u", "http://127.0.0.1:9/v1", "--field", "a=\udcff"], "not UTF-8 text"),
        (["\udcff.png"], "_.png does not exist"),
        (["\x1b[31m.png"], "No file matches _[31m.png"),
        (["cat.png", "--connection", "nowhere.toml"], "nowhere.toml cannot be read"),
    ],
)
def test_a_mistake_is_one_line_and_exit_status_1(
    picture, tmp_path, monkeypatch, capsys, arguments, message
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "")
    monkeypatch.setattr(sys, "argv", ["openai-images", "vary", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (1, "")
    assert message in told.err
    assert len(told.err.splitlines()) == 1
    assert "\x1b" not in told.err


def test_an_unknown_option_is_told_with_status_2(run):
    done = run("vary", "cat.png", b"--\xff".decode(errors="surrogateescape"))
    assert done.returncode == 2
    assert "No such option" in done.stderr


@pytest.mark.parametrize("content", [[], {"data": []}, {"data": [{"b64_json": "!"}]}])
def test_no_picture_is_a_failure(run, picture, tmp_path, httpserver, content):
    httpserver.expect_request("/v1/images/variations").respond_with_json(content)
    done = run("vary", picture, "-u", httpserver.url_for("/v1"), "-o", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


def test_a_missing_picture_is_a_failure_that_keeps_the_others(run, picture, tmp_path, answer, png):
    done = run("vary", picture, "-n", 2, "-u", answer(png, b"no picture"), "-o", tmp_path)
    assert done.returncode == 1
    assert done.stdout == f"{tmp_path / 'cat-variation-1.png'}\n"
    assert done.stderr.endswith("Error: 1 of 2 variations are missing.\n")


@pytest.mark.parametrize(
    ("status", "option"),
    [(401, "--key-variable"), (404, "--edits"), (413, "--prepare"), (429, "--connection")],
)
def test_an_error_names_the_option_that_helps(
    picture, tmp_path, httpserver, monkeypatch, capsys, status, option
):
    httpserver.expect_request("/v1/images/variations").respond_with_json({}, status=status)
    (tmp_path / "once.toml").write_text("[retry]\nattempts = 1\n")
    arguments = ["vary", picture, "-u", httpserver.url_for("/v1"), "-o", tmp_path]
    arguments += ["--connection", tmp_path / "once.toml"]
    monkeypatch.setattr(sys, "argv", ["openai-images", *map(str, arguments)])
    with pytest.raises(SystemExit):
        main()
    told = capsys.readouterr().err
    assert option in told
    for word in ("connector", "node", "Prepare Image", "Make Variations With", "KNIME"):
        assert word not in told


def test_nothing_that_a_service_says_drives_the_terminal(run, picture, tmp_path, httpserver):
    hostile = "\x1b]0;owned\x07\r\nWarning: forged\u2028\x9b31m"
    body = {"error": {"message": hostile, "code": hostile}}
    httpserver.expect_request("/v1/images/variations").respond_with_json(body, status=400)
    done = run("vary", picture, "-u", httpserver.url_for("/v1"), "-o", tmp_path)
    assert done.returncode == 1
    assert "owned" in done.stderr
    assert [line[:6] for line in done.stderr.splitlines()] == ["Error:"]
    assert not set(done.stderr) & set("\x1b\x07\r\u2028\x9b")


@pytest.mark.parametrize(
    ("disk", "options", "message"),
    [
        ("ro", [], "Read-only file system"),
        ("size=1m", [], "make room"),
        ("size=16k", ["-s", "256x256"], "No space left on device"),
    ],
)
def test_a_place_that_takes_no_pictures_is_refused_before_anything_is_sent(
    on_a_disk, command, picture, httpserver, answer, png, disk, options, message
):
    url = answer(png)
    done = on_a_disk(disk, *command, "vary", picture, "-u", url, "-o", "{disk}/a/b", *options)
    assert (done.returncode, done.stdout, httpserver.log) == (1, "", [])
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_pictures_that_find_the_disk_full_are_kept_elsewhere(
    on_a_disk, command, picture, tmp_path, answer
):
    noise = tmp_path / "noise.png"
    Image.effect_noise((1500, 1500), 100).save(noise)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    options = ["-u", answer(noise.read_bytes()), "-s", "256x256", "-o", "{disk}"]
    done = on_a_disk("size=1m", *command, "vary", picture, *options, TMPDIR=str(elsewhere))
    assert done.returncode == 1
    (kept,) = elsewhere.glob("*/cat-variation-1.png")
    assert done.stdout == f"{kept}\n"
    assert f"files went to {kept.parent} instead" in done.stderr
    with Image.open(kept) as made:
        assert made.size == (1500, 1500)


def test_a_name_that_is_long_in_bytes_is_cut(run, tmp_path, png, answer):
    picture = tmp_path / ("猫" * 80 + ".png")
    picture.write_bytes(png)
    done = run("vary", picture, "-u", answer(png), "-o", tmp_path / "out")
    (made,) = (tmp_path / "out").iterdir()
    assert (done.returncode, done.stdout) == (0, f"{made}\n")
    assert made.name.endswith("猫-variation-1.png")


def test_a_reader_that_goes_away_does_not_keep_pictures_from_being_written(
    command, picture, tmp_path, answer, png
):
    reading, writing = os.pipe()
    os.close(reading)
    arguments = ["vary", picture, "-n", "2", "-u", answer(png, png), "-o", tmp_path / "out"]
    done = subprocess.run(
        [*command, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list((tmp_path / "out").iterdir())) == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_results_that_cannot_be_printed_are_a_failure_that_keeps_the_pictures(
    command, picture, tmp_path, answer, png
):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [*command, "vary", picture, "-u", answer(png), "-o", tmp_path / "out"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "Error: Standard output was not written: No space left on device.\n"
    assert len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_cancels_in_one_line(command, picture, tmp_path, httpserver, number, status):
    asked, leave = threading.Event(), threading.Event()

    def hang(_):
        asked.set()
        leave.wait(60)
        return Response(status=500)

    httpserver.expect_request("/v1/images/variations").respond_with_handler(hang)
    arguments = ["vary", picture, "-u", httpserver.url_for("/v1"), "-o", tmp_path]
    process = subprocess.Popen([*command, *arguments], stderr=subprocess.PIPE, text=True)
    try:
        assert asked.wait(60)
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    finally:
        leave.set()
        process.kill()
    assert process.returncode == status
    assert told.split("\n")[1:] == ["Canceling; a second time stops at once.", "Canceled.", ""]


def test_on_a_terminal_progress_is_one_line_that_changes(
    command, picture, tmp_path, httpserver, png
):
    calls = []

    def busy_once(_):
        calls.append(1)
        if len(calls) == 1:
            return Response(status=429, headers={"retry-after": "2"})
        return Response(json.dumps({"data": [{"b64_json": base64.b64encode(png).decode()}]}))

    httpserver.expect_request("/v1/images/variations").respond_with_handler(busy_once)
    ours, theirs = pty.openpty()
    arguments = ["vary", picture, "-u", httpserver.url_for("/v1"), "-o", tmp_path]
    process = subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(theirs)
    told = b""
    while chunk := _read(ours):
        told += chunk
    os.close(ours)
    stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert stdout.decode() == f"{tmp_path / 'cat-variation-1.png'}\n"
    text = told.decode()
    assert "next try in 2 s, attempt 2 of 5" in text
    # Each state of the line overwrites the one before: no line feed but those of the frame's end.
    assert text.count("\n") <= 2


def _read(descriptor):
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux: the other end was closed
        return b""
