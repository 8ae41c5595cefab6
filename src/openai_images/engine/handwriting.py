"""Words written by hand: joined strokes of even width that go up and down in a row.

A word is one connected region, wider than high, whose pen crosses its middle about as often as that
is high; branches cross it once or twice, grass and fur have no even width. Print is found letter by
letter, see `lettering`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .filters import box_any
from .labels import Regions
from .pixels import Bools, Ints

LEAST_HEIGHT, MOST_HEIGHT = 8, 110
"""Heights of a word, in pixels of 512, with what rises above its row and hangs below."""
CROSSINGS = 5
"""Strokes of one word that its busiest row crosses, at least: two letters like n or a."""
LETTERS = 8
"""The same of all words of a row: one long word, or two."""
MOST = 300
"""Words looked at closely, the widest first, to bound time."""


@dataclass(frozen=True)
class Word:
    """A region's number and the rows between which its small letters stand."""

    region: int
    top: int
    bottom: int
    crossings: int


def words(regions: Regions) -> list[Word]:
    """The regions that look like one word."""
    found = (_word(regions, int(number)) for number in _joined(regions))
    return [word for word in found if word is not None]


def _joined(regions: Regions) -> Ints:
    """Numbers of the set regions that are wide, thin and full of holes as joined writing is."""
    height, width = regions.height, regions.width
    fill = regions.area / (height * width)
    thickness = 2 * regions.area / np.maximum(regions.outline, 1)
    fits = (regions.classes == 1) & (height >= LEAST_HEIGHT) & (height <= MOST_HEIGHT)
    fits &= (width > 1.1 * height) & (width < 16 * height) & (fill > 0.08) & (fill < 0.55)
    fits &= (thickness > 0.03 * height) & (thickness < 0.25 * height + 0.8)
    numbers = np.flatnonzero(fits)
    return numbers[np.argsort(-regions.width[numbers], kind="stable")][:MOST]


def _word(regions: Regions, number: int) -> Word | None:
    top, bottom = int(regions.top[number]), int(regions.bottom[number]) + 1
    left, right = int(regions.left[number]), int(regions.right[number]) + 1
    ink = regions.numbers[top:bottom, left:right] == number
    crossings = ink[:, 0] + (ink[:, 1:] & ~ink[:, :-1]).sum(1)
    most = int(crossings.max())
    body = np.flatnonzero(crossings >= 0.5 * most)
    tall = int(body[-1] - body[0]) + 1
    dense = 0.5 * (right - left) < most * tall < 3.0 * (right - left)
    if most < CROSSINGS or not dense or len(body) < 0.7 * tall or not _even(ink, regions, number):
        return None
    return Word(number, top + int(body[0]), top + int(body[-1]) + 1, most)


def _even(ink: Bools, regions: Regions, number: int) -> bool:
    """Whether next to nothing is left of the strokes without a rim of their usual width."""
    usual = 2 * int(regions.area[number]) / max(int(regions.outline[number]), 1)
    rim = int(np.ceil(usual)) + 1
    ground = np.pad(~ink, rim, constant_values=True)
    thick = ~box_any(ground, rim + rim % 2 + 1)
    return bool(thick.sum() < 0.02 * ink.sum())


def rows(found: list[Word], regions: Regions) -> list[Ints]:
    """Regions of the words that stand side by side in one row, row by row."""
    lines: list[list[Word]] = []
    for word in sorted(found, key=lambda each: int(regions.left[each.region])):
        for line in lines:
            if _follows(line[-1], word, regions):
                line.append(word)
                break
        else:
            lines.append([word])
    full = [line for line in lines if sum(word.crossings for word in line) >= LETTERS]
    return [np.array([word.region for word in line]) for line in full]


def _follows(one: Word, other: Word, regions: Regions) -> bool:
    tall, low = (how(one.bottom - one.top, other.bottom - other.top) for how in (max, min))
    together = min(one.bottom, other.bottom) - max(one.top, other.top)
    gap = int(regions.left[other.region]) - int(regions.right[one.region])
    return tall < 2.1 * low and together > 0.4 * low and -tall < gap < 6 * tall
