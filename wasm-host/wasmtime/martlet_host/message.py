"""HTTP/1.1 messages as the module reads and writes them: exact bytes, the body is all after the blank line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

Header = tuple[bytes, bytes]

TARGET_BYTES_MAX = 8 << 10
HEADER_BYTES_MAX = 32 << 10
BODY_BYTES_MAX = 64 << 10

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2})(?: [^\r\n]*)?")
_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*")


class MalformedResponse(Exception):
    """The module's response is not an HTTP/1.1 message."""


@dataclass(frozen=True)
class Response:
    status: int
    headers: list[Header]
    """Names in lower case, in the order of the message; repeated ones stay apart (`Set-Cookie`)."""
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key == name), None)


def request_message(method: str, target: bytes, headers: Iterable[Header], body: bytes) -> bytes:
    """A request message. `Content-Length` is written here, from the body, and nowhere else."""
    lines = [method.encode("ascii") + b" " + target + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in headers]
    if body:
        lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def parse_response(message: bytes) -> Response:
    head, blank, body = message.partition(b"\r\n\r\n")
    status_line, *lines = head.split(b"\r\n")
    status = _STATUS_LINE.fullmatch(status_line)
    if not blank or not status:
        raise MalformedResponse(f"no HTTP/1.1 status line and head: {message[:60]!r}")
    headers: list[Header] = []
    for line in lines:
        match = _HEADER_LINE.fullmatch(line)
        if not match:
            raise MalformedResponse(f"not a header line: {line[:60]!r}")
        headers.append((match[1].lower(), match[2]))
    response = Response(int(status[1]), headers, body)
    length = response.header(b"content-length")
    if length is not None and (not length.isdigit() or int(length) != len(body)):
        raise MalformedResponse(f"Content-Length {length!r}, but {len(body)} bytes of body")
    return response
