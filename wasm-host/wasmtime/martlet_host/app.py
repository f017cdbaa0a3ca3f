"""The ASGI application: HTTP from a client, a message to the module, its answer back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as ClientResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from .cors import cross_origin
from .eventlog import EventLog
from .facts import BadValue, Facts, Policy, passed_on
from .generation import Unusable
from .manifest import WORLD
from .message import (
    BODY_BYTES_MAX,
    HEADER_BYTES_MAX,
    TARGET_BYTES_MAX,
    MalformedResponse,
    Response,
    parse_response,
    request_message,
)
from .metrics import Metrics
from .module import Refused, ScorerFault
from .observation import ENTRY, OTHER, Entry, Observation
from .problem import Problem
from .publication import Publication
from .static_list import StaticList
from .storefront import Storefront
from .validation import client_response

log = logging.getLogger("martlet_host")

COMPRESS_FROM_BYTES = 512


def create_app(
    publication: Publication,
    policy: Policy,
    storefront: Sequence[Path] = (),
    events: Path | None = None,
    cors: Sequence[str] = (),
    static_list: StaticList | None = None,
) -> Starlette:
    """`storefront`: folders of static files that stand at `/` before the module's routes. `events`: the folder of the event log.
    `cors`: origins whose pages may ask, or `*`. `static_list`: what answers while there is no snapshot."""
    endpoint = Endpoint(publication, policy, static_list)
    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette):
        await publication.refresh()
        watch = asyncio.create_task(publication.follow())
        endpoint.events = EventLog(events) if events else None
        yield
        watch.cancel()
        if endpoint.events:
            await endpoint.events.close()
        await publication.close()

    async def show_metrics(_: Request) -> ClientResponse:
        return metrics.response(publication, endpoint.events)

    return Starlette(
        routes=[
            Route("/metrics", show_metrics),
            Mount("", app=Storefront(storefront, endpoint) if storefront else endpoint),
        ],
        middleware=[
            Middleware(Observation, metrics=metrics),
            *cross_origin(cors),
            Middleware(GZipMiddleware, minimum_size=COMPRESS_FROM_BYTES),
        ],
        lifespan=lifespan,
    )


class Endpoint:
    """Every path: which of them exist is the module's to say."""

    def __init__(self, publication: Publication, policy: Policy, static_list: StaticList | None = None):
        self._publication = publication
        self._policy = policy
        self._static_list = static_list
        self.events: EventLog | None = None
        """Where consented events go; None: nowhere."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request = Request(scope, receive)
        module_s = 0.0
        try:
            response, module_s = await self._answer(request)
            if request.method == "OPTIONS":
                response = _options(response)
        except Problem as problem:
            response = self._from_list(request, problem) or problem.response()
        except ClientDisconnect:
            return
        total_s = time.perf_counter() - started
        timing = f"module;dur={module_s * 1000:.3f}, total;dur={total_s * 1000:.3f}"
        headers = [*response.headers, (b"server-timing", timing.encode())]
        if self._publication.refusal and self._publication.current:
            headers.append((b"martlet-stale", _header_text(self._publication.refusal)))
        await client_response(request, response.status, headers, response.body)(scope, receive, send)

    async def _answer(self, request: Request) -> tuple[Response, float]:
        path, query, body = await _checked(request)
        headers = request.headers.raw
        try:
            facts = self._policy.facts(headers, query, time.time_ns() // 1_000_000)
        except BadValue as error:
            raise Problem(400, str(error), field=error.field) from error
        generation = self._publication.current
        if generation is None:
            raise Problem(503, f"no snapshot is being served yet: {self._publication.refusal}")
        method = "GET" if request.method == "HEAD" else request.method
        entry: Entry = request.scope[ENTRY]
        entry.generation = generation.manifest.generation
        entry.region = facts.region if generation.manifest.knows(facts.region) else OTHER
        target = self._policy.target(path, query)
        is_for_log = method == "POST" and path == b"/events" and self._policy.logs_events(facts)
        logs_events = self.events is not None and is_for_log
        wanted = [(b"martlet-want", b"events")] if logs_events else []

        def message(region: str) -> bytes:
            asserted = replace(facts, region=region).headers()
            return request_message(method, target, [*passed_on(headers, facts.is_for_all), *asserted, *wanted], body)

        started = time.perf_counter()
        try:
            answer, degraded = await generation.handle(facts.region, message)
            module_s = time.perf_counter() - started
            response = parse_response(answer)
        except Refused as error:
            raise Problem(413, str(error)) from error
        except Unusable as error:
            log.error("no instance can be opened: %s", error)
            raise Problem(503, str(error)) from error
        except ScorerFault as error:
            log.error("the scorer failed and was replaced: %s", error)
            raise Problem(500, "the scorer failed on this request") from error
        except MalformedResponse as error:
            log.error("the scorer's response is malformed, it was replaced: %s", error)
            await generation.discard_instance()
            raise Problem(500, "the scorer's response is malformed") from error
        if degraded:
            entry.degraded = degraded
            response.headers.append((b"martlet-degraded", _header_text(degraded)))
        if logs_events and response.status == 200:
            response = self._logged(response, facts)
        return response, module_s

    def _from_list(self, request: Request, problem: Problem) -> Response | None:
        """The static list where recommendations are asked for and no snapshot can give them."""
        asks_for_items = request.method in ("GET", "HEAD") and request.scope["path"] == "/recommendations"
        if problem.status != 503 or not asks_for_items or self._static_list is None:
            return None
        request.scope[ENTRY].degraded = str(problem)
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        headers.append((b"martlet-degraded", _header_text(str(problem))))
        return Response(200, headers, self._static_list.answer(request.scope["query_string"]))

    def _logged(self, response: Response, facts: Facts) -> Response:
        """The answer to `POST /events` without what was for the log. Without consent the module names no events."""
        document = json.loads(response.body)
        events, visit = document.pop("events", []), document.pop("visit", None)
        if events:
            user = facts.user if facts.consent == "full" else None
            region = None if facts.region == WORLD else facts.region
            self.events.append(events, session_id=visit, user_id=user, region=region)
        body = json.dumps(document, separators=(",", ":")).encode()
        return Response(response.status, response.headers, body)


async def _checked(request: Request) -> tuple[bytes, bytes, bytes]:
    """Path, query and body, within the limits of a message."""
    path, query = request.scope["raw_path"], request.scope["query_string"]
    if len(path) + len(query) + 1 > TARGET_BYTES_MAX:
        raise Problem(414, f"the request target is longer than {TARGET_BYTES_MAX} bytes")
    if sum(len(name) + len(value) + 4 for name, value in request.headers.raw) > HEADER_BYTES_MAX:
        raise Problem(431, f"the request headers are longer than {HEADER_BYTES_MAX} bytes")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise Problem(413, f"the request body is longer than {BODY_BYTES_MAX} bytes")
    return path, query, bytes(body)


def _options(response: Response) -> Response:
    """The module refuses OPTIONS with the methods that the path takes; HEAD and OPTIONS themselves are the host's."""
    allowed = next((value for name, value in response.headers if name.lower() == b"allow"), None)
    if response.status != 405 or allowed is None:
        return response
    methods = [allowed, *([b"HEAD"] if b"GET" in allowed else []), b"OPTIONS"]
    return Response(204, [(b"allow", b", ".join(methods))], b"")


def _header_text(text: str) -> bytes:
    return text.encode("ascii", "replace").replace(b"\r", b" ").replace(b"\n", b" ")[:512]
