"""Successes that do not hold what was asked for."""

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
    says,
)

GOOD = b64(png())
WHOLE = png(64, "RGBA")
TWO = {"n": 2}


def _bad(name: str, does: str, says: str, body: object, **headers: str) -> Fault:
    return Fault(name, does, answers(200, body, **headers), Refused(BadAnswer, says, billed=True))


def _partly(name: str, does: str, says: str, body: object, pictures: int, **others) -> Fault:
    return Fault(name, does, answers(200, body), Delivered(pictures, (says,)), **others)


ANSWER_FAULTS = (
    Fault(
        "error inside a success",
        "200 with OpenAI's JSON of an error",
        answers(200, says("The model is overloaded", "overloaded")),
        Refused(ErrorAnswer, "HTTP 200 (overloaded): The model is overloaded.", billed=True),
    ),
    _bad(
        "empty success",
        "200 with nothing",
        "The service reported success (HTTP 200), but its answer is not JSON "
        "(application/octet-stream, 0 bytes). Check that the base URL is the address of an images "
        "API.",
        b"",
    ),
    _bad(
        "page instead of JSON",
        "200 with a login page",
        "The service reported success (HTTP 200), but its answer is not JSON (text/html, "
        "6 bytes). Check that the base URL is the address of an images "
        "API.",
        b"<html>",
        content_type="text/html",
    ),
    _bad(
        "JSON cut off",
        "200 with half a JSON text",
        "The service reported success (HTTP 200), but its answer is not JSON "
        "(application/octet-stream, 30 bytes). Check that the base URL is the address of an images "
        "API.",
        b'{"created": 1, "data": [{"b64_',
    ),
    _bad(
        "list instead of object",
        "200 with a JSON list",
        "The service reported success (HTTP 200), but its answer is a JSON list, not an "
        "object. Check that the base URL is the address of an images "
        "API.",
        [],
    ),
    _bad(
        "no data",
        "200 without data",
        'The service reported success (HTTP 200), but its answer has no list "data". '
        "Check that the base URL is the address of an images API.",
        {"created": 1},
    ),
    _bad(
        "data of another kind",
        "200 with data as a text",
        'The service reported success (HTTP 200), but its answer has no list "data". '
        "Check that the base URL is the address of an images API.",
        {"data": "none"},
    ),
    _bad(
        "no image",
        "200 with an empty list",
        "The service reported success (HTTP 200), but its answer holds no image. Check that the "
        "base URL is the address of an images API.",
        images(),
    ),
    _bad(
        "nulls for images",
        "200 with nulls for images",
        "The service reported success (HTTP 200), but its answer holds no image. Check that the "
        "base URL is the address of an images API.",
        {"data": [None, {"b64_json": None}]},
    ),
    _bad(
        "nesting bomb",
        "200 with JSON nested a million deep",
        "The service reported success (HTTP 200), but its answer is not JSON "
        "(application/octet-stream, 1000000 bytes). Check that the base URL is the address of an "
        "images API.",
        b"[" * 1_000_000,
    ),
    _bad(
        "value bomb",
        "200 with a million JSON objects",
        "The service reported success (HTTP 200), but its answer is not JSON "
        "(application/octet-stream, 3000004 bytes). Check that the base URL is the address of an "
        "images API.",
        b"[" + b"{}," * 1_000_000 + b"{}]",
    ),
    _bad(
        "letter bomb",
        "200 with one rare letter before three million others",
        "The service reported success (HTTP 200), but its answer is not JSON "
        "(application/octet-stream, 3000040 bytes). Check that the base URL is the address of an "
        "images API.",
        b'{"data": [{"b64_json": "\\ud83d\\ude00' + b"A" * 3_000_000 + b'"}]}',
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
    _partly(
        "fewer images",
        "1 image where 2 were asked for",
        "2 image(s) were asked for, 1 came.",
        SUCCESS,
        1,
        request=TWO,
    ),
    _partly(
        "more images",
        "3 images where 1 was asked for",
        "1 image(s) were asked for, 3 came; those beyond are left alone.",
        images(GOOD, GOOD, GOOD),
        1,
    ),
    _partly(
        "one image undecodable",
        "2 images, one of them not base64",
        "Image 2 is missing: its base64 text (2 characters) cannot be decoded.",
        images(GOOD, {"b64_json": "?!"}),
        1,
        request=TWO,
    ),
    _bad(
        "no image decodable",
        "base64 text that is none",
        "The service sent 1 image(s), none usable: Image 1 is missing: its base64 text (2"
        " characters) cannot be decoded.",
        images({"b64_json": "?!"}),
    ),
    _bad(
        "no image at all",
        "base64 of a text",
        "The service sent 1 image(s), none usable: Image 1 is missing: Image 1 is not a "
        "picture in a format that can be read: use PNG, JPEG, WEBP, GIF, BMP or TIFF.",
        images(b64(b"hello")),
    ),
    _bad(
        "image cut off",
        "a PNG without its end",
        "The service sent 1 image(s), none usable: Image 1 is missing: Image 1 cannot be "
        "read as a PNG picture: it is cut off inside its IDAT chunk. Save or download it "
        "again.",
        images(b64(WHOLE[: len(WHOLE) // 2])),
    ),
    _partly(
        "image cut off beside a good one",
        "a good PNG and one without its end",
        "Image 2 is missing: Image 2 cannot be read as a PNG picture: it is cut off "
        "inside its IDAT chunk. Save or download it again.",
        images(GOOD, b64(WHOLE[: len(WHOLE) // 2])),
        1,
        request=TWO,
    ),
    _partly(
        "another size",
        "8x8 pixels where 256x256 were asked for",
        "Size 256x256 was asked for, 8x8 came; kept as it is.",
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
