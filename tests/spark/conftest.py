"""Spark as its users start it: `spark-submit` of the demo, in an environment of its own."""

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demos" / "variations_on_spark.py"
KEY = "sk-spark-0123456789abcdef"
VARIABLE = "IMAGES_KEY"
DEADLINE_SECONDS = 600


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents and {"spark", "any_spark"} & {
            *item.fixturenames
        }:
            item.add_marker(pytest.mark.spark)


@dataclass(frozen=True)
class Spark:
    """An installed PySpark, and a folder for what it writes."""

    version: str
    folder: Path
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def python(self):
        return ROOT / f".venv-spark-{self.version}" / "bin" / "python"

    @property
    def events(self):
        """The folder of the event logs."""
        return self.folder / "events"

    @property
    def logs(self):
        """What driver and executors write."""
        return [*self.folder.glob("*.log"), *self.folder.glob("home/work/**/std*")]

    def start(self, script, *arguments, master="local[2]", conf=(), **environment):
        """Start a script; the process leads a group of its own."""
        self.events.mkdir(parents=True, exist_ok=True)
        settings = {
            "spark.master": master,
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": self.events.as_uri(),
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
            **dict(conf),
        }
        command = [str(self.python.with_name("spark-submit"))]
        command += [part for pair in settings.items() for part in ("--conf", "=".join(pair))]
        log = self.folder / f"{len(list(self.folder.glob('*.log')))}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, str(script), *map(str, arguments)],
                stdout=output,
                stderr=output,
                cwd=self.folder,
                start_new_session=True,
                env={
                    **{k: v for k, v in os.environ.items() if not k.startswith(("SPARK", "PY"))},
                    "SPARK_HOME": str(self._home()),
                    "SPARK_LOCAL_IP": "127.0.0.1",
                    "SPARK_LOCAL_DIRS": str(self.folder / "local"),
                    "PYSPARK_PYTHON": str(self.python),
                    "OPENBLAS_NUM_THREADS": "1",
                    **environment,
                },
            )
        self.processes.append(process)
        return process

    def _home(self):
        """PySpark by links, so that the executors' folders come to lie beside them."""
        home = self.folder / "home"
        if not home.exists():
            home.mkdir()
            for part in next(self.python.parents[1].glob("lib/*/site-packages/pyspark")).iterdir():
                (home / part.name).symlink_to(part)
        return home

    def submit(self, script, *arguments, **options):
        """Run a script to its end; gives what it told: the JSON after "told:"."""
        process = self.start(script, *arguments, **options)
        return self.wait(process)

    def wait(self, process):
        code = process.wait(DEADLINE_SECONDS)
        newest = max(self.folder.glob("*.log"), key=lambda log: log.stat().st_mtime)
        text = newest.read_text(errors="replace")
        assert code == 0, text[-5000:]
        told = [line for line in text.splitlines() if line.startswith("told:")]
        return json.loads(told[-1].partition(":")[2]) if told else None

    def end(self):
        """End what a test that failed left running."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture(params=["4", "3"], ids=["spark 4.1", "spark 3.5"])
def any_spark(request, tmp_path):
    yield from installed(request.param, tmp_path)


@pytest.fixture
def spark(tmp_path):
    yield from installed("4", tmp_path)


def installed(version, folder):
    found = Spark(version, folder)
    if not found.python.exists():
        pytest.skip(f"PySpark is not installed: make .venv-spark-{version}/ready")
    if shutil.which("java") is None:
        pytest.skip("Java 17 is not installed")
    yield found
    found.end()
