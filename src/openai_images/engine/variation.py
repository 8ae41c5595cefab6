"""One variation of one picture, in four steps: recompose, swap, heal, regrade."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from . import matte
from .errors import Canceled
from .folds import PLAIN, unfolded
from .grade import Grade
from .heal.healing import QUICK, THOROUGH, coarsest, heal
from .heal.patchfield import PatchSource, window
from .heal.voting import vote
from .lift.staging import restage
from .pixels import Ints, Packed, pack_bytes, to_image, unpack
from .recompose.canvas import render
from .recompose.framing import Framing, choose_framing
from .source import Source
from .swap.arrangement import rearrange
from .swap.swapping import exchange

Coarse = tuple[PatchSource, Ints, Packed]
"""What step 2 hands on: where patches come from, their field and the picture it makes, of 128
pixels a side."""

SIZES = (256, 512, 1024)
SCENE_FRAMING = (0.2, 0.4)
"""Share of the strength that goes into the framing of a scene, by turns, so that the variations of
one call differ in kind; the rest is its arrangement. With 0.1 more of each the patches of 66
pictures match the source a little less (realism 0.52 for 0.51 at strength 0.8), as they are bent
and tilted first. A scene that cannot be arranged in one framing is tried in the other."""

RETOUCH = 0.25
"""Strength below which nothing is mirrored: the picture is to stay what it is, retouched."""
FILLED_FREEDOM = 0.5
"""Strength from which no more is exchanged in a picture that one thing fills: at 0.6 a cat's fur
showed another grain."""
FILLED_REACH = 0.4
"""Share of the strength beyond that goes into its framing: with all of it, at 0.8, the frame had to
be filled up, with a piece of a face beside a face."""


def never() -> bool:
    """The answer of a caller who does not cancel."""
    return False


def variation(
    source: Source,
    size: int,
    *,
    seed: int,
    index: int = 0,
    strength: float = 0.5,
    mirror: bool = True,
    canceled: Callable[[], bool] = never,
) -> Image.Image:
    """One variation, ``size`` pixels square: RGBA if the source is transparent anywhere, else RGB.

    size: 256, 512 or 1024. seed: 0 or more. index: which of the variations with this seed, from 0.
    strength: 0 (hardly changed) to 1. mirror: whether the picture or parts of it may be mirrored,
    which they are from strength 0.25 on.

    canceled: asked several times a second.

    The same arguments give the same pixels; another size gives the same composition. Raises
    ValueError for arguments out of range and `Canceled` once ``canceled`` answers True.
    """
    check(size, seed, index, strength)

    def go_on() -> None:
        if canceled():
            raise Canceled("Canceled; no variation is being made any more.")

    rng = np.random.default_rng([seed, index])
    turn = index + int(np.random.default_rng([seed]).integers(4))
    mirror = mirror and strength >= RETOUCH
    mirror_parts = mirror and not source.borders.solid
    filled = source.filled and not source.on_plain_ground
    scene = source.is_scene
    freedom = min(strength, FILLED_FREEDOM) if filled else strength
    reach = freedom + FILLED_REACH * (strength - freedom)

    def framed(share: float) -> Framing:
        return choose_framing(source, rng, reach * share, mirror=mirror, turn=turn)

    def arranged(framing: Framing) -> Coarse | None:
        arrange = rearrange if scene else exchange
        return arrange(source, framing, rng, freedom, go_on, mirror=mirror_parts)

    if source.stage.subjects:
        staged = restage(source, rng, strength, go_on, mirror=mirror_parts, turn=turn)
        source = staged or source
        framing = framed(SCENE_FRAMING[turn % 2])
        coarse = unchanged(source, framing, mirror=mirror_parts)
        pixels = _develop(source, framing, coarse, size, go_on, mirror=mirror_parts)
    elif source.on_plain_ground:
        pixels, _ = render(source, framed(1.0), size, 0)
    else:
        shares = (SCENE_FRAMING[turn % 2], SCENE_FRAMING[1 - turn % 2]) if scene else (1.0,)
        framing, coarse = _compose(source, shares, framed, arranged, mirror=mirror_parts)
        pixels = _develop(source, framing, coarse, size, go_on, mirror=mirror_parts)
    grade = Grade.draw(rng, strength, source.borders.calm, source.is_drawing, turn)
    return _finish(source, grade, pixels)


def check(size: int, seed: int, index: int, strength: float) -> None:
    """Raises ValueError, in one sentence, for the first argument out of range."""
    if size not in SIZES:
        raise ValueError(f"size is {size}; it must be one of 256, 512 and 1024.")
    if seed < 0 or index < 0:
        raise ValueError(f"seed is {seed} and index {index}; neither may be negative.")
    if not 0 <= strength <= 1:
        raise ValueError(f"strength is {strength}; it must be between 0 and 1.")


def _compose(
    source: Source,
    shares: tuple[float, ...],
    framed: Callable[[float], Framing],
    arranged: Callable[[Framing], Coarse | None],
    *,
    mirror: bool,
) -> tuple[Framing, Coarse]:
    """The first framing that can be arranged without a fold that the source does not have; if none
    can, a bolder one in which all stays."""
    for share in shares:
        framing = framed(share)
        coarse = arranged(framing)
        if coarse is not None and (source.folded or unfolded(coarse[2]) >= PLAIN):
            return framing, coarse
    framing = framed(1.0)
    return framing, unchanged(source, framing, mirror=mirror)


def unchanged(source: Source, framing: Framing, *, mirror: bool) -> Coarse:
    """What a framing shows, as step 2 would hand it on."""
    patches = PatchSource(source, framing, SIZES[0] // 2, mirror=mirror)
    return patches, patches.home, vote(patches, patches.home)


def _develop(
    source: Source,
    framing: Framing,
    coarse: Coarse,
    size: int,
    go_on: Callable[[], None],
    *,
    mirror: bool,
) -> Packed:
    """Heal the seams of a coarse picture, then double it level by level up to the output size."""
    patches, field, picture = coarse
    holes = not patches.usable[field].all()
    field, picture = heal(patches, field, picture, coarsest(holes))
    while patches.size < size:
        go_on()
        finer = PatchSource(source, framing, _next_size(patches.size), mirror=mirror)
        field = patches.enlarge(field, finer)
        patches = finer
        go_on()
        guide = vote(patches, field, window=window(1.5))
        effort = THOROUGH if patches.size <= 256 else QUICK
        field, picture = heal(patches, field, guide, effort)
    return picture


def _next_size(size: int) -> int:
    """The next power of two."""
    return 1 << size.bit_length()


def _finish(source: Source, grade: Grade, pixels: Packed) -> Image.Image:
    if not source.transparent:
        return to_image(grade.apply(pixels)).convert("RGB")
    straight = unpack(grade.apply(matte.lift(pixels, source.matte)))
    return Image.fromarray(pack_bytes(straight).view(np.uint8).reshape(straight.shape), "RGBA")
