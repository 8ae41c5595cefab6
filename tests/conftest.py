"""Pictures and watches that many tests use."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

# No property depends on how busy the machine is.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_addoption(parser):
    parser.addoption(
        "--nothing-left-out", action="store_true", help="a test that would be skipped fails"
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if item.config.getoption("--nothing-left-out") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"left out: {report.longrepr[2]}"


def make_png(size=(64, 64), color=(200, 120, 40), mode="RGB"):
    """A PNG file with a gradient, so that no two places of it are alike."""
    ramp = Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", [ramp.point(lambda v, c=c: v * c // 255) for c in color])
    file = io.BytesIO()
    picture.convert(mode).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def png():
    return make_png()


class RecordingWatch:
    """Keeps what it is told; says canceled once `cancel` was set."""

    def __init__(self):
        self.messages = []
        self.fractions = []
        self.warnings = []
        self.cancel = False

    def progress(self, message, fraction=None):
        self.messages.append(message)
        if fraction is not None:
            self.fractions.append(fraction)

    def warn(self, message):
        self.warnings.append(message)

    def canceled(self):
        return self.cancel


@pytest.fixture
def watch():
    return RecordingWatch()
