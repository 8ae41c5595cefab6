"""What all test suites here share: the switch that lets nothing be left out, and properties."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Threads of numpy's that wait for each other cost half of the engine's time where cores are busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No property depends on how busy the machine is, nor on chance: each run tries the same examples.
# `pytest -m hypothesis --hypothesis-profile=search` looks for others.
ANY_MACHINE = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, max_examples=40
)
settings.register_profile("any machine", ANY_MACHINE)
settings.register_profile("nothing left out", ANY_MACHINE, max_examples=100)
settings.register_profile("search", ANY_MACHINE, max_examples=1000, derandomize=False)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--nothing-left-out",
        action="store_true",
        help="thorough tests run too, properties try more, and a test that would be skipped fails",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--nothing-left-out"):
        settings.load_profile("nothing left out")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--nothing-left-out"):
        return
    for item in items:
        if item.get_closest_marker("thorough"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: see --nothing-left-out"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    outcome = yield
    report = outcome.get_result()
    if item.config.getoption("--nothing-left-out") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"left out: {report.longrepr[2]}"
