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


QUICK = {"retry": {"deadline": 0.6}}
BLOCK = b"x" * 65_536

HTTP_FAULTS = (
    Fault(
        "another protocol",
        "greets like an SSH server",
        raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "random bytes",
        "answers with bytes that mean nothing",
        raw(bytes(range(256)) * 4),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "endless status line",
        "sends a first line of 100,000 letters",
        raw(b"HTTP/1.1 200 " + b"a" * 100_000),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "hundreds of headers",
        "sends 300 headers",
        raw(OK + b"X-Same: 1\r\n" * 300 + b"\r\n{}"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "answer cut off",
        "announces 1,000 bytes and closes after 2",
        raw(OK + b"Content-Length: 1000\r\n\r\n{}"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "chunks cut off",
        "closes between two chunks",
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{    \r\n"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "chunk of nonsense",
        "sends a chunk without a length",
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "two lengths",
        "announces two different lengths",
        raw(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "absurd length",
        "announces an exabyte",
        raw(OK + b"Content-Length: 1000000000000000000\r\n\r\n{"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "endless body",
        "never stops sending",
        _flood(OK + b"\r\n", BLOCK),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "endless chunks",
        "never stops sending chunks",
        _flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + BLOCK + b"\r\n"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "slow drip",
        "sends a byte now and then, for ever",
        _drip(OK + b"\r\n", b"x"),
        Refused(NoAnswer, "", billed=True),
        **QUICK,
    ),
    Fault(
        "slow drip of headers",
        "sends a letter of a header now and then, for ever",
        _drip(OK + b"X-Long: ", b"x"),
        Refused(NoAnswer, "", billed=True),
        **QUICK,
    ),
    Fault(
        "endless 100 Continue",
        "says Continue, for ever",
        _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        Refused(NoAnswer, "", billed=True),
        **QUICK,
    ),
    Fault(
        "compression bomb",
        "sends a gigabyte of zeros, compressed to a megabyte",
        answers(200, gzip.compress(bytes(1 << 20)) * 1024, content_encoding="gzip"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "nested compression",
        "claims to have compressed four times",
        answers(200, b"{}", content_encoding="gzip, gzip, gzip, gzip"),
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "compressed without being asked",
        "sends its answer compressed",
        answers(200, gzip.compress(b'{"data": []}'), content_encoding="gzip"),
        Refused(BadAnswer, "", billed=True),
    ),
    Fault(
        "compression broken",
        "calls plain text compressed",
        answers(200, b'{"data": []}', content_encoding="gzip"),
        Refused(NoAnswer, "", billed=True),
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
        Refused(ErrorAnswer, ""),
        is_large=True,
    ),
    Fault(
        "redirect that makes POST a GET",
        "redirects to another host with 302",
        _redirect(302),
        Refused(ErrorAnswer, ""),
    ),
    Fault(
        "redirect that repeats the POST",
        "redirects to another host with 307",
        _redirect(307),
        Refused(ErrorAnswer, ""),
    ),
    Fault(
        "redirect to nowhere",
        "redirects without an address",
        answers(308),
        Refused(ErrorAnswer, ""),
    ),
    Fault(
        "success without content",
        "answers 204",
        raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
        Refused(BadAnswer, "", billed=True),
    ),
)
