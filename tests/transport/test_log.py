"""What the libraries below may log."""

from __future__ import annotations

import logging

from openai_images.transport.log import LOG


def test_libraries_that_log_whole_addresses_are_quiet():
    for name in ("urllib3", "urllib3.connectionpool", "requests"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_without_a_handler_nothing_is_printed(capfd):
    LOG.warning("not shown")
    assert any(isinstance(handler, logging.NullHandler) for handler in LOG.handlers)
