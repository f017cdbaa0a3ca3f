"""The options of the sockets that clients are served on."""

from __future__ import annotations

import socket

from martlet_host.listener import listening_socket


def test_a_kept_alive_connection_waits_for_no_acknowledgement():
    with listening_socket("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
