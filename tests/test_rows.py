import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.errors import InvalidRequest, MissingPicture
from openai_images.job import VariationJob
from openai_images.request import VariationRequest
from openai_images.rows import Row, RowJobs, columns_of, unique_names
from openai_images.source import Picture

BATCH = pa.RecordBatch.from_pydict(
    {"image": [b"png", None, b"png"], "path": ["cat.png", None, "dog.png"], "n": [2, None, 99]}
)
JOB = VariationJob("", VariationRequest(b"", n=1))


def rows(batch=BATCH):
    return [Row(f"Row{index}", batch, index) for index in range(batch.num_rows)]


@pytest.mark.parametrize(
    ("column", "first"), [("image", Picture("Row0", b"png")), ("path", "cat.png")]
)
def test_a_row_becomes_a_job_with_its_picture_or_none_without(column, first):
    items = list(RowJobs(column, JOB).items(rows()))
    assert [item.tag.id for item in items] == ["Row0", "Row1", "Row2"]
    assert items[0].job.location == first
    assert items[1].job is None


def test_a_column_says_a_field_and_a_missing_cell_leaves_it():
    jobs = RowJobs("path", JOB, {"n": "n"}).items([row for row in rows() if row.index != 1])
    assert next(jobs).job.request.n == 2


def test_a_field_outside_its_limits_is_a_failure_of_its_row():
    error = list(RowJobs("path", JOB, {"n": "n"}).items(rows()))[2].job
    assert isinstance(error, InvalidRequest)


def test_a_missing_picture_is_a_failure_where_that_was_chosen():
    error = list(RowJobs("path", JOB, fails_on_missing=True).items(rows()))[1].job
    assert isinstance(error, MissingPicture)


@given(st.lists(st.integers(0, 29), max_size=40))
def test_cells_of_any_rows_come_in_their_order_from_whatever_batches(numbers):
    table = pa.table({"a": range(30), "b": [None if i % 3 else str(i) for i in range(30)]})
    all_rows = [row for batch in table.to_batches(max_chunksize=7) for row in rows(batch)]
    a, b = columns_of([all_rows[number] for number in numbers], table.schema)
    assert a.to_pylist() == numbers
    assert b.to_pylist() == [None if number % 3 else str(number) for number in numbers]


def test_names_that_are_taken_are_numbered_as_knime_does():
    taken = ["Image", "Image (#1)", "Size"]
    assert unique_names(["Image", "Size", "URL"], taken) == ["Image (#2)", "Size (#1)", "URL"]


def test_names_may_have_to_differ_by_more_than_case():
    assert unique_names(["Status", "URL"], ["status"], str.casefold) == ["Status (#1)", "URL"]
