"""Running a node's execute outside the main thread, as KNIME does, and stopping it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

_GRACE_SECONDS = 10.0


def run_in_thread(call: Callable[[], Any], cancel: threading.Event) -> Any:
    """The result of a call made in a thread of its own.

    When the waiting thread is interrupted (Ctrl-C), ``cancel`` is set and the call has ten
    seconds to notice; then, or at a second interrupt, it is left behind.

    Raises:
        BaseException: whatever the call raises.
        KeyboardInterrupt: the wait was interrupted, as by whatever else a signal handler raises.
    """
    outcome: dict[str, Any] = {}
    done = threading.Event()

    def work() -> None:
        try:
            outcome["result"] = call()
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            outcome["error"] = error
        done.set()

    thread = threading.Thread(target=work, name="knime-node", daemon=True)
    try:
        thread.start()
        thread.join()
    except BaseException:
        cancel.set()
        done.wait(_GRACE_SECONDS)
        raise
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]
