"""The description of the server at /openapi.json (OpenAPI 3.1), made of the limits it holds."""

from __future__ import annotations

from typing import Any

from .. import __version__
from ..options import MAX_SEED, EngineOptions
from ..request import (
    DEFAULT_N,
    DEFAULT_RESPONSE_FORMAT,
    DEFAULT_SIZE,
    MAX_N,
    RESPONSE_FORMATS,
    SIZES,
)
from .calls import EDIT_SIZES, MAX_INDEX, MAX_PROMPT, PREPARATIONS
from .settings import Settings

__all__ = ["openapi"]

Json = dict[str, Any]


def openapi(settings: Settings) -> Json:
    """The description of a server with these settings."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "OpenAI Images: embedded engine",
            "version": __version__,
            "description": "Variations of a picture, over the protocol of OpenAI's images API.",
        },
        "paths": {
            "/v1/images/variations": {"post": _variations()},
            "/v1/images/edits": {"post": _edits()},
            "/v1/models": {"get": _get("List the models", "ModelList")},
            "/v1/models/{model}": {"get": _model()},
            "/health": {"get": _get("Whether the server works", "Health", public=True)},
            "/results/{token}.png": {"get": _result()},
        },
        "components": {
            "schemas": _SCHEMAS,
            "responses": {"Error": _json("A refusal", "Error")},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        **({"security": [{"key": []}]} if settings.keys else {}),
    }


def _variations() -> Json:
    image = {**_FILE, "description": "A square PNG of less than 4 MB."}
    prepare = {
        "type": "string",
        "enum": list(PREPARATIONS),
        "default": PREPARATIONS[0],
        "description": "automatic: any PNG, JPEG, WebP, GIF, BMP or TIFF is made a square PNG.",
    }
    fields = {
        "image": image,
        "prepare_image": prepare,
        **_shared(DEFAULT_RESPONSE_FORMAT, SIZES, DEFAULT_SIZE),
    }
    return _images_call("Make variations of a picture", fields)


def _edits() -> Json:
    image = {**_FILE, "description": "PNG, JPEG or WebP; its middle square is taken."}
    prompt = {"type": "string", "maxLength": MAX_PROMPT, "description": "Has no effect."}
    fields = {
        "image": image,
        "prompt": prompt,
        "output_format": {"type": "string", "enum": ["png"]},
        **_shared("b64_json", EDIT_SIZES, "auto"),
    }
    return _images_call("Make variations, for clients that only know edits", fields)


def _shared(answer_format: str, sizes: tuple[str, ...], size: str) -> Json:
    return {
        "model": {"type": "string", "description": "Any name; there is one engine."},
        "n": {"type": "integer", "minimum": 1, "maximum": MAX_N, "default": DEFAULT_N},
        "response_format": {
            "type": "string",
            "enum": list(RESPONSE_FORMATS),
            "default": answer_format,
        },
        "size": {"type": "string", "enum": list(sizes), "default": size},
        "user": {"type": "string"},
        "strength": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": EngineOptions().strength,
            "description": "How far a variation may go from the picture.",
        },
        "seed": {
            "type": "integer",
            "minimum": 0,
            "maximum": MAX_SEED,
            "description": "The same seed makes the same pictures again; a fresh one if absent.",
        },
        "index": {
            "type": "integer",
            "minimum": 0,
            "maximum": MAX_INDEX,
            "default": 0,
            "description": "Place of the first picture in the series of its seed.",
        },
    }


def _images_call(summary: str, fields: Json) -> Json:
    form = {"type": "object", "required": ["image"], "properties": fields}
    body = {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": form,
                "encoding": {"image": {"contentType": "image/png, image/jpeg, image/webp"}},
            }
        },
    }
    return {"summary": summary, "requestBody": body, "responses": _answers("Images")}


def _model() -> Json:
    return {
        **_get("One model", "Model"),
        "parameters": [_path_parameter("model")],
    }


def _result() -> Json:
    picture = {"description": "A picture", "content": {"image/png": {"schema": _FILE}}}
    return {
        "summary": "A result, for as long as it lives",
        "security": [],
        "parameters": [_path_parameter("token")],
        "responses": {"200": picture, "default": _ERROR},
    }


def _get(summary: str, schema: str, *, public: bool = False) -> Json:
    return {
        "summary": summary,
        "responses": _answers(schema),
        **({"security": []} if public else {}),
    }


def _answers(schema: str) -> Json:
    return {"200": _json("What was asked for", schema), "default": _ERROR}


def _json(description: str, schema: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _path_parameter(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _object(properties: Json, *optional: str) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


_TEXT: Json = {"type": "string"}
_MAYBE_TEXT: Json = {"type": ["string", "null"]}
_COUNT: Json = {"type": "integer", "minimum": 0}
_FILE: Json = {"type": "string", "format": "binary"}
_ERROR: Json = {"$ref": "#/components/responses/Error"}
_IMAGE = _object({"b64_json": _TEXT, "url": {"type": "string", "format": "uri"}}, "b64_json", "url")
_IMAGES = _object(
    {
        "created": _COUNT,
        "background": {"type": "string", "enum": ["transparent", "opaque"]},
        "data": {"type": "array", "items": _IMAGE, "minItems": 1, "maxItems": MAX_N},
        "output_format": {"const": "png"},
        "size": {"type": "string", "enum": list(SIZES)},
        "seed": _COUNT,
        "strength": {"type": "number", "minimum": 0, "maximum": 1},
        "note": _TEXT,
    },
    "note",
)
_MODEL = _object({"id": _TEXT, "object": {"const": "model"}, "created": _COUNT, "owned_by": _TEXT})
_SCHEMAS: Json = {
    "Images": _IMAGES,
    "Model": _MODEL,
    "ModelList": _object(
        {
            "object": {"const": "list"},
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/Model"}},
        }
    ),
    "Health": _object(
        {
            "status": {"const": "ok"},
            "version": _TEXT,
            "key_required": {"type": "boolean"},
            "capacity": _COUNT,
            "free": _COUNT,
        }
    ),
    "Error": _object(
        {
            "error": _object(
                {"message": _TEXT, "type": _TEXT, "param": _MAYBE_TEXT, "code": _MAYBE_TEXT}
            )
        }
    ),
}
