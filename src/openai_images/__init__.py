"""Image variations from any OpenAI-compatible service, GPT Image models or an embedded engine.

from openai_images import Connection, VariationRequest, open_session

with open_session(Connection()) as session:
    request = VariationRequest(Path("cat.png").read_bytes(), n=2)
    answer = session.service.create_variation(request)
"""

from .connection import Connection
from .errors import ImagesError
from .request import VariationRequest
from .response import ApiResponse, ImagesResponse
from .secret import Secret
from .services import ImageService
from .session import Session, open_session

__version__ = "0.1.0"

__all__ = [
    "ApiResponse",
    "Connection",
    "ImageService",
    "ImagesError",
    "ImagesResponse",
    "Secret",
    "Session",
    "VariationRequest",
    "open_session",
]
