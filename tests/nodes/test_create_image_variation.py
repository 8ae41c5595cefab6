import base64
import io
import json
import threading

import pytest
from PIL import Image
from werkzeug import Response

import knime.extension as knext
from knime_headless import NodeCanceled, NodeFailed

from .conftest import KEY, controls

TOGGLES = ["set_model", "set_n", "set_response_format", "set_size", "set_user"]


def test_the_options_stand_in_the_order_and_words_of_the_contract(vary, embedded):
    shown = controls(vary.dialog({}, [embedded.spec]))
    assert [label for label, _, advanced, _ in shown if not advanced] == [
        "Image",
        "Set Model",
        "Model",
        "Set N",
        "N",
        "Set Response Format",
        "Response Format",
        "Set Size",
        "Size",
        "Set User",
        "User",
        "Result Format",
        "Prepare Image",
    ]
    assert [label for label, _, advanced, _ in shown if advanced] == [
        "Extra Form Fields",
        "On Failure",
    ]


@pytest.mark.parametrize("toggle", TOGGLES)
def test_an_option_shows_only_while_its_toggle_is_on(vary, embedded, toggle):
    dialog = vary.dialog({}, [embedded.spec])
    (element,) = [e for _, name, _, e in controls(dialog) if name == toggle.removeprefix("set_")]
    assert element["rule"]["effect"] == "SHOW"
    assert element["rule"]["condition"] == {
        "scope": f"#/properties/model/properties/{toggle}",
        "schema": {"oneOf": [{"const": True}]},
    }


def test_every_toggle_is_off_at_first_and_each_option_has_the_calls_default(vary):
    defaults = vary.defaults()
    assert not any(defaults[toggle] for toggle in TOGGLES)
    assert (defaults["n"], defaults["response_format"], defaults["size"]) == (1, "url", "1024x1024")
    assert defaults["result_format"] == "STRUCTURED_TABLE"


def test_any_model_can_be_entered(vary, service, calls, picture, credentials):
    configuration = service(default_model="sd-tiny")
    dialog = vary.dialog({}, [configuration.spec], credentials=credentials)
    assert dialog["schema"]["properties"]["model"]["properties"]["model"]["type"] == "string"
    settings = {"image": str(picture), "set_model": True, "model": "something-new"}
    vary.execute(settings, [configuration], credentials=credentials)
    assert calls[0][0]["model"] == "something-new"


def test_with_every_toggle_off_the_call_holds_the_picture_alone(
    vary, service, calls, picture, credentials
):
    values = {"model": "m", "n": 5, "response_format": "b64_json", "size": "256x256", "user": "u"}
    vary.execute({"image": str(picture), **values}, [service()], credentials=credentials)
    assert calls == [({}, ["image"])]


def test_with_every_toggle_on_the_call_holds_exactly_the_fields_set(
    vary, service, calls, picture, credentials
):
    values = {"model": "m", "n": 5, "response_format": "b64_json", "size": "256x256", "user": "u"}
    settings = {"image": str(picture), **values, **dict.fromkeys(TOGGLES, True)}
    vary.execute({**settings, "extra_fields": "prompt=a cat"}, [service()], credentials=credentials)
    assert calls == [({**values, "n": "5", "prompt": "a cat"}, ["image"])]


def test_the_structured_table_has_the_columns_and_types_of_the_contract(
    vary, service, calls, picture, credentials
):
    configuration = service()
    result = vary.execute({"image": str(picture)}, [configuration], credentials=credentials)
    table, passed_on = result.outputs
    assert [(column.name, column.ktype) for column in table.spec] == [
        ("Created", knext.int64()),
        ("Data", knext.list_(knext.string())),
        ("Background", knext.string()),
        ("Output Format", knext.string()),
        ("Size", knext.string()),
        ("Quality", knext.string()),
        ("Usage", knext.string()),
    ]
    (row,) = table.to_pyarrow().to_pylist()
    assert (row["Created"], row["Data"]) == (1750000000, ["https://example.org/1.png"])
    assert row["Usage"] is None
    assert passed_on.spec.connection == configuration.spec.connection


def test_the_raw_response_is_body_and_status_whatever_the_status(
    vary, service, httpserver, picture, credentials
):
    httpserver.expect_request("/v1/images/variations").respond_with_data("<h1>no</h1>", status=404)
    settings = {"image": str(picture), "result_format": "RAW_RESPONSE"}
    result = vary.execute(settings, [service()], credentials=credentials)
    assert [(column.name, column.ktype) for column in result.outputs[0].spec] == [
        ("body", knext.string()),
        ("status", knext.int32()),
    ]
    (row,) = result.outputs[0].to_pyarrow().to_pylist()
    assert (row["body"], row["status"]) == ("<h1>no</h1>", 404)


def test_images_are_png_pictures_made_by_the_engine(vary, embedded, picture):
    settings = {
        "image": str(picture),
        "set_n": True,
        "n": 2,
        "set_size": True,
        "size": "256x256",
        "result_format": "IMAGES",
    }
    result = vary.execute(settings, [embedded])
    frame = result.outputs[0].to_pandas()
    assert list(frame["Index"]) == [1, 2]
    assert [image.size for image in frame["Image"]] == [(256, 256)] * 2
    assert set(frame["Source"]) == {"cat.png"}
    assert set(frame["Seed"]) == {7}
    first, second = frame["Image"]
    assert first.tobytes() != second.tobytes()
    assert result.progress[-1].fraction == pytest.approx(1.0)
    assert result.view.count("<figure") == 3
    assert "seed 7" in result.view


def test_a_second_node_behind_the_first_calls_the_same_service(vary, embedded, picture):
    settings = {"image": str(picture), "set_size": True, "size": "256x256"}
    first = vary.execute(settings, [embedded])
    second = vary.execute(settings, [first.outputs[1]])
    data = [r.outputs[0].to_pyarrow().to_pylist()[0]["Data"] for r in (first, second)]
    assert data[0] == data[1]
    assert data[0][0].startswith("data:image/png;base64,")


def test_any_picture_is_made_to_fit_unless_it_is_to_stay_as_it_is(vary, embedded, tmp_path):
    path = tmp_path / "wide.jpg"
    Image.radial_gradient("L").resize((300, 200)).convert("CMYK").save(path)
    settings = {"image": str(path), "set_size": True, "size": "256x256"}
    with pytest.raises(NodeFailed, match="takes only PNG"):
        vary.configure({**settings, "prepare_image": "AS_IS"}, [embedded.spec])
    for prepared, warnings in (("AUTOMATIC", 1), ("CROP", 0), ("PAD", 0)):
        result = vary.execute({**settings, "prepare_image": prepared}, [embedded])
        assert result.outputs[0].num_rows == 1
        assert "wide.png" in result.view
        assert len(result.warnings) == warnings
        assert all("wide.jpg (300x200, JPEG) was " in told for told in result.warnings)


def test_a_picture_that_the_call_takes_goes_out_unchanged_and_nothing_is_said(
    vary, service, httpserver, png, picture, credentials
):
    sent = []

    def answer(request):
        sent.append(request.files["image"].read())
        return Response('{"created": 1, "data": [{"url": "https://x/1.png"}]}', 200)

    httpserver.expect_request("/v1/images/variations").respond_with_handler(answer)
    result = vary.execute({"image": str(picture)}, [service()], credentials=credentials)
    assert (sent, result.warnings) == ([png], ())


@pytest.mark.parametrize("form", ["path", "file", "knime"])
def test_a_picture_is_found_by_path_url_and_in_the_workflow(vary, embedded, picture, form):
    location = {
        "path": str(picture),
        "file": picture.as_uri(),
        "knime": "knime://knime.workflow/data/cat.png",
    }[form]
    settings = {"image": location, "set_size": True, "size": "256x256"}
    result = vary.execute(settings, [embedded], data_area=picture.parent)
    assert result.outputs[0].num_rows == 1


def test_a_picture_is_fetched_from_a_web_address_without_the_key(
    vary, service, calls, httpserver, png, credentials
):
    httpserver.expect_request("/cat.png").respond_with_data(png, content_type="image/png")
    settings = {"image": httpserver.url_for("/cat.png")}
    vary.execute(settings, [service()], credentials=credentials)
    (fetch,) = [request for request, _ in httpserver.log if request.path == "/cat.png"]
    assert "Authorization" not in fetch.headers
    assert calls == [({}, ["image"])]


def test_canceling_ends_the_node(vary, embedded, picture):
    cancel = threading.Event()
    settings = {"image": str(picture), "set_n": True, "n": 10}
    with pytest.raises(NodeCanceled):
        vary.execute(settings, [embedded], cancel=cancel, on_progress=lambda *_: cancel.set())


def _square(path, size=64, **options):
    Image.linear_gradient("L").resize((size, size)).save(path, "PNG", **options)


def _wrong_pictures(folder):
    """Name, what is done to make it, and what the refusal says."""
    png = io.BytesIO()
    _square(png, 64)
    content = png.getvalue()
    Image.new("RGB", (640, 480)).save(folder / "wide.png")
    Image.new("RGB", (64, 64)).save(folder / "jpeg.png", "JPEG")
    (folder / "folder.png").mkdir()
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("not a picture")
    (folder / "cut.png").write_bytes(content[:-40])
    (folder / "large.png").write_bytes(content + bytes(4 * 1024 * 1024 + 1 - len(content)))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("missing.png", "missing.png"),
        ("folder.png", "is a folder"),
        ("empty.png", "is empty"),
        ("text.png", "text.png"),
        ("cut.png", "cut.png"),
        ("jpeg.png", "JPEG"),
        ("wide.png", "640x480"),
        ("large.png", "4,194,305 bytes"),
    ],
)
def test_a_wrong_picture_is_refused_in_configure_without_a_call(
    vary, service, calls, tmp_path, credentials, name, found
):
    _wrong_pictures(tmp_path)
    settings = {"image": str(tmp_path / name), "prepare_image": "AS_IS"}
    with pytest.raises(NodeFailed) as refusal:
        vary.configure(settings, [service().spec], credentials=credentials)
    assert refusal.value.shown_without_trace
    assert found in refusal.value.message
    assert refusal.value.message.endswith(".")
    assert calls == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image": ""}, "Image is empty"),
        ({"image": "s3://bucket/cat.png"}, '"s3:" addresses cannot be read'),
        ({"set_n": True, "n": 0}, "N is 0; the call makes 1 to 10 images."),
        ({"set_n": True, "n": 11}, "N is 11; the call makes 1 to 10 images."),
        ({"set_size": True, "size": "640x480"}, 'Size is "640x480"; the call allows'),
        ({"set_response_format": True, "response_format": "png"}, 'Response Format is "png"'),
        ({"set_model": True, "model": ""}, "Model is set but empty"),
        ({"set_user": True, "user": " "}, "User is set but empty"),
        ({"extra_fields": "prompt"}, 'line 1 has no "="'),
        ({"extra_fields": "image=x"}, '"image" has an option of its own'),
    ],
)
def test_a_wrong_option_is_refused_in_configure_without_a_call(
    vary, service, calls, picture, credentials, settings, message
):
    with pytest.raises(NodeFailed) as refusal:
        vary.configure(
            {"image": str(picture), **settings}, [service().spec], credentials=credentials
        )
    assert refusal.value.shown_without_trace
    assert message in refusal.value.message
    assert calls == []


@pytest.mark.parametrize(
    ("credentials_at_run", "message"),
    [
        ({}, 'has no credential "openai"'),
        ({"openai": ("me", None)}, 'credential "openai" has no password'),
        ({"openai": ("me", f"{KEY} {KEY}")}, "cannot be an API key"),
    ],
)
def test_a_credential_that_went_away_is_refused_in_configure(
    vary, service, calls, picture, credentials_at_run, message
):
    with pytest.raises(NodeFailed) as refusal:
        vary.configure({"image": str(picture)}, [service().spec], credentials=credentials_at_run)
    assert refusal.value.shown_without_trace
    assert message in refusal.value.message
    assert KEY not in refusal.value.message
    assert calls == []


def _answer_with(httpserver, status, content, content_type="application/json"):
    body = content if isinstance(content, str) else json.dumps(content)
    httpserver.expect_request("/v1/images/variations").respond_with_data(
        body, status=status, content_type=content_type
    )


@pytest.mark.parametrize(
    ("status", "content", "content_type", "message"),
    [
        (401, {"error": {"message": "Incorrect API key"}}, "application/json", '"openai"'),
        (404, {"detail": "Not Found"}, "application/json", "edits call"),
        (200, "<html><title>Sign in</title>", "text/html", "base URL"),
        (502, "<html><title>Bad gateway</title>", "text/html", "A web page came"),
        (200, {"data": []}, "application/json", "holds no image"),
    ],
)
def test_an_answer_that_is_no_result_fails_with_one_sentence_of_advice(
    vary, service, httpserver, picture, credentials, status, content, content_type, message
):
    _answer_with(httpserver, status, content, content_type)
    with pytest.raises(NodeFailed) as failure:
        vary.execute({"image": str(picture)}, [service()], credentials=credentials)
    assert message in failure.value.message
    assert "Traceback" not in failure.value.message
    assert len(httpserver.log) == 1


def test_a_failure_can_be_an_empty_table_and_a_warning(
    vary, service, httpserver, picture, credentials
):
    _answer_with(httpserver, 400, {"error": {"message": "Bad <picture>"}})
    result = vary.execute(
        {"image": str(picture), "on_failure": "WARN"}, [service()], credentials=credentials
    )
    assert result.outputs[0].num_rows == 0
    assert "Bad <picture>" in result.warnings[-1]
    assert "Bad &lt;picture&gt;" in result.view
    assert result.outputs[1].spec.connection.base_url.endswith("/v1")


def test_a_picture_that_is_gone_can_be_an_empty_table_too(vary, embedded, tmp_path):
    settings = {"image": str(tmp_path / "gone.png"), "on_failure": "WARN"}
    assert vary.configure(settings, [embedded.spec]).specs
    result = vary.execute(settings, [embedded])
    assert result.outputs[0].num_rows == 0
    assert "does not exist" in result.warnings[-1]


def test_every_warning_is_still_seen_after_the_last_one(
    vary, service, httpserver, png, picture, credentials
):

    items = [{"b64_json": base64.b64encode(png).decode()}, {"b64_json": "!"}]
    _answer_with(httpserver, 200, {"data": items})
    size = {"set_size": True, "size": "256x256"}
    settings = {"image": str(picture), "set_n": True, "n": 3, **size}
    result = vary.execute(settings, [service()], credentials=credentials)
    assert "Image 2 is missing" in result.warnings[-1]
    assert "3 image(s) were asked for, 2 came." in result.warnings[-1]
    assert "64x64 came" in result.warnings[-1]


def test_nothing_that_the_node_gives_or_logs_holds_the_key(
    vary, service, calls, picture, credentials
):
    configuration = service()
    result = vary.execute({"image": str(picture)}, [configuration], credentials=credentials)
    seen = [result.view, str(result.log), str(result.progress), str(result.warnings)]
    seen += [json.dumps(output.spec.serialize()) for output in result.outputs[1:]]
    seen.append(str(result.outputs[0].to_pyarrow().to_pylist()))
    assert KEY not in "".join(seen)


def test_the_libraries_below_do_not_fill_knimes_log(vary, embedded, picture):
    settings = {"image": str(picture), "set_size": True, "size": "256x256"}
    result = vary.execute({**settings, "result_format": "IMAGES"}, [embedded])
    ours = ("openai_images", "knime")
    assert [entry for entry in result.log if not entry.logger.startswith(ours)] == []
