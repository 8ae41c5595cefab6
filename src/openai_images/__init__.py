"""Image variations from any OpenAI-compatible service, GPT Image models or an embedded engine.

from openai_images import Connection, VariationRequest, open_service

with open_service(Connection()) as service:
    answer = service.create_variation(VariationRequest(Path("cat.png").read_bytes(), n=2))
"""

from .connection import Connection
from .errors import ImagesError
from .request import VariationRequest
from .response import ApiResponse, ImagesResponse
from .secret import Secret
from .services import ImageService, open_service

__all__ = [
    "ApiResponse",
    "Connection",
    "ImageService",
    "ImagesError",
    "ImagesResponse",
    "Secret",
    "VariationRequest",
    "open_service",
]
