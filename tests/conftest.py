"""Pictures and watches that many tests use."""

from __future__ import annotations

import io

import pytest
from PIL import Image


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
        self.sent = 0
        self.cancel = False

    def progress(self, message, fraction=None):
        self.messages.append(message)
        if fraction is not None:
            self.fractions.append(fraction)

    def warn(self, message):
        self.warnings.append(message)

    def canceled(self):
        return self.cancel

    def sending(self):
        self.sent += 1


@pytest.fixture
def watch():
    return RecordingWatch()
