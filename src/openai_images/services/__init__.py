"""Who answers a variation request: one protocol, and its implementations."""

from .service import ImageService

__all__ = ["ImageService"]
