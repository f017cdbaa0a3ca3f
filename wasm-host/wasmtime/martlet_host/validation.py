"""The answer as a client gets it: held against the copy that it has."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response as ClientResponse

from .message import Header


def client_response(request: Request, status: int, headers: list[Header], body: bytes) -> ClientResponse:
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
