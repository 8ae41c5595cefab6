"""Copy what belongs into the extension to build/extension: KNIME's bundler packs whole folders.

Needs nothing but Python 3.9, which the bundler brings.
"""

from __future__ import annotations

import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
DESTINATION = CHECKOUT / "build" / "extension"

BELONGS = ("knime.yml", "pixi.toml", "pixi.lock", "LICENSE", "icons", "src")
"""What the bundler reads. pixi writes the lock file where there is none yet."""

STAYS = ("cli", "server", "spark", "*.svg", "__pycache__", "*.pyc", ".*")
"""What no node uses, such as the fronts that need packages KNIME does not bring; and leftovers."""


def export() -> None:
    """Fill the destination anew."""
    shutil.rmtree(DESTINATION, ignore_errors=True)
    DESTINATION.mkdir(parents=True)
    for name in BELONGS:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, DESTINATION / name, ignore=shutil.ignore_patterns(*STAYS))
        elif source.exists():
            shutil.copy2(source, DESTINATION / name)


if __name__ == "__main__":
    export()
