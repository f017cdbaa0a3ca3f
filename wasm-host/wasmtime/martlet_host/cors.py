"""Which pages of other origins may ask."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
REQUEST_HEADERS = ("Content-Type", "Martlet-Session", "Traceparent")
EXPOSED_HEADERS = ("ETag", "Martlet-Session", "Martlet-Stale", "Martlet-Degraded", "Server-Timing")
PREFLIGHT_S = 86400


def cross_origin(origins: Sequence[str]) -> list[Middleware]:
    """Named origins may send the session's cookie; `*` lets every page ask, without it."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_credentials="*" not in origins,
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            expose_headers=EXPOSED_HEADERS,
            max_age=PREFLIGHT_S,
        )
    ]
