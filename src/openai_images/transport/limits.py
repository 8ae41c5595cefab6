"""Every limit of the transport; the numbers of the retry policy stand in `RetryPolicy`."""

from __future__ import annotations

MEBIBYTE = 1024 * 1024

# Ten pictures of 1024x1024 that do not compress, four channels, as base64: 56 MiB.
MAX_ANSWER_BYTES = 64 * MEBIBYTE
# The largest picture that the edits call takes, and more than any service sends.
MAX_DOWNLOAD_BYTES = 50 * MEBIBYTE
MAX_REDIRECTS = 5

# Seconds for a whole download, for its connection, and without a byte of it.
DOWNLOAD_SECONDS = 300.0
DOWNLOAD_CONNECT_SECONDS = 10.0
DOWNLOAD_READ_SECONDS = 60.0

# How long a blocked call may take to end once it was canceled.
CUT_SECONDS = 1.0

CHUNK_BYTES = 64 * 1024

# What of a service's explanation is read and shown.
MAX_ERROR_BYTES = 64 * 1024
MAX_CODE_CHARACTERS = 80
MAX_HEADER_CHARACTERS = 8192
MAX_NESTED_ERRORS = 3
