"""What is told of every request: a JSON line without personal data, counts for `/metrics`, and the trace that it belongs to."""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .metrics import Metrics

log = logging.getLogger("martlet_host.requests")

ENTRY = "martlet.entry"
"""Where a request's scope holds its `Entry`."""
OTHER = "other"
METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
ROUTES = ("/recommendations", "/events", "/session", "/snapshot", "/healthz", "/metrics")
CLIENT_CLOSED = 499
"""The status of a request whose client did not wait for the answer; proxies write it so."""

_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass
class Entry:
    """What is told of one request. Nothing that a client can make up stands in it: that may hold anything, an address or a name."""

    method: str = OTHER
    path: str = OTHER
    """A route of the host, `file` for one of the shop's."""
    region: str | None = None
    """As the manifest names it."""
    generation: str | None = None
    degraded: str | None = None
    """Why the answer is less than it could be."""


class Observation:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, metrics: Metrics):
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        entry = scope[ENTRY] = Entry(_known(scope["method"], METHODS), _known(scope["path"], ROUTES))
        trace = _trace(scope)
        status = CLIENT_CLOSED
        started = time.perf_counter()

        async def send_traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                passed_through = [(b"traceparent", trace)] if trace else []
                message = {**message, "headers": [*message.get("headers", ()), *passed_through]}
            await send(message)

        try:
            await self._app(scope, receive, send_traced)
        except Exception:
            status = 500
            raise
        finally:
            ms = (time.perf_counter() - started) * 1000
            self._metrics.count(entry.method, entry.path, status, ms)
            _write(entry, status, ms, trace)


def _write(entry: Entry, status: int, ms: float, trace: bytes | None) -> None:
    if not log.isEnabledFor(logging.INFO):
        return
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"time": now, "event": "request", **asdict(entry), "status": status, "ms": round(ms, 3)}
    line["trace"] = trace.decode() if trace else None
    log.info(json.dumps({name: value for name, value in line.items() if value is not None}, separators=(",", ":")))


def _known(value: str, names: tuple[str, ...]) -> str:
    return value if value in names else OTHER


def _trace(scope: Scope) -> bytes | None:
    """W3C trace context, which is passed through as it came."""
    value = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
    return value if _TRACEPARENT.fullmatch(value) else None
