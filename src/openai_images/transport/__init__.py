"""The network: the only place that touches it.

A call goes through `client` (what the API offers), `repeating` (the retry policy at work),
`exchange` (one request, bounded and cancelable) and `wire` (sockets).
"""

from .advice import error_answer
from .client import Transport
from .multipart import FilePart

__all__ = ["FilePart", "Transport", "error_answer"]
