import base64
import hashlib
import io
import json

import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from werkzeug import Response

import knime.extension as knext
from knime_headless import NodeFailed
from knime_headless.backend import png_cells

from ..conftest import make_png

COLORS = [(200, 40 * number, 90) for number in range(6)]


@pytest.fixture(scope="session")
def vary_table(extension):
    return extension.nodes["create_image_variations_table"]


@pytest.fixture
def folder(tmp_path):
    """Six pictures in a folder of their own."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, color in enumerate(COLORS):
        (folder / f"{number}.png").write_bytes(make_png(color=color))
    return folder


def paths(folder, count=6):
    return [str(folder / f"{number}.png") for number in range(count)]


def ids(table):
    return table.to_pyarrow().column(0).to_pylist()


SMALL = {"set_size": True, "size": "256x256"}


def pictures(folder, count=6, **columns):
    """A table of paths; its RowIDs are Row0, Row1, ..."""
    return pd.DataFrame({"Path": paths(folder, count), **columns})


def asked(request):
    """What the service was asked: the digest of the picture, and the form."""
    file = request.files["image"].read()
    return hashlib.sha256(file).hexdigest(), request.form.to_dict()


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def answering(httpserver):
    """The questions that the loopback server got, while it answers each with n pictures."""
    questions = []

    def answer(request):
        questions.append(asked(request))
        item = {"b64_json": base64.b64encode(make_png((32, 32))).decode()}
        body = {"created": 1, "data": [item] * int(request.form.get("n", "1"))}
        return Response(json.dumps(body), 200, {"x-request-id": "req_1"}, "application/json")

    httpserver.expect_request("/v1/images/variations").respond_with_handler(answer)
    return questions


@pytest.fixture
def execute(vary_table, service, credentials, tmp_path):
    """Runs the node against the loopback server."""

    def run(settings, table, *, configuration=None, **options):
        inputs = [configuration or service(), table]
        options = {"credentials": credentials, "data_area": tmp_path / "data", **options}
        return vary_table.execute(settings, inputs, **options)

    return run


def test_each_row_gets_its_pictures_in_order(vary_table, embedded, folder):
    table = pd.DataFrame({"Path": paths(folder, 2), "Number": [1, 2]}, index=["Row7", "Row9"])
    ran = vary_table.execute(SMALL | {"set_n": True, "n": 2}, [embedded, table])
    result, failures, configuration = ran.outputs
    assert ids(result) == ["Row7_1", "Row7_2", "Row9_1", "Row9_2"]
    rows = result.rows()
    assert [row["Number"] for row in rows] == [1, 1, 2, 2]
    assert [row["Image"].size for row in rows] == [(256, 256)] * 4
    assert failures.num_rows == 0
    assert configuration.connection == embedded.connection
    assert ran.view.count("<figure") == 6
    assert not ran.warnings


def test_the_specs_are_those_of_the_tables(vary_table, embedded, folder):
    table = pictures(folder, 1)
    for kept in ("ALL", "ROW_ID", "NONE"):
        for result_format in ("IMAGES", "STRUCTURED_TABLE", "RAW_RESPONSE"):
            settings = {**SMALL, "kept_columns": kept, "result_format": result_format}
            ran = vary_table.execute(settings, [embedded, table])
            specs = vary_table.configure(settings, [embedded.spec, _schema(table)]).specs
            for output, spec in zip(ran.outputs[:2], specs[:2], strict=True):
                assert _shape(output.spec) == _shape(spec)


def _schema(table):
    return knext.Schema.from_columns([knext.Column(knext.string(), name) for name in table])


def _shape(schema):
    return [(column.name, column.ktype) for column in schema]


def test_the_result_of_one_node_is_the_input_of_the_next_and_goes_out_unchanged(
    execute, vary_table, embedded, folder, answering
):
    """The images are chosen by themselves, before the texts beside them."""
    first = vary_table.execute(SMALL, [embedded, pictures(folder, 2)]).outputs[0]
    ran = execute({}, first)
    files = png_cells(first.to_pyarrow().column("Image"))
    assert sorted(digest for digest, _ in answering) == sorted(
        hashlib.sha256(file).hexdigest() for file in files
    )
    names = ran.outputs[0].column_names
    assert ids(ran.outputs[0]) == ["Row0_1_1", "Row1_1_1"]
    assert (names[1], "Image (#1)" in names) == ("Image", True)
    assert [row["Image"].size for row in ran.outputs[0].rows()] == [(256, 256)] * 2


def test_images_are_stored_as_the_files_that_were_made(execute, folder, answering):
    """Encoding a picture again would cost as much as making it."""
    result = execute({}, pictures(folder, 1)).outputs[0]
    (file,) = png_cells(result.to_pyarrow().column("Image"))
    with Image.open(io.BytesIO(file)) as picture:
        assert picture.size == (32, 32)


def test_options_come_from_columns_where_a_cell_is_filled(execute, folder, answering):
    table = pictures(folder, 2, Count=pd.array([3, None], "Int64"), Who=["ann", None])
    settings = {
        "image_column": "Path",
        "set_n": True,
        "n": 2,
        "from_columns": {"n": "Count", "user": "Who"},
    }
    execute(settings, table)
    assert dict(answering) == {
        digest(folder / "0.png"): {"n": "3", "user": "ann"},
        digest(folder / "1.png"): {"n": "2"},
    }


def test_a_cell_that_the_call_does_not_allow_is_a_failure_of_its_row(execute, folder, answering):
    table = pictures(folder, 3, Count=[1, 11, 1])
    result, failures, _ = execute({"from_columns": {"n": "Count"}}, table).outputs
    assert (ids(result), ids(failures)) == (["Row0_1", "Row2_1"], ["Row1"])
    assert "N is 11" in failures.rows()[0]["Error"]


def failing(httpserver, bad, status=400, code="bad_picture"):
    """Let the server refuse the pictures whose bytes are among `bad`."""

    def answer(request):
        if request.files["image"].read() in bad:
            body = {"error": {"message": "No.", "code": code}}
            return Response(json.dumps(body), status, {"x-request-id": "req_bad"})
        item = {"b64_json": base64.b64encode(make_png((32, 32))).decode()}
        return Response(json.dumps({"created": 1, "data": [item]}), 200)

    httpserver.expect_request("/v1/images/variations").respond_with_handler(answer)


def test_failures_keep_all_columns_and_say_why(execute, folder, httpserver):
    failing(httpserver, [make_png(color=COLORS[1])], 500)
    (folder / "2.png").write_bytes(b"broken")
    table = pictures(folder, 4, Number=[0, 1, 2, 3])
    ran = execute({"kept_columns": "NONE"}, table)
    result, failures, _ = ran.outputs
    assert ids(result) == ["Row0_1", "Row3_1"]
    assert "Path" not in result.column_names
    first, second = failures.rows()
    assert {**first, "Error": ""} == {
        "Path": str(folder / "1.png"),
        "Number": 1,
        "Status": 500,
        "Error": "",
        "Code": "bad_picture",
        "Request ID": "req_bad",
        "May Be Billed": True,
    }
    assert (second["Number"], second["Status"], second["May Be Billed"]) == (2, None, False)
    assert "2 row(s) failed, see Failures. Row1: HTTP 500" in ran.warnings[-1]


def test_a_second_node_behind_failures_tries_them_again(execute, folder, httpserver, answering):
    failures = execute({}, _with_a_missing_file(folder)).outputs[1]
    (folder / "later.png").write_bytes(make_png())
    result = execute({"image_column": "Path"}, failures).outputs[0]
    assert ids(result) == ["Row1_1"]


def _with_a_missing_file(folder):
    return pd.DataFrame({"Path": [str(folder / "0.png"), str(folder / "later.png")]})


def test_fail_node_keeps_what_was_answered_for_the_next_run(execute, folder, httpserver):
    bad = [make_png(color=COLORS[3])]
    failing(httpserver, bad)
    settings = {"on_failure": "FAIL", "concurrency": 1}
    with pytest.raises(NodeFailed, match=r"Row3: HTTP 400 .*run the node again"):
        execute(settings, pictures(folder))
    asked_before = len(httpserver.log)
    bad.clear()
    ran = execute(settings, pictures(folder))
    assert ids(ran.outputs[0]) == [f"Row{number}_1" for number in range(6)]
    assert len(httpserver.log) - asked_before == 6 - (asked_before - 1)
    assert "taken over from an earlier run" in ran.warnings[-1]


@pytest.mark.parametrize("kept", ["ALL", "ROW_ID"])
def test_missing_pictures_are_missing_in_the_result(execute, folder, answering, kept):
    table = pd.DataFrame({"Path": pd.array([None, paths(folder)[0]], "string")})
    result, failures, _ = execute({"kept_columns": kept}, table).outputs
    assert (ids(result), failures.num_rows) == (["Row0_1", "Row1_1"], 0)
    assert [row["Image"] is None for row in result.rows()] == [True, False]
    if kept == "ROW_ID":
        assert [row["Input RowID"] for row in result.rows()] == ["Row0", "Row1"]


def test_missing_pictures_can_fail_the_node(execute, folder, answering):
    table = pd.DataFrame({"Path": pd.array([paths(folder)[0], None], "string")})
    with pytest.raises(NodeFailed, match="Row1: The picture is missing"):
        execute({"on_missing": "FAIL"}, table)


def test_the_most_requests_end_the_calls_and_the_next_run_goes_on(execute, folder, answering):
    settings = {"most_requests": 2, "concurrency": 1}
    seen = []
    for _ in range(3):
        ran = execute(settings, pictures(folder))
        result, failures, _ = ran.outputs
        seen.append((len(answering), result.num_rows, failures.num_rows))
    assert seen == [(2, 2, 4), (4, 4, 2), (6, 6, 0)]


def test_after_a_finished_run_nothing_is_left_and_the_next_one_asks_again(
    execute, folder, answering, tmp_path
):
    for _ in range(2):
        execute({}, pictures(folder, 2))
    assert len(answering) == 4
    assert list((tmp_path / "data").iterdir()) == []


def test_kept_answers_are_taken_over(execute, folder, answering):
    for _ in range(2):
        ran = execute({"keep_days": 1}, pictures(folder, 2))
    assert len(answering) == 2
    assert "2 answer(s) were taken over" in ran.warnings[-1]
    assert ran.outputs[0].num_rows == 2


def test_no_key_is_in_the_journal(execute, folder, answering, tmp_path, credentials):
    execute({"keep_days": 1}, pictures(folder, 2))
    key = credentials["openai"][1].encode()
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert len(files) > 2
    assert not any(key in path.read_bytes() for path in files)


def test_an_empty_table_gives_empty_tables_with_all_columns(execute, answering):
    empty = pa.table({"<RowID>": pa.array([], pa.string()), "Path": pa.array([], pa.string())})
    result, failures, _ = execute({}, empty).outputs
    assert (result.num_rows, failures.num_rows) == (0, 0)
    assert result.column_names[:2] == ["Path", "Image"]
    assert failures.column_names[-1] == "May Be Billed"


def test_more_rows_than_a_batch_come_out_in_order(execute, folder, answering):
    table = pd.DataFrame({"Path": paths(folder) * 13, "Number": range(78)})
    result = execute({"concurrency": 8}, table).outputs[0]
    assert [row["Number"] for row in result.rows()] == list(range(78))
    assert len(answering) == 78
    assert [len(result.file[i]) for i in range(len(result.file))] == [8] * 9 + [6]


def test_many_batches_of_input_are_read_one_after_the_other(execute, folder, answering):
    rows = pa.table(
        {
            "<RowID>": [f"Row{number}" for number in range(6)],
            "Path": paths(folder),
            "Tags": pa.array([["a"], None, ["b", "c"], [], ["d"], ["e"]], pa.list_(pa.string())),
        }
    )
    batches = pa.Table.from_batches(rows.to_batches(max_chunksize=2))
    result = execute({}, batches).outputs[0]
    assert [row["Tags"] for row in result.rows()] == rows.column("Tags").to_pylist()


@pytest.mark.parametrize(
    ("columns", "settings", "message"),
    [
        ({"Number": [1]}, {}, "no column of PNG images, none of paths, and none of texts"),
        ({"A": ["a"], "B": ["b"]}, {}, r"2 columns of texts \(A, B\)"),
        ({"A": ["a"]}, {"image_column": "Gone"}, 'no column "Gone"'),
        (
            {"A": ["a"], "Number": [1]},
            {"image_column": "Number"},
            "neither PNG images nor paths nor texts",
        ),
        ({"A": ["a"]}, {"from_columns": {"n": "A"}}, 'no column "A" of whole numbers'),
        ({"A": ["a"]}, {"concurrency": 0}, "Concurrency is 0"),
        ({"A": ["a"]}, {"most_requests": -1}, "Most Requests is -1"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_runs(
    vary_table, embedded, columns, settings, message
):
    with pytest.raises(NodeFailed, match=message) as caught:
        vary_table.execute(settings, [embedded, pd.DataFrame(columns)])
    assert caught.value.step == "configure"


def test_the_dialog_has_all_options_in_order(vary_table, embedded):
    schema = knext.Schema.from_columns(
        [
            knext.Column(
                knext.string(),
                "Path",
                {"preferred_value_type": "text", "displayed_column_type": "Text"},
            )
        ]
    )
    dialog = vary_table.dialog({}, [embedded.spec, schema])
    labels = [element["label"] for element in dialog["ui_schema"]["elements"] if "label" in element]
    assert labels == [
        "Image Column",
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
        "Input Columns",
        "Concurrency",
        "On failure",
        "If there are missing values",
        "Most Requests",
        "Extra Form Fields",
        "Keep Answers (days)",
        "Values From Columns",
    ]
