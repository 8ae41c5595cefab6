"""What KNIME imports: the category and the nodes."""

from openai_images.nodes.category import CATEGORY
from openai_images.nodes.create_image_variation import CreateImageVariation
from openai_images.nodes.create_image_variations_table import CreateImageVariationsTable
from openai_images.nodes.openai_image_connector import OpenAIImageConnector

__all__ = ["CATEGORY", "CreateImageVariation", "CreateImageVariationsTable", "OpenAIImageConnector"]
