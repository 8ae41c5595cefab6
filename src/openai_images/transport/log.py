"""The log: method, address without query, status and request id; never bodies, headers or keys."""

from __future__ import annotations

import logging

LOG = logging.getLogger("openai_images")
LOG.addHandler(logging.NullHandler())

# KNIME's root logger is at DEBUG, where these write whole addresses, signatures included.
for _name in ("urllib3", "requests", "charset_normalizer"):
    logging.getLogger(_name).setLevel(logging.WARNING)
