"""All faults, by chapter of docs/faults-tested.md."""

from __future__ import annotations

from .fault import Fault
from .faults_answers import ANSWER_FAULTS
from .faults_connection import CONNECTION_FAULTS
from .faults_downloads import DOWNLOAD_FAULTS
from .faults_http import HTTP_FAULTS
from .faults_proxy_tls import PROXY_FAULTS, TLS_FAULTS
from .faults_status import STATUS_FAULTS

CHAPTERS: dict[str, tuple[Fault, ...]] = {
    "Connections": CONNECTION_FAULTS,
    "Proxies": PROXY_FAULTS,
    "TLS": TLS_FAULTS,
    "HTTP": HTTP_FAULTS,
    "Error answers": STATUS_FAULTS,
    "Answers that are not what was asked for": ANSWER_FAULTS,
    "Addresses of results": DOWNLOAD_FAULTS,
}

FAULTS = tuple(fault for chapter in CHAPTERS.values() for fault in chapter)
