"""Variations of all pictures in a Parquet table, on Spark:

    spark-submit --conf spark.speculation=false demos/variations_on_spark.py \\
        --table pictures.parquet --image-column content --out variations.parquet \\
        --journal /mnt/shared/journal --base-url http://images.example:9997/v1 --model sdxl

Without --base-url the embedded engine makes them. Run the same line again after a crash: with a
journal, nothing is paid twice. Failed rows are those of the result whose Error is not null.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pyspark.sql import SparkSession

from openai_images.connection import Connection, ServiceKind
from openai_images.options import EngineOptions, RetryPolicy
from openai_images.request import VariationRequest
from openai_images.spark import create_image_variations


def main() -> None:
    options = read_options()
    spark = SparkSession.builder.appName("Image variations").getOrCreate()
    table = spark.read.parquet(options.table)
    if options.partitions:
        table = table.repartition(options.partitions)
    result = create_image_variations(
        table,
        connection(options),
        VariationRequest(b"", model=options.model, n=options.n, size=options.size),
        image_column=options.image_column,
        secret=Path(options.key_file) if options.key_file else options.key_variable,
        journal=options.journal,
        from_columns={"user": options.user_column} if options.user_column else None,
    )
    result.write.mode("overwrite").parquet(options.out)
    spark.stop()


def connection(options: argparse.Namespace) -> Connection:
    if not options.base_url:
        return Connection(engine=EngineOptions(seed=options.seed))
    return Connection(
        ServiceKind.COMPATIBLE,
        base_url=options.base_url,
        credential=options.key_variable or "key",
        requests_per_minute=options.requests_per_minute,
        retry=RetryPolicy(may_bill_twice=options.may_bill_twice),
    )


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--table", required=True, help="Parquet files with the pictures")
    parser.add_argument("--image-column", required=True, help="files, paths or web addresses")
    parser.add_argument("--out", required=True, help="where the result goes, as Parquet")
    parser.add_argument("--partitions", type=int, help="as many tasks; by default as Spark reads")
    parser.add_argument("--base-url", help="root of the service's API")
    parser.add_argument("--model")
    parser.add_argument("--n", type=int)
    parser.add_argument("--size")
    parser.add_argument("--seed", type=int, help="of the embedded engine")
    parser.add_argument("--user-column", help="says the field user for each row")
    parser.add_argument("--key-variable", help="variable with the key, on every executor")
    parser.add_argument("--key-file", help="file with the key, on every executor")
    parser.add_argument("--journal", help="folder that all executors share, or its URI")
    parser.add_argument("--requests-per-minute", type=int, default=0, help="of the whole cluster")
    parser.add_argument("--may-bill-twice", action="store_true", help="repeat unknown calls too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
