"""What the function looks like to whoever uses it in a session of Spark."""

from pathlib import Path

from openai_images.tables import FAILURES, IMAGES

from .conftest import KEY

SCRIPT = Path(__file__).with_name("in_a_session.py")


def test_a_session(any_spark, tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    told = any_spark.submit(SCRIPT, tmp_path)

    assert told["asked before an action"] == 0
    assert not told["key travels"]
    failure = [name for name in FAILURES.names if name != "Request ID"]
    assert told["columns"] == [
        "number",
        "picture",
        "status",
        *IMAGES.names,
        "Status (#1)",
        *failure[1:],
    ]
    assert told["none kept"] == [*IMAGES.names, *failure]

    assert told["errors"] == []
    assert (told["asked"], told["different"]) == (8, 8)
    assert told["same in a second action"]
    assert told["asked in the end"] == 8
    assert told["same in one task"]
    assert told["asked for one task"] == 0

    assert told["archives read again"] == []

    missing, made, refused = told["raw"]
    assert missing == [1, "old", None, None]
    assert made == [2, "old", 200, None]
    assert refused[:3] == [3, "old", None]
    assert "picture" in refused[3]
    assert told["structured"] == [[1, None, None], [2, 1, None], [3, None, False]]
