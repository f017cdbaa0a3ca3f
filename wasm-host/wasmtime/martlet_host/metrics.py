"""Counters of the host in the text format of Prometheus, under the names that the edge worker uses."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime

from starlette.responses import Response

from .eventlog import EventLog
from .publication import Publication

BUCKETS_MS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 50, 250, 1000)
CONTENT_TYPE = "text/plain; version=0.0.4"


class Metrics:
    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._within = [0] * len(BUCKETS_MS)
        """Requests that took no longer than each bound."""
        self._sum_ms = 0.0

    def count(self, method: str, route: str, status: int, ms: float) -> None:
        """Method and route are of few values: each combination is a series of its own."""
        self._requests[method, route, status] += 1
        self._sum_ms += ms
        for index, bound in enumerate(BUCKETS_MS):
            self._within[index] += ms <= bound

    def response(self, publication: Publication, events: EventLog | None) -> Response:
        lines = [*self._request_lines(), *_snapshot_lines(publication)]
        if events:
            lines += _gauge("martlet_events_waiting", events.waiting)
            lines.append("# TYPE martlet_events_total counter")
            lines.append(f'martlet_events_total{{outcome="written"}} {events.written}')
            lines.append(f'martlet_events_total{{outcome="dropped"}} {events.dropped}')
        return Response("\n".join(lines) + "\n", headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})

    def _request_lines(self) -> list[str]:
        lines = ["# TYPE martlet_requests_total counter"]
        for (method, route, status), number in sorted(self._requests.items()):
            lines.append(f'martlet_requests_total{{method="{method}",route="{route}",status="{status}"}} {number}')
        name, total = "martlet_request_milliseconds", self._requests.total()
        lines.append(f"# TYPE {name} histogram")
        lines += [f'{name}_bucket{{le="{bound}"}} {number}' for bound, number in zip(BUCKETS_MS, self._within)]
        return [*lines, f'{name}_bucket{{le="+Inf"}} {total}', f"{name}_sum {self._sum_ms:.3f}", f"{name}_count {total}"]


def _snapshot_lines(publication: Publication) -> list[str]:
    generation = publication.current
    lines = _gauge("martlet_snapshot_served", int(generation is not None))
    lines += _gauge("martlet_snapshot_failing", int(publication.refusal is not None))
    if generation:
        lines += _gauge("martlet_module_memory_bytes", generation.memory_bytes)
        built_s = _unix_time(generation.manifest.built)
        if built_s is not None:
            lines += _gauge("martlet_generation_age_seconds", max(0, round(time.time() - built_s)))
    return lines


def _unix_time(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def _gauge(name: str, value: int) -> list[str]:
    return [f"# TYPE {name} gauge", f"{name} {value}"]
