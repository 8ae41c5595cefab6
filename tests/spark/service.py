"""The loopback service that answers each row with a picture of its own, and counts."""

import base64
import hashlib
import threading
from collections import Counter

import pyarrow as pa
from pyarrow import parquet

from ..conftest import make_png
from ..faults.server import FaultServer


class RowService:
    """Row number k asks as user "k".

    Attributes:
        asked, answered: how often, by number of the row.
        keys: what came as the key.
    """

    def __init__(self, before_answer=lambda number: None):
        self.asked = Counter()
        self.answered = Counter()
        self.keys = set()
        self._before_answer = before_answer
        self._lock = threading.Lock()
        self._server = FaultServer(self._serve)

    def __enter__(self):
        self._server.__enter__()
        return self

    def __exit__(self, *error):
        self._server.__exit__(*error)

    @property
    def base_url(self):
        return f"http://{self._server.address}/v1"

    def _serve(self, peer):
        request = peer.read()
        number = request.user
        with self._lock:
            self.asked[number] += 1
            self.keys.add(request.headers.get("authorization"))
        self._before_answer(number)
        if number % 50 == 49:
            peer.answer(400, {"error": {"message": f"Not {number}.", "code": "bad"}})
            return
        b64 = base64.b64encode(picture_of(number)).decode()
        peer.answer(200, {"created": 1, "data": [{"b64_json": b64}]})
        with self._lock:
            self.answered[number] += 1


def picture_of(number):
    return make_png((16, 16), (number % 256, number // 256, 128))


def write_table(path, rows, files=1):
    """A table of pictures: the number of each row, and its picture as a file."""
    path.mkdir()
    table = pa.table(
        {
            "number": pa.array([str(number) for number in range(rows)]),
            "picture": pa.array(
                [make_png((16, 16), (number % 256, 99, 1)) for number in range(rows)]
            ),
        }
    )
    each = -(-rows // files)
    for file in range(files):
        parquet.write_table(table.slice(file * each, each), path / f"{file}.parquet")
    return path


def read_result(path):
    """Of the result: the digest of each row's picture, and each failure's error and status."""
    rows = parquet.read_table(path).to_pylist()
    made = {row["number"]: digest(row["Image"]) for row in rows if row["Error"] is None}
    failed = {row["number"]: (row["Status"], row["Error"]) for row in rows if row["Error"]}
    assert len(made) + len(failed) == len(rows)
    return made, failed


def digest(png):
    return hashlib.sha256(png).hexdigest()
