"""Faults of names and connections."""

from __future__ import annotations

from openai_images.errors import NoAnswer

from .fault import SUCCESS, Delivered, Fault, Refused, answers, in_turn
from .server import Peer


def _nothing(peer: Peer) -> None:
    peer.wait_until_left()


def _reset_at_first_byte(peer: Peer) -> None:
    peer.sock.recv(1)
    peer.reset()


def _reset_after_request(peer: Peer) -> None:
    peer.read()
    peer.reset()


def _close_after_request(peer: Peer) -> None:
    peer.read()


def _reset_during_upload(peer: Peer) -> None:
    peer.read_head()
    peer.sock.recv(1000)
    peer.reset()


def _never_answer(peer: Peer) -> None:
    peer.read()
    peer.wait_until_left()


def _never_read(peer: Peer) -> None:
    peer.read_head()
    peer.server.stopping.wait()


CONNECTION_FAULTS = (
    Fault(
        "port closed",
        "nobody listens there",
        _nothing,
        Refused(
            NoAnswer,
            "{address} refused the connection. Check that the service runs there, and the "
            "port. Tried 3 times.",
        ),
        tries=3,
        reaches=False,
        place="closed",
    ),
    Fault(
        "name unknown",
        "the host name does not exist",
        _nothing,
        Refused(
            NoAnswer,
            "The name images.invalid is unknown to the name server (DNS). Check the address "
            "and the network. Tried 3 times.",
        ),
        tries=3,
        reaches=False,
        url="http://images.invalid/v1",
        connection={"allow_plain_http": True},
    ),
    Fault(
        "address impossible",
        "the host name has a part of over 63 letters",
        _nothing,
        Refused(
            NoAnswer,
            '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid"'
            " is not a valid address. Check it for typing mistakes.",
        ),
        reaches=False,
        url="http://" + "a" * 70 + ".invalid/v1",
        connection={"allow_plain_http": True},
    ),
    Fault(
        "connection hangs",
        "the port neither accepts nor refuses",
        _nothing,
        Refused(
            NoAnswer,
            "{address} did not accept a connection within 0.5 s. Check the address, the "
            "network and firewall, or raise the connect timeout. Tried 3 times.",
        ),
        tries=3,
        reaches=False,
        place="full",
        timeouts={"connect": 0.5},
    ),
    Fault(
        "reset at the first byte",
        "resets when the first byte arrives",
        _reset_at_first_byte,
        Refused(
            NoAnswer,
            "The connection to {address} broke before its answer was complete. The call may "
            "have been done and charged.",
            billed=True,
        ),
        reaches=False,
    ),
    Fault(
        "reset during the upload",
        "resets after the first bytes of the picture",
        _reset_during_upload,
        Refused(
            NoAnswer,
            "The connection to {address} broke before its answer was complete. The call may "
            "have been done and charged.",
            billed=True,
        ),
        is_large=True,
    ),
    Fault(
        "reset after the request",
        "takes the whole request and resets",
        _reset_after_request,
        Refused(
            NoAnswer,
            "The connection to {address} broke before its answer was complete. The call may "
            "have been done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "reset after the request, repeats allowed",
        "resets once, then answers; the user allowed double billing",
        in_turn(_reset_after_request, answers(200, SUCCESS)),
        Delivered(),
        tries=2,
        retry={"may_bill_twice": True},
    ),
    Fault(
        "closed after the request",
        "takes the whole request and closes",
        _close_after_request,
        Refused(
            NoAnswer,
            "The connection to {address} broke before its answer was complete. The call may "
            "have been done and charged.",
            billed=True,
        ),
    ),
    Fault(
        "never reads",
        "accepts, but never takes the picture",
        _never_read,
        Refused(
            NoAnswer,
            "{address} was silent for 0.5 s (read timeout). Raise the read timeout if it "
            "needs longer. The call may have been done and charged.",
            billed=True,
        ),
        is_large=True,
        slow_reader=True,
        timeouts={"read": 0.5},
    ),
    Fault(
        "never answers",
        "takes the request and is silent",
        _never_answer,
        Refused(
            NoAnswer,
            "{address} was silent for 0.5 s (read timeout). Raise the read timeout if it "
            "needs longer. The call may have been done and charged.",
            billed=True,
        ),
        timeouts={"read": 0.5},
    ),
)
