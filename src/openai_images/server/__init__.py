"""An HTTP service in front of the embedded engine that speaks the protocol of OpenAI's images API.

settings    what the operator chooses, checked
keys        API keys, kept as digests
refusal     OpenAI's error envelope
hosts       which Host and Origin headers are believed
body, form  reading a request's body within limits of size, time and parts
calls       the form's fields as a call for the engine
admission   the bounded queue and its 429
picture     the picture of a call, decoded for the engine
results     pictures kept for an hour behind unguessable addresses
routes      the endpoints; openapi describes them, page is the one for people
access      request ids and the access log
app         all of it as one ASGI application
protocol    bounds for connections, heads and answers that are not read
run         the server process
"""

from .app import create_app
from .keys import read_keys
from .run import serve
from .settings import Limits, Settings

__all__ = ["Limits", "Settings", "create_app", "read_keys", "serve"]
