"""Where KNIME shows the nodes."""

from __future__ import annotations

import knime.extension as knext

CATEGORY = knext.category(
    path="/community",
    level_id="openai_images",
    name="OpenAI Images",
    description="Variations of images, by OpenAI-compatible services or an embedded engine.",
    icon="icons/category.png",
)
