"""The ASGI application: HTTP from a client, a message to the module, its answer back."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as ClientResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from .eventlog import EventLog
from .facts import BadValue, Facts, Policy, passed_on
from .generation import Unusable
from .manifest import WORLD
from .message import (
    BODY_BYTES_MAX,
    HEADER_BYTES_MAX,
    TARGET_BYTES_MAX,
    Header,
    MalformedResponse,
    Response,
    parse_response,
    request_message,
)
from .module import Refused, ScorerFault
from .publication import Publication
from .storefront import Storefront

log = logging.getLogger("martlet_host")

COMPRESS_FROM_BYTES = 512


class Problem(Exception):
    """Becomes an `application/problem+json` answer of the host's own."""

    def __init__(self, status: int, detail: str, **members: object):
        super().__init__(detail)
        self.status = status
        self.members = members

    def response(self) -> Response:
        title = HTTPStatus(self.status).phrase
        document = {"type": "about:blank", "title": title, "status": self.status, "detail": str(self), **self.members}
        headers = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
        if self.status == 503:
            headers.append((b"retry-after", b"1"))
        return Response(self.status, headers, json.dumps(document).encode())


def create_app(
    publication: Publication, policy: Policy, storefront: Sequence[Path] = (), events: Path | None = None
) -> Starlette:
    """`storefront`: folders of static files that stand at `/` before the module's routes. `events`: the folder of the event log."""
    endpoint = Endpoint(publication, policy)

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

    return Starlette(
        routes=[Mount("", app=Storefront(storefront, endpoint) if storefront else endpoint)],
        middleware=[Middleware(GZipMiddleware, minimum_size=COMPRESS_FROM_BYTES)],
        lifespan=lifespan,
    )


class Endpoint:
    """Every path: which of them exist is the module's to say."""

    def __init__(self, publication: Publication, policy: Policy):
        self._publication = publication
        self._policy = policy
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
            response = problem.response()
        except ClientDisconnect:
            return
        total_s = time.perf_counter() - started
        timing = f"module;dur={module_s * 1000:.3f}, total;dur={total_s * 1000:.3f}"
        headers = [*response.headers, (b"server-timing", timing.encode())]
        if self._publication.refusal and self._publication.current:
            headers.append((b"martlet-stale", _header_text(self._publication.refusal)))
        log.debug("%s %s %d %.3f ms", request.method, scope["path"], response.status, total_s * 1000)
        await _client_response(request, response.status, headers, response.body)(scope, receive, send)

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
        target = self._policy.target(path, query)
        is_for_log = method == "POST" and path == b"/events" and self._policy.logs_events(facts)
        logs_events = self.events is not None and is_for_log
        wanted = [(b"martlet-want", b"events")] if logs_events else []

        def message(region: str) -> bytes:
            asserted = replace(facts, region=region).headers()
            return request_message(method, target, [*passed_on(headers), *asserted, *wanted], body)

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
            response.headers.append((b"martlet-degraded", _header_text(degraded)))
        if logs_events and response.status == 200:
            response = self._logged(response, facts)
        return response, module_s

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


def _client_response(request: Request, status: int, headers: list[Header], body: bytes) -> ClientResponse:
    """The answer as the client gets it: validated against its copy, without a body for HEAD."""
    names = {name for name, _ in headers}
    headers = [(name, value) for name, value in headers if name != b"content-length"]
    cache_control = next((value for name, value in headers if name == b"cache-control"), b"")
    if status == 200 and request.method in ("GET", "HEAD"):
        if b"set-cookie" not in names and b"no-store" not in cache_control:
            tag = b'W/"%s"' % hashlib.sha256(body).hexdigest()[:24].encode()
            headers.append((b"etag", tag))
            if _matches(request.headers.get("if-none-match"), tag.decode()):
                status, body = 304, b""
    if status not in (204, 304):
        headers.append((b"content-length", str(len(body)).encode()))
    response = ClientResponse(None, status)
    response.raw_headers = headers
    response.body = b"" if request.method == "HEAD" else body
    return response


def _matches(if_none_match: str | None, tag: str) -> bool:
    if not if_none_match:
        return False
    candidates = [candidate.strip() for candidate in if_none_match.split(",")]
    return "*" in candidates or tag in candidates or tag.removeprefix("W/") in candidates


def _header_text(text: str) -> bytes:
    return text.encode("ascii", "replace").replace(b"\r", b" ").replace(b"\n", b" ")[:512]
