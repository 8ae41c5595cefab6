"""What a session of Spark sees of the function; told on standard output as one line of JSON.

Takes a folder, in which a file `key` holds the key. The service is a thread of the driver; its
answers differ from call to call.
"""

from __future__ import annotations

import base64
import json
import struct
import sys
import threading
import zipimport
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa
from pyspark import cloudpickle
from pyspark.sql import SparkSession

from openai_images.connection import Connection, ServiceKind
from openai_images.job import ResultFormat
from openai_images.spark import create_image_variations


class Service(BaseHTTPRequestHandler):
    asked = 0
    lock = threading.Lock()
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        with self.lock:
            Service.asked += 1
            picture = base64.b64encode(png(Service.asked)).decode()
        body = json.dumps({"created": 1, "data": [{"b64_json": picture}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def png(number):
    """One pixel of a colour of its own."""

    def chunk(name, data):
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0" + struct.pack(">I", number)[1:])
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def main() -> None:
    folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = Connection(
        ServiceKind.COMPATIBLE,
        base_url=f"http://127.0.0.1:{server.server_port}/v1",
        credential="key",
    )
    spark = SparkSession.builder.getOrCreate()
    schema = "number int, picture binary, status string"
    picture = png(0)
    told = {}

    def variations(df, **options):
        values = {"image_column": "picture", "secret": folder / "key", **options}
        return create_image_variations(df, connection, **values)

    # Lazy, and without the key in whatever travels.
    rows = [(number, picture, "new") for number in range(8)]
    equal = spark.createDataFrame(rows, schema).repartition(4).persist()
    equal.count()
    travels = []
    caught = spark.createDataFrame(rows, schema)
    caught.mapInArrow = lambda function, kind: travels.append(function)
    variations(caught)
    made = variations(equal, journal=str(folder / "journal"))
    told["asked before an action"] = Service.asked
    told["columns"] = made.columns
    key = (folder / "key").read_bytes().strip()
    plan = made._jdf.queryExecution().toString().encode()
    settings = repr(spark.sparkContext.getConf().getAll()).encode()
    told["key travels"] = any(key in text for text in (cloudpickle.dumps(travels), plan, settings))

    # Eight equal rows in four tasks are eight calls; a second action makes none.
    told["errors"] = []

    def images(df):
        rows = df.select("Image", "Error").collect()
        told["errors"] += [row.Error for row in rows if row.Error]
        return sorted(row.Image.hex() for row in rows if row.Image)

    first = images(made)
    told["asked"], told["different"] = Service.asked, len(set(first))
    told["same in a second action"] = images(made) == first
    told["asked in the end"] = Service.asked

    # Another division into tasks takes all of them over, one after the other each once.
    other = variations(equal.coalesce(1), journal=str(folder / "journal"))
    told["same in one task"] = images(other) == first
    told["asked for one task"] = Service.asked - told["asked in the end"]

    # Before each task Spark has import read again what it knows: the archives of Spark, if any.
    def archives(batches):
        finders = list(sys.path_importer_cache.values())
        for _ in batches:
            names = [it.archive for it in finders if isinstance(it, zipimport.zipimporter)]
            yield pa.RecordBatch.from_pydict({"name": pa.array(names, pa.string())})

    read_again = spark.range(1).coalesce(1).mapInArrow(archives, "name string")
    told["archives read again"] = [row.name for row in read_again.collect()]

    # A row without a picture, columns whose names differ by case only, none kept.
    rows = [(1, None, "old"), (2, picture, "old"), (3, b"no picture", "old")]
    table = spark.createDataFrame(rows, schema).coalesce(1)
    raw = variations(table, result_format=ResultFormat.RAW_RESPONSE)
    told["raw"] = [
        [row["number"], row["status"], row["status (#1)"], row["Error"]] for row in raw.collect()
    ]
    told["none kept"] = variations(table, keep_columns=[]).columns
    told["structured"] = [
        [row.number, row.Created, row["May Be Billed"]]
        for row in variations(table, result_format=ResultFormat.STRUCTURED_TABLE).collect()
    ]
    print("told:", json.dumps(told), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
