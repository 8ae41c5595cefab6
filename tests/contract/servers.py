"""Servers on loopback that differ from OpenAI in exactly what is recorded of real ones."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import dataclass

from PIL import Image
from werkzeug import Request, Response

CREATED = 1750000000
USAGE = {
    "input_tokens": 234,
    "input_tokens_details": {"text_tokens": 40, "image_tokens": 194},
    "output_tokens": 1056,
    "total_tokens": 1290,
}


@dataclass(frozen=True)
class Server:
    """How a server answers; what a field does not change is as at OpenAI.

    Attributes:
        calls: of variations and edits, those that it has; the others are a 404.
        required: fields without which it refuses, each with the status and body that it then gives.
        image_fields: names under which it reads the picture.
        model_form: what every model's name must hold.
        kind: format of its pictures.
        edge: pixels of its pictures, whatever was asked for; 0 for what was asked for.
        has_created: whether it says when.
        has_both_keys: whether `url` and `b64_json` are both there, one of them null.
        url: what it gives as `url`; empty where it gives base64 whatever was asked for.
        has_metadata: whether it gives OpenAI's fields about the whole answer.
        missing_call: the body of its 404.
    """

    calls: tuple[str, ...] = ("variations", "edits")
    required: tuple[tuple[str, int, object], ...] = ()
    image_fields: tuple[str, ...] = ("image", "image[]")
    model_form: str = ""
    kind: str = "PNG"
    edge: int = 0
    has_created: bool = True
    has_both_keys: bool = False
    url: str = ""
    has_metadata: bool = False
    missing_call: object = None

    def serve(self, httpserver, root: str = "/v1") -> None:
        """Answer the calls under `root` of a server of pytest-httpserver."""
        for call in ("variations", "edits"):
            path = f"{root}/images/{call}"
            httpserver.expect_request(path, "POST").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        if request.path.rpartition("/")[2] not in self.calls:
            return _json(404, self.missing_call or {"detail": "Not Found"})
        for name, status, body in self.required:
            if not request.form.get(name):
                return _json(status, body)
        files = [request.files[name] for name in self.image_fields if name in request.files]
        if not files:
            return _json(422, missing("image"))
        if self.model_form not in request.form.get("model", ""):
            return _json(400, {"error": {"message": "model should be in provider/model format"}})
        body = {"data": [self._item(request) for _ in range(int(request.form.get("n", "1")))]}
        if self.has_created:
            body["created"] = CREATED
        if self.has_metadata:
            body |= {
                "background": "opaque",
                "output_format": self.kind.lower(),
                "quality": "low",
                "size": request.form.get("size"),
                "usage": USAGE,
            }
        return _json(200, body)

    def _item(self, request: Request):
        edge = self.edge or int(request.form.get("size", "1024x1024").partition("x")[0])
        as_url = bool(self.url) and request.form.get("response_format", "url") == "url"
        item = {"url": self.url} if as_url else {"b64_json": encoded(self.kind, edge)}
        return {"url": None, "b64_json": None, **item} if self.has_both_keys else item


def picture(edge: int) -> Image.Image:
    """What every server makes: smooth, so that every format and size shows the same."""
    ramp = Image.linear_gradient("L")
    return Image.merge("RGB", [ramp, ramp.rotate(90), ramp.rotate(180)]).resize((edge, edge))


def encoded(kind: str, edge: int) -> str:
    file = io.BytesIO()
    picture(edge).save(file, kind)
    return base64.b64encode(file.getvalue()).decode("ascii")


def missing(name: str) -> object:
    """FastAPI's answer where a form field is missing."""
    return {"detail": [{"type": "missing", "loc": ["body", name], "msg": "Field required"}]}


def _json(status: int, body: object) -> Response:
    headers = {"x-request-id": "req_1"}
    return Response(json.dumps(body), status, headers, "application/json")


# OpenAI's edits call with a GPT Image model: base64 only, and everything said about it.
OPENAI = Server(calls=("edits",), has_metadata=True)

XINFERENCE = Server(
    required=(
        ("model", 422, missing("model")),
        ("prompt", 500, {"detail": "Provide either `prompt` or `prompt_embeds`."}),
    ),
    image_fields=("image",),
    kind="JPEG",
    has_both_keys=True,
    url="/srv/.xinference/image/0a1b2c.jpg",
)
XINFERENCE_OF_OTHER_SIZE = Server(**{**vars(XINFERENCE), "edge": 128})
LEMONADE = Server(
    calls=("variations",), required=(("model", 400, {"error": "Missing model"}),), has_created=False
)
BIFROST = Server(model_form="/")
LITELLM = Server(calls=("edits",))
VLLM_OMNI = SGLANG = STABLE_DIFFUSION_CPP = Server(calls=("edits",))
