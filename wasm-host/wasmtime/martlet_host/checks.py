"""What the command line says, checked before anything is served: errors name the option."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

PORT_MAX = 65535
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#@\sA-Z]+")
"""As browsers and apps send it: no path, nothing upper-case."""
KEY = re.compile(r"[A-Za-z0-9_-]{22,}")


class BadOption(Exception):
    """An option cannot hold; the message names it."""


def check(options: argparse.Namespace) -> None:
    """Makes the folder of the event log where it is not there."""
    if not 0 <= options.port <= PORT_MAX:
        raise BadOption(f"--port: {options.port} is not from 0 to {PORT_MAX}")
    if options.region_memory < 0:
        raise BadOption(f"--region-memory: {options.region_memory} is negative")
    for origin in options.cors:
        if origin != "*" and not ORIGIN.fullmatch(origin):
            raise BadOption(f"--cors: {origin} is not an origin such as https://shop.example, or *")
    for folder in options.storefront:
        if not folder.is_dir():
            raise BadOption(f"--storefront {folder}: no such folder")
    if options.events:
        _make(options.events)


def key(variable: str | None) -> str | None:
    """The shop's secret, base64url without padding, from the environment variable of that name."""
    if variable is None:
        return None
    value = os.environ.get(variable, "").strip().rstrip("=")
    if not value:
        raise BadOption(f"--key-env: the environment has no variable {variable}")
    if not KEY.fullmatch(value) or len(value) % 4 == 1:
        raise BadOption(f"--key-env {variable}: the value is not base64url of 16 bytes or more")
    return value


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadOption(f"--events {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadOption(f"--events {folder}: not writable")
