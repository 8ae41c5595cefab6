"""A node that is canceled ends within two seconds, whatever it is doing."""

import base64
import os
import threading
import time

import pandas as pd
import pytest
from PIL import Image

from knime_headless import NodeCanceled

from ..faults.server import FaultServer
from ..transport.watching import Metronome, calls_left

LIMIT_SECONDS = 2.0


def _ask_to_wait(peer):
    peer.read()
    peer.answer(429, {"error": {"message": "slow down"}}, retry_after="60")


def _never_read(peer):
    peer.read_head()
    peer.server.stopping.wait(30)


def _never_answer(peer):
    peer.read()
    peer.wait_until_left()


def _drip_the_result(peer):
    if peer.server.connections == 1:
        peer.read()
        peer.answer(200, {"data": [{"url": f"http://{peer.address}/1.png"}]})
        return
    peer.read_head()
    peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n")
    peer.drip(b"\x89")


@pytest.fixture
def large_picture(tmp_path):
    """A picture that does not fit into the buffers of a connection: noise does not compress."""
    path = tmp_path / "noise.png"
    Image.frombytes("RGB", (1100, 1100), os.urandom(1100 * 1100 * 3)).save(path)
    return path


def _cancel_when(node, inputs, settings, is_busy, **options):
    """Run the node, cancel it once it is busy, and give the seconds until it ended.

    What a busy machine keeps every thread waiting does not count.
    """
    cancel = threading.Event()
    canceled_at = []

    def cancel_once_busy():
        if is_busy():
            canceled_at.append(time.monotonic())
            cancel.set()

    watching = threading.Thread(target=cancel_once_busy)
    watching.start()
    with Metronome() as machine, pytest.raises(NodeCanceled):
        node.execute(settings, inputs, cancel=cancel, **options)
    ended = time.monotonic()
    watching.join()
    return ended - canceled_at[0] - machine.late


def _until(condition, seconds=30):
    """Poll until the condition holds; says whether it came to hold."""
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        threading.Event().wait(0.02)
    return condition()


@pytest.mark.parametrize(
    ("serve", "calls"),
    [
        pytest.param(_ask_to_wait, 1, id="waiting for the next try"),
        pytest.param(_never_read, 1, id="uploading"),
        pytest.param(_never_answer, 1, id="waiting for the answer"),
        pytest.param(_drip_the_result, 2, id="downloading"),
    ],
)
def test_a_node_that_calls(connector, vary, large_picture, serve, calls):
    with FaultServer(serve, receive_buffer=4096) as server:
        configuration = connector.execute(
            {
                "service": "COMPATIBLE",
                "base_url": f"http://{server.address}/v1",
                "check_connection": False,
            },
            [],
        ).outputs[0]
        settings = {"image": str(large_picture), "result_format": "IMAGES"}
        seconds = _cancel_when(
            vary, [configuration], settings, lambda: _until(lambda: len(server.received) == calls)
        )
    assert seconds < LIMIT_SECONDS
    assert not calls_left()


def test_a_node_that_computes(vary, embedded, picture):
    made_first = threading.Event()

    def told(progress):
        if "Made image 1" in (progress.message or ""):
            made_first.set()

    settings = {"image": str(picture), "set_n": True, "n": 10}
    seconds = _cancel_when(
        vary, [embedded], settings, lambda: made_first.wait(60), on_progress=told
    )
    assert seconds < LIMIT_SECONDS


def test_a_node_that_makes_64_calls_at_once(extension, connector, picture, tmp_path):
    """The one answer that came before is in the journal, and the others are unknown.

    A row tells by its user which call is its own: whose picture is ready first is sent first.
    """

    def serve(peer):
        peer.read()
        if peer.number == 1:
            png = base64.b64encode(picture.read_bytes()).decode()
            peer.answer(200, {"data": [{"b64_json": png}]})
        else:
            peer.wait_until_left()

    node = extension.nodes["create_image_variations_table"]
    with FaultServer(serve) as server:
        values = {
            "service": "COMPATIBLE",
            "base_url": f"http://{server.address}/v1",
            "check_connection": False,
        }
        configuration = connector.execute(values, []).outputs[0]
        users = [str(number) for number in range(200)]
        table = pd.DataFrame({"Path": [str(picture)] * 200, "Who": users})
        settings = {
            "image_column": "Path",
            "concurrency": 64,
            "from_columns": {"user": "Who"},
        }
        seconds = _cancel_when(
            node,
            [configuration, table],
            settings,
            lambda: _until(lambda: len(server.received) == 65),
            data_area=tmp_path,
        )
        assert seconds < LIMIT_SECONDS
        assert not calls_left()
        called = {str(request.user) for request in server.received}
        ran = node.execute(
            settings, [configuration, table[table["Who"].isin(called)]], data_area=tmp_path
        )
    assert len(server.received) == len(called) == 65
    assert ran.outputs[0].num_rows == 1
    assert [row["May Be Billed"] for row in ran.outputs[1].rows()] == [True] * 64
