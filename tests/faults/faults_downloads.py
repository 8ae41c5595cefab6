"""Addresses of results that are not what they should be."""

from __future__ import annotations

from .fault import Delivered, Fault, answers, images, png, raw
from .server import Peer, Serve


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


def _kept(name: str, does: str, says: str, serve: Serve, fetches: int = 0) -> Fault:
    """The address is kept and shown; the picture behind it is missing, with a warning."""
    return Fault(name, does, serve, Delivered(0, (says,)), fetches=fetches)


def _inside(host: str, address: str) -> str:
    return (
        f"Image 1 is missing: {host} leads to {address}, an address inside this network or "
        "machine, and is not fetched: only the service's own address and port may be there. Set "
        "Response Format to b64_json."
    )


HERE = "http://{address}/picture.png?signature=1"
INSIDE = "http://127.0.0.2:{port}/latest/meta-data"


def _many(number: int, location: str, *then) -> Serve:
    """Answer with as many addresses."""

    def serve(peer: Peer) -> None:
        if peer.read().line.startswith("POST"):
            url = location.format(address=peer.address)
            peer.answer(200, images(*[{"url": url}] * number))
        else:
            then[min(peer.number - 2, len(then) - 1)](peer)

    return serve


DOWNLOAD_FAULTS = (
    Fault(
        "8,000 addresses for one picture",
        "8,000 addresses that are none; one picture was asked for",
        _many(8000, "x"),
        Delivered(
            0,
            (
                'Image 1 is missing: the service sent "x", which is no web address and is never '
                "opened: set Response Format to b64_json.",
                "1 image(s) were asked for, 8,000 came; those beyond are left alone.",
            ),
        ),
    ),
    Fault(
        "3,000 pictures for two",
        "3,000 addresses; two pictures were asked for",
        _many(3000, HERE, answers(200, png())),
        Delivered(2, ("2 image(s) were asked for, 3,000 came; those beyond are left alone.",)),
        fetches=2,
        request={"n": 2},
    ),
    Fault(
        "pictures that hang",
        "ten addresses; the first gives a picture, no other ever answers",
        _many(10, HERE, answers(200, png()), Peer.wait_until_left),
        Delivered(
            1,
            (
                "9 of 10 images could not be had; the first: Image 2 is missing: "
                "http://{address}/picture.png was not fetched: the call's deadline, which all its "
                "pictures share, is over.",
            ),
        ),
        fetches=10,
        request={"n": 10},
        retry={"deadline": 3},
    ),
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
    _kept(
        "address expired",
        "403 for the picture",
        "Image 1 is missing: http://{address}/picture.png gave HTTP 403 instead of a "
        "picture. It may have expired: addresses of results live an hour.",
        _at(HERE, answers(403, b"<Error/>")),
        1,
    ),
    _kept(
        "download empty",
        "an empty picture",
        "Image 1 is missing: http://{address}/picture.png gave an empty answer instead of"
        " a picture.",
        _at(HERE, answers(200)),
        1,
    ),
    _kept(
        "download of a page",
        "a web page for a picture",
        "Image 1 is missing: Image 1 is not a picture in a format that can be read: use "
        "PNG, JPEG, WEBP, GIF, BMP or TIFF.",
        _at(HERE, answers(200, b"<html>")),
        1,
    ),
    _kept(
        "download cut off",
        "half a picture",
        "Image 1 is missing: The answer of {address} ended before it was complete. Tried 3 times.",
        _at(HERE, raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc")),
        3,
    ),
    _kept(
        "download without end",
        "a picture that never ends",
        "Image 1 is missing: What {address} sends is larger than 50 MiB. Ask for fewer or"
        " smaller pictures, or check that the address is right.",
        _at(HERE, _flood),
        1,
    ),
    _kept(
        "redirected in circles",
        "redirects for ever",
        "Image 1 is missing: http://{address}/picture.png was not fetched: more than 5 redirects.",
        _at(HERE, _to(HERE)),
        6,
    ),
    _kept(
        "file address",
        "file:///etc/passwd",
        'Image 1 is missing: the service sent "file:///etc/passwd", which is no web '
        "address and is never opened: set Response Format to b64_json.",
        _at("file:///etc/passwd"),
    ),
    _kept(
        "local path",
        "a path of the server's disk",
        'Image 1 is missing: the service sent "/srv/xinference/image/1.png", which is no web '
        "address and is never opened: set Response Format to b64_json.",
        _at("/srv/xinference/image/1.png"),
    ),
    _kept(
        "FTP address",
        "ftp://{address}/a.png",
        'Image 1 is missing: the service sent "ftp://{address}/a.png", which is no web '
        "address and is never opened: set Response Format to b64_json.",
        _at("ftp://{address}/a.png"),
    ),
    _kept(
        "address without host",
        "http:///a.png",
        "Image 1 is missing: http:///a.png was not fetched: only http and https addresses are.",
        _at("http:///a.png"),
    ),
    _kept(
        "address broken",
        "http://[::1/a.png",
        "Image 1 is missing: The address of the picture is not valid.",
        _at("http://[::1/a.png"),
    ),
    _kept(
        "address with a password",
        "http://me:pass@…",
        "Image 1 is missing: http://{address}/a.png was not fetched: it holds a user name"
        " or password.",
        _at("http://me:pass@{address}/a.png"),
    ),
    _kept(
        "address inside",
        "another loopback address",
        _inside("127.0.0.2:{port}", "127.0.0.2"),
        _at(INSIDE),
    ),
    _kept(
        "name that leads inside",
        "a name for a loopback address",
        _inside("localhost:{port}", "127.0.0.1"),
        _at("http://localhost:{port}"),
    ),
    _kept(
        "metadata address",
        "169.254.169.254",
        _inside("169.254.169.254", "169.254.169.254"),
        _at("http://169.254.169.254/latest"),
    ),
    _kept(
        "IPv6 for an address inside",
        "::ffff:10.0.0.1",
        _inside("[::ffff:10.0.0.1]", "::ffff:10.0.0.1"),
        _at("http://[::ffff:10.0.0.1]/a.png"),
    ),
    _kept(
        "old spelling of an address inside",
        "0x7f000002",
        _inside("0x7f000002:{port}", "127.0.0.2"),
        _at("http://0x7f000002:{port}/a"),
    ),
    _kept(
        "another port of the own host",
        "another port of its own host",
        _inside("127.0.0.1:9", "127.0.0.1"),
        _at("http://127.0.0.1:9/a.png"),
    ),
    _kept(
        "site-local address",
        "fec0::1",
        _inside("[fec0::1]", "fec0::1"),
        _at("http://[fec0::1]/a.png"),
    ),
    _kept(
        "relay address",
        "192.88.99.1",
        _inside("192.88.99.1", "192.88.99.1"),
        _at("http://192.88.99.1/a.png"),
    ),
    _kept(
        "address of the documentation",
        "3fff::1",
        _inside("[3fff::1]", "3fff::1"),
        _at("http://[3fff::1]/a.png"),
    ),
    _kept(
        "terminal codes in an address",
        "an address with escape sequences and line breaks",
        'Image 1 is missing: the service sent "x: ]0;pwned [31m FAKE LOG", which is no web '
        "address and is never opened: set Response Format to b64_json.",
        _at("x:\x1b]0;pwned\x07\x1b[31m\r\nFAKE LOG\u2028"),
    ),
    _kept(
        "terminal codes in a redirect",
        "redirects to an address with escape sequences",
        "Image 1 is missing: ftp://a/ ]b/c was not fetched: only http and https addresses are.",
        _at(HERE, _to("ftp://a/\x1b]b/c")),
        1,
    ),
    _kept(
        "redirected to no address",
        "redirects to http://[::1/a.png",
        "Image 1 is missing: http://{address}/picture.png redirects to no valid address.",
        _at(HERE, _to("http://[::1/a.png")),
        1,
    ),
    _kept(
        "redirected inside",
        "redirects to an address inside",
        _inside("127.0.0.2:{port}", "127.0.0.2"),
        _at(HERE, _to(INSIDE)),
        1,
    ),
    _kept(
        "redirected to a file",
        "redirects to file:",
        "Image 1 is missing: file:///etc/passwd was not fetched: only http and https "
        "addresses are.",
        _at(HERE, _to("file:///etc/passwd")),
        1,
    ),
)
