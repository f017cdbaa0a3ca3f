"""Answers of the host's own where something is wrong, as RFC 9457 has them."""

from __future__ import annotations

import json
from http import HTTPStatus

from .message import Response


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
