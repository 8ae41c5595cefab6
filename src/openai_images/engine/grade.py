"""Step 4: a small change of tone, colour and light that leaves white, black and grey in place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .pixels import Bytes, Floats, Packed, luma, pack_bytes, unpack

TONES = 0, 2, 3, 1
"""Quarter of the range of tones, from light to dark, that each of four variations in a row has.
Those enlarged or reduced alike (`framing`) are thereby at least a quarter apart: of seven pictures
the two most alike of four differ by 0.076 (closest pair, median, strength 0.5) for 0.069."""
STRIPE = 128
"""Rows graded at a time, so that float copies stay in the cache."""


@dataclass(frozen=True)
class Grade:
    """gamma: exponent of the tone curve. chroma: factor. hue: radians, the same for
    all hues. swing, phase: radians; colours of hue h turn by a further swing * sin(h + phase), so
    that different colours part or meet. light: change of brightness
    from centre to border along x and y, in midtones, -1..1."""

    gamma: float
    chroma: float
    hue: float
    swing: float
    phase: float
    light: tuple[float, float]

    @classmethod
    def draw(
        cls, rng: np.random.Generator, strength: float, calm: float, drawing: bool, turn: int
    ) -> Grade:
        """A random grade: gentler in light on calm ground (1), which would show it; bolder in the
        colours of a drawing, which stand for themselves. turn: counts the variations of a request.
        """
        tone = (rng.uniform() + TONES[turn % len(TONES)]) / len(TONES)
        gamma = float(np.exp((2 * tone - 1) * 0.28 * strength))
        chroma = float(np.exp(rng.uniform(-0.25, 0.25) * strength))
        widest = 30 if drawing else 10 * (1 - 0.6 * calm)
        hue, swing = np.deg2rad(rng.uniform(-1, 1, 2) * (widest, 0.6 * widest) * strength)
        phase = float(rng.uniform(0, 2 * np.pi))
        x, y = rng.uniform(-1, 1, 2) * 0.25 * strength * (1 - 0.8 * calm)
        return cls(gamma, chroma, float(hue), float(swing), phase, (float(x), float(y)))

    def apply(self, pixels: Packed) -> Packed:
        """The graded picture; alpha stays as it is."""
        rows, columns = pixels.shape
        x = np.linspace(-1, 1, columns, dtype=np.float32)[None]
        y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
        curve = ((np.arange(256) / 255.0) ** self.gamma).astype(np.float32)
        graded = unpack(pixels).copy()
        for top in range(0, rows, STRIPE):
            stripe = slice(top, top + STRIPE)
            light = np.float32(self.light[0]) * x + np.float32(self.light[1]) * y[stripe]
            graded[stripe, :, :3] = self._stripe(graded[stripe, :, :3], curve, light)
        return pack_bytes(graded)

    def _stripe(self, rgb: Bytes, curve: Floats, light: Floats) -> Floats:
        """Graded rows, 0..255, worked out as brightness and two colour differences (BT.601)."""
        colours = rgb.astype(np.float32)
        level = luma(colours)
        blue = (colours[..., 2] - level) * np.float32(0.564 / 255)
        red = (colours[..., 0] - level) * np.float32(0.713 / 255)
        tone = curve[np.clip(level + 0.5, 0, 255).astype(np.uint8)]
        tone = tone + light * tone * (1 - tone)
        along = blue * np.float32(np.sin(self.phase)) + red * np.float32(np.cos(self.phase))
        strength = np.sqrt(blue * blue + red * red) + np.float32(1e-4)
        turn = np.float32(self.swing) * along / strength + np.float32(self.hue)
        cosine, sine = np.cos(turn), np.sin(turn)
        cosine, sine = cosine * np.float32(self.chroma), sine * np.float32(self.chroma)
        blue, red = blue * cosine - red * sine, blue * sine + red * cosine
        channels = (
            tone + np.float32(1.403) * red,
            tone - np.float32(0.344) * blue - np.float32(0.714) * red,
            tone + np.float32(1.773) * blue,
        )
        graded: Floats = np.clip(np.stack(channels, -1) * 255 + 0.5, 0, 255)
        return graded
