"""Runs of a journal in each store, and what a killed one leaves."""

from contextlib import contextmanager

import pytest
from pyarrow import fs

from openai_images.journal import SqliteJournal, State
from openai_images.journal.objects import ObjectJournal
from openai_images.response import ApiResponse

ANSWER = ApiResponse(200, {"x-request-id": "req_1", "date": "today"}, b'{"data":\n[]}')


def in_sqlite(folder):
    """Opens a run's journal on the disk, again and again."""
    return lambda: SqliteJournal(folder, "run")


def in_objects_on_disk(folder):
    return _of_objects(fs.SubTreeFileSystem(str(folder), fs.LocalFileSystem()))


def in_objects_in_memory(folder):
    return _of_objects(fs._MockFileSystem())


def _of_objects(filesystem):
    @contextmanager
    def opened():
        yield ObjectJournal(filesystem, "journals/of a run")

    return opened


STORES = [in_sqlite, in_objects_on_disk, in_objects_in_memory]


def left_by_a_killed_run(opened, steps):
    """What a run leaves that is killed after some steps of its calls, by question."""
    with opened() as journal:
        for asked, last in steps:
            call = journal.claim(asked)
            if last is not State.TODO:
                journal.sent(call)
            if last is State.DONE:
                journal.done(call, ANSWER)
            if last is State.FAILED:
                journal.failed(call)


@contextmanager
def largest_file(size):
    """Let no file of this process grow beyond `size` bytes, as if the disk were full."""
    resource = pytest.importorskip("resource", reason="only Unix has such a limit")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
