"""The network: the only place that touches it.

A call goes through `client` (what the API offers), `attempts` (the retry policy at work),
`exchange` (one request, bounded and cancelable) and `sockets`.
"""

from .client import Transport
from .error_answers import error_answer
from .multipart import FilePart

__all__ = ["FilePart", "Transport", "error_answer"]
