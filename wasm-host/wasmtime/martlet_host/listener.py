"""The socket that the host listens on."""

from __future__ import annotations

import socket


def listening_socket(host: str, port: int) -> socket.socket:
    """Accepted sockets inherit its options. Without `TCP_NODELAY` the second part of an answer on a kept-alive connection waits for the
    client's delayed acknowledgement; asyncio sets it only on sockets that name their protocol, which accepted ones do not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
