"""Faults of HTTP itself: broken, endless, compressed and redirected answers."""

from __future__ import annotations

import gzip

from openai_images.errors import BadAnswer, ErrorAnswer, NoAnswer

from .fault import SUCCESS, Delivered, Fault, Refused, answers, raw
from .server import Peer

OK = b"HTTP/1.1 200 OK\r\n"


def _drip(head: bytes, drop: bytes):
    def serve(peer: Peer) -> None:
        peer.read()
        peer.send(head)
        peer.drip(drop)

    return serve


def _flood(head: bytes, block: bytes):
    def serve(peer: Peer) -> None:
        peer.read()
        peer.send(head)
        while True:
            peer.send(block)

    return serve


def _early_413(peer: Peer) -> None:
    peer.read_head()
    peer.answer(413, b"<html><title>413 Request Entity Too Large</title></html>")


def _redirect(status: int):
    def serve(peer: Peer) -> None:
        peer.read()
        where = f"http://127.0.0.2:{peer.server.port}/elsewhere?token=1"
        peer.answer(status, location=where)

    return serve


QUICK = {"retry": {"deadline": 2.0}}
BLOCK = b"x" * 65_536

HTTP_FAULTS = (
    Fault(
        "another protocol",
        "greets like an SSH server",
        raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
        Refused(
            NoAnswer,
            "What {address} answered cannot be read as HTTP. Check the port, and whether the "
            "address begins with https:// or http://. The call may have been done and "
            "charged.",
            billed=True,
        ),
    ),
    Fault(
        "random bytes",
        "answers with bytes that mean nothing",
        raw(bytes(range(256)) * 4),
        Refused(
            NoAnswer,
            "What {address} answered cannot be read as HTTP. Check the port, and whether the "
            "address begins with https:// or http://. The call may have been done and "
            "charged.",
            billed=True,
        ),
    ),
    Fault(
        "endless status line",
        "sends a first line of 100,000 letters",
        raw(b"HTTP/1.1 200 " + b"a" * 100_000),
        Refused(
            NoAnswer,
            "What {address} answered cannot be read as HTTP. Check the port, and whether the "
            "address begins with https:// or http://. The call may have been done and "
            "charged.",
            billed=True,
        ),
    ),
    Fault(
        "hundreds of headers",
        "sends 300 headers",
        raw(OK + b"X-Same: 1\r\n" * 300 + b"\r\n{}"),
        Refused(
            NoAnswer,
            "What {address} answered cannot be read as HTTP. Check the port, and whether the "
            "address begins with https:// or http://. The call may have been done and "
            "charged.",
            billed=True,
        ),
    ),
    Fault(
        "answer cut off",
        "announces 1,000 bytes and closes after 2",
        raw(OK + b"Content-Length: 1000\r\n\r\n{}"),
        Refused(
            NoAnswer,
            "The answer of {address} ended before it was complete. The call may have been "
            "done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "chunks cut off",
        "closes between two chunks",
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{    \r\n"),
        Refused(
            NoAnswer,
            "The answer of {address} ended before it was complete. The call may have been "
            "done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "chunk of nonsense",
        "sends a chunk without a length",
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
        Refused(
            NoAnswer,
            "The answer of {address} ended before it was complete. The call may have been "
            "done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "two lengths",
        "announces two different lengths",
        raw(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        Refused(
            NoAnswer,
            "What {address} answered cannot be read as HTTP. Check the port, and whether the "
            "address begins with https:// or http://. The call may have been done and "
            "charged.",
            billed=True,
        ),
    ),
    Fault(
        "absurd length",
        "announces an exabyte",
        raw(OK + b"Content-Length: 1000000000000000000\r\n\r\n{"),
        Refused(
            NoAnswer,
            "What {address} sends is larger than 64 MiB. Ask for fewer or smaller pictures, "
            "or check that the address is right. The call may have been done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "endless body",
        "never stops sending",
        _flood(OK + b"\r\n", BLOCK),
        Refused(
            NoAnswer,
            "What {address} sends is larger than 64 MiB. Ask for fewer or smaller pictures, "
            "or check that the address is right. The call may have been done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "endless chunks",
        "never stops sending chunks",
        _flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + BLOCK + b"\r\n"),
        Refused(
            NoAnswer,
            "What {address} sends is larger than 64 MiB. Ask for fewer or smaller pictures, "
            "or check that the address is right. The call may have been done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "slow drip",
        "sends a byte now and then, for ever",
        _drip(OK + b"\r\n", b"x"),
        Refused(
            NoAnswer,
            "{address} gave no complete answer within the 2 s allowed. Allow it more "
            "time if it is only slow. The call may have been done and charged.",
            billed=True,
        ),
        **QUICK,
    ),
    Fault(
        "slow drip of headers",
        "sends a letter of a header now and then, for ever",
        _drip(OK + b"X-Long: ", b"x"),
        Refused(
            NoAnswer,
            "{address} gave no complete answer within the 2 s allowed. Allow it more "
            "time if it is only slow. The call may have been done and charged.",
            billed=True,
        ),
        **QUICK,
    ),
    Fault(
        "endless 100 Continue",
        "says Continue, for ever",
        _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        Refused(
            NoAnswer,
            "{address} gave no complete answer within the 2 s allowed. Allow it more "
            "time if it is only slow. The call may have been done and charged.",
            billed=True,
        ),
        **QUICK,
    ),
    Fault(
        "compression bomb",
        "sends a gigabyte of zeros, compressed to a megabyte",
        answers(200, gzip.compress(bytes(1 << 20)) * 1024, content_encoding="gzip"),
        Refused(
            NoAnswer,
            "What {address} sends is larger than 64 MiB. Ask for fewer or smaller pictures, "
            "or check that the address is right. The call may have been done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "nested compression",
        "claims to have compressed four times",
        answers(200, b"{}", content_encoding="gzip, gzip, gzip, gzip"),
        Refused(
            NoAnswer,
            "{address} compressed its answer in a way that was not asked for. Check the "
            "gateway or proxy in front of the service. The call may have been done and "
            "charged.",
            billed=True,
        ),
    ),
    Fault(
        "compressed without being asked",
        "sends its answer compressed",
        answers(200, gzip.compress(b'{"data": []}'), content_encoding="gzip"),
        Refused(
            BadAnswer,
            "The service reported success (HTTP 200), but its answer holds no image. Check that "
            "the base URL is the address of an images API.",
            billed=True,
        ),
    ),
    Fault(
        "compression broken",
        "calls plain text compressed",
        answers(200, b'{"data": []}', content_encoding="gzip"),
        Refused(
            NoAnswer,
            "What {address} answered cannot be read as HTTP. Check the port, and whether the "
            "address begins with https:// or http://. The call may have been done and "
            "charged.",
            billed=True,
        ),
    ),
    Fault(
        "length of nonsense",
        "announces a length that is no number, and answers properly",
        answers(200, SUCCESS, content_length="many"),
        Delivered(),
    ),
    Fault(
        "answer before the upload ended",
        "answers 413 while the picture is still being sent, and closes",
        _early_413,
        Refused(
            ErrorAnswer,
            "HTTP 413 Content Too Large: 413 Request Entity Too Large. A web page came, so a "
            "gateway or another server answered, not the API. The picture is too large for "
            "this service or the gateway in front of it; make it smaller, or let it be prepared.",
        ),
        is_large=True,
    ),
    Fault(
        "redirect that makes POST a GET",
        "redirects to another host with 302",
        _redirect(302),
        Refused(
            ErrorAnswer,
            "HTTP 302. The service redirects to http://127.0.0.2:{port}/elsewhere, and calls "
            "with a key and a picture never follow: enter the address that it means as the "
            "base URL.",
        ),
    ),
    Fault(
        "redirect that repeats the POST",
        "redirects to another host with 307",
        _redirect(307),
        Refused(
            ErrorAnswer,
            "HTTP 307. The service redirects to http://127.0.0.2:{port}/elsewhere, and calls "
            "with a key and a picture never follow: enter the address that it means as the "
            "base URL.",
        ),
    ),
    Fault(
        "redirect to nowhere",
        "redirects without an address",
        answers(308),
        Refused(
            ErrorAnswer,
            "HTTP 308. The service redirects, and calls with a key and a picture never "
            "follow: enter the address that it means as the base URL.",
        ),
    ),
    Fault(
        "success without content",
        "answers 204",
        raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
        Refused(
            BadAnswer,
            "The service reported success (HTTP 204), but its answer is not JSON (unknown "
            "content, 0 bytes). Check that the base URL is the address of an"
            " images API.",
            billed=True,
        ),
    ),
)
