"""Inputs to start from: one of each kind that is met in the wild."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

from PIL import Image


def write_seeds(target: str, folder: Path) -> None:
    """Write the seeds of a target into `folder`, one file each."""
    for number, seed in enumerate(_SEEDS[target]()):
        (folder / f"seed-{number:02}").write_bytes(seed)


def _answers() -> list[bytes]:
    text = base64.b64encode(bytes(range(200)) * 20).decode()
    bodies = [
        {"created": 1, "data": [{"b64_json": text, "revised_prompt": "été \U0001f600"}]},
        {"data": [{"url": "https://host/a.png?sig=1"}, {"url": None, "b64_json": None}]},
        {"created": 1e300, "data": [{"b64_json": "?"}], "usage": {"input_tokens": 1}},
        {"error": {"message": "overloaded"}},
        {"data": [[], None, 1, "x"]},
    ]
    return [json.dumps(body).encode() for body in bodies] + [
        json.dumps(bodies[0], ensure_ascii=False).replace("/", "\\/").encode()
    ]


def _errors() -> list[bytes]:
    openai = {"error": {"message": "m", "type": "t", "param": "n", "code": "c"}}
    shapes = [
        openai,
        {"detail": "Not Found"},
        {"detail": [{"loc": ["body", "model"], "msg": "Field required", "type": "missing"}]},
        {"error": "text"},
        {"error": {"message": "litellm: " + json.dumps(openai)}},
    ]
    others = [b"<!DOCTYPE html><html><title>504 &amp; more</title>", b"plain", b"", b"\xff\xfe\0"]
    return [b"\x64" + json.dumps(shape).encode() for shape in shapes] + [
        b"\xc8" + o for o in others
    ]


def _waits() -> list[bytes]:
    return [b"12", b"0.5", b"12ms", b"6m0s", b"1h2m3.5s", b"Sun, 06 Nov 1994 08:49:37 GMT"]


def _pictures() -> list[bytes]:
    pictures = []
    modes = {
        "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
        "JPEG": ("L", "RGB", "CMYK"),
        "WEBP": ("RGB", "RGBA"),
        "GIF": ("P",),
        "BMP": ("RGB",),
        "TIFF": ("RGB", "CMYK", "I;16"),
    }
    for kind, names in modes.items():
        for mode in names:
            file = io.BytesIO()
            Image.new(mode, (9, 9)).save(file, kind)
            pictures.append(file.getvalue())
    return pictures


def _preparation() -> list[bytes]:
    return [bytes([number % 2]) + picture for number, picture in enumerate(_pictures())]


_SEEDS = {
    "answers": _answers,
    "errors": _errors,
    "waits": _waits,
    "png": _pictures,
    "preparation": _preparation,
}
