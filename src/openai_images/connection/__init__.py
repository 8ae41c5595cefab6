"""Which service answers, where it is and how patiently it is asked: plain data, never a secret.

A `Connection` travels between nodes as JSON. It holds the credential's name; the secret is read
from the credential where the call is made.
"""

from .connection import Connection, Route, ServiceKind
from .headers import parse_headers
from .models import Model
from .options import COMPRESSING_FORMATS, DEFAULT_PROMPT, EditOptions, EngineOptions, parse_seed
from .policies import RetryPolicy, Timeouts
from .prices import Prices

__all__ = [
    "COMPRESSING_FORMATS",
    "DEFAULT_PROMPT",
    "Connection",
    "EditOptions",
    "EngineOptions",
    "Model",
    "Prices",
    "RetryPolicy",
    "Route",
    "ServiceKind",
    "Timeouts",
    "parse_headers",
    "parse_seed",
]
