"""Image variations from any OpenAI-compatible service, GPT Image models or an embedded engine.

from openai_images import open_session

with open_session() as session:
    for picture in session.vary("cat.jpg", n=4):
        picture.save(f"cat-{picture.index}.png")
"""

from .connection import Connection, Route, ServiceKind
from .errors import ImagesError
from .request import VariationRequest
from .response import ApiResponse, ImagesResponse
from .scripting import ScriptSession, Variation, open_session
from .secret import Secret
from .services import ImageService

__version__ = "0.1.0"

__all__ = [
    "ApiResponse",
    "Connection",
    "ImageService",
    "ImagesError",
    "ImagesResponse",
    "Route",
    "ScriptSession",
    "Secret",
    "ServiceKind",
    "Variation",
    "VariationRequest",
    "open_session",
]
