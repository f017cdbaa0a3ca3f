"""The socket that the host listens on."""

from __future__ import annotations

import errno
import socket

from .checks import BadOption


def listening_socket(host: str, port: int) -> socket.socket:
    """Accepted sockets inherit its options. Without `TCP_NODELAY` the second part of an answer on a kept-alive connection waits for the
    client's delayed acknowledgement; asyncio sets it only on sockets that name their protocol, which accepted ones do not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadOption(f"--port: {port} is in use on {host}") from error
        raise BadOption(f"--host {host} --port {port}: {str(error.strerror).partition(' (')[0]}") from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
