"""Successes that do not hold what was asked for, and addresses of results."""

from __future__ import annotations

import base64

from openai_images.errors import BadAnswer, ErrorAnswer

from .fault import (
    SUCCESS,
    Delivered,
    Fault,
    Refused,
    answers,
    b64,
    images,
    png,
    raw,
    says,
)
from .server import Peer

GOOD = b64(png())
WHOLE = png(64, "RGBA")
TWO = {"n": 2}


def _bad(name: str, does: str, body: object, **headers: str) -> Fault:
    return Fault(name, does, answers(200, body, **headers), Refused(BadAnswer, "", billed=True))


def _partly(name: str, does: str, body: object, pictures: int, **others) -> Fault:
    return Fault(name, does, answers(200, body), Delivered(pictures, ("",)), **others)


ANSWER_FAULTS = (
    Fault(
        "error inside a success",
        "200 with OpenAI's JSON of an error",
        answers(200, says("The model is overloaded", "overloaded")),
        Refused(ErrorAnswer, "", billed=True),
    ),
    _bad("empty success", "200 with nothing", b""),
    _bad("page instead of JSON", "200 with a login page", b"<html>", content_type="text/html"),
    _bad("JSON cut off", "200 with half a JSON text", b'{"created": 1, "data": [{"b64_'),
    _bad("list instead of object", "200 with a JSON list", []),
    _bad("no data", "200 without data", {"created": 1}),
    _bad("data of another kind", "200 with data as a text", {"data": "none"}),
    _bad("no image", "200 with an empty list", images()),
    _bad("nulls for images", "200 with nulls for images", {"data": [None, {"b64_json": None}]}),
    _bad("nesting bomb", "200 with JSON nested a million deep", b"[" * 1_000_000),
    _bad("value bomb", "200 with ten million JSON objects", b"[" + b"{}," * 10_000_000 + b"{}]"),
    _bad(
        "letter bomb",
        "200 with one rare letter before 50 million others",
        b'{"data": [{"b64_json": "\\ud83d\\ude00' + b"A" * 50_000_000 + b'"}]}',
    ),
    Fault(
        "created missing",
        "200 without created",
        answers(200, {"data": [GOOD]}),
        Delivered(),
    ),
    Fault(
        "created absurd",
        "200 with created beyond any integer column",
        answers(200, {"created": 1e300, "data": [GOOD]}),
        Delivered(),
    ),
    _partly("fewer images", "1 image where 2 were asked for", SUCCESS, 1, request=TWO),
    _partly("more images", "3 images where 1 was asked for", images(GOOD, GOOD, GOOD), 3),
    _partly(
        "one image undecodable",
        "2 images, one of them not base64",
        images(GOOD, {"b64_json": "?!"}),
        1,
        request=TWO,
    ),
    _bad("no image decodable", "base64 text that is none", images({"b64_json": "?!"})),
    _bad("no image at all", "base64 of a text", images(b64(b"hello"))),
    _bad("image cut off", "a PNG without its end", images(b64(WHOLE[: len(WHOLE) // 2]))),
    _partly(
        "image cut off beside a good one",
        "a good PNG and one without its end",
        images(GOOD, b64(WHOLE[: len(WHOLE) // 2])),
        1,
        request=TWO,
    ),
    _partly(
        "another size",
        "8x8 pixels where 256x256 were asked for",
        SUCCESS,
        1,
        request={"size": "256x256"},
    ),
    Fault(
        "another kind of image",
        "a JPEG where the call promises PNG",
        answers(200, images(b64(png(kind="JPEG")))),
        Delivered(),
    ),
    Fault(
        "data URL for base64",
        "a data URL where base64 belongs",
        answers(
            200,
            images({"b64_json": "data:image/png;base64," + base64.b64encode(WHOLE).decode()}),
        ),
        Delivered(),
    ),
)


def _at(location: str, *then) -> Fault:
    """Answer with an address; `then` serves what is fetched from the server."""

    def serve(peer: Peer) -> None:
        request = peer.read()
        if request.line.startswith("POST"):
            url = location.format(address=peer.address, port=peer.server.port)
            peer.answer(200, images({"url": url}))
        else:
            then[min(peer.number - 2, len(then) - 1)](peer)

    return serve


def _flood(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n" + png())
    while True:
        peer.send(bytes(65_536))


def _to(location: str):
    def serve(peer: Peer) -> None:
        where = location.format(address=peer.address, port=peer.server.port)
        peer.answer(302, location=where)

    return serve


def _kept(name: str, does: str, serve, fetches: int = 0, **others) -> Fault:
    """The address is kept and shown; the picture behind it is missing, with a warning."""
    return Fault(name, does, serve, Delivered(0, ("",)), fetches=fetches, **others)


HERE = "http://{address}/picture.png?signature=1"
INSIDE = "http://127.0.0.2:{port}/latest/meta-data"

DOWNLOAD_FAULTS = (
    Fault(
        "address of the service's own host",
        "an address on the service's own host, inside the network",
        _at(HERE, answers(200, png())),
        Delivered(),
        fetches=1,
    ),
    Fault(
        "download fails once",
        "500 for the picture, then the picture",
        _at(HERE, answers(500), answers(200, png())),
        Delivered(),
        fetches=2,
    ),
    _kept("address expired", "403 for the picture", _at(HERE, answers(403, b"<Error/>")), 1),
    _kept("download empty", "an empty picture", _at(HERE, answers(200)), 1),
    _kept("download of a page", "a web page for a picture", _at(HERE, answers(200, b"<html>")), 1),
    _kept(
        "download cut off",
        "half a picture",
        _at(HERE, raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc")),
        3,
    ),
    _kept("download without end", "a picture that never ends", _at(HERE, _flood), 1),
    _kept("redirected in circles", "redirects for ever", _at(HERE, _to(HERE)), 6),
    _kept("file address", "file:///etc/passwd", _at("file:///etc/passwd")),
    _kept("local path", "a path of the server's disk", _at("/root/xinference/image/1.png")),
    _kept("FTP address", "ftp://{address}/a.png", _at("ftp://{address}/a.png")),
    _kept("address without host", "http:///a.png", _at("http:///a.png")),
    _kept("address broken", "http://[::1/a.png", _at("http://[::1/a.png")),
    _kept("address with a password", "http://me:pass@…", _at("http://me:pass@{address}/a.png")),
    _kept("address inside", "another loopback address", _at(INSIDE)),
    _kept("name that leads inside", "a name for a loopback address", _at("http://localhost:{port}")),
    _kept("metadata address", "169.254.169.254", _at("http://169.254.169.254/latest")),
    _kept("IPv6 for an address inside", "::ffff:10.0.0.1", _at("http://[::ffff:10.0.0.1]/a.png")),
    _kept("old spelling of an address inside", "0x7f000002", _at("http://0x7f000002:{port}/a")),
    _kept("redirected inside", "redirects to an address inside", _at(HERE, _to(INSIDE)), 1),
    _kept("redirected to a file", "redirects to file:", _at(HERE, _to("file:///etc/passwd")), 1),
)
