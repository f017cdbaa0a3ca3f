"""What the demo says where a step fails."""

from __future__ import annotations

import socket

import builds  # noqa: F401  (makes scripts/ importable)
import demo
import pytest


@pytest.mark.parametrize("command", ["make", "demo.py"])
def test_a_port_that_is_taken_is_said_before_anything_is_built(monkeypatch, capsys, command):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr("sys.argv", ["demo.py", "serve", "--port", str(port)])
        assert demo.main() == 1
    written = capsys.readouterr()
    assert f"port {port} is in use" in written.err and f"{command} serve" in written.err and written.out == ""


def test_a_port_that_is_none_is_said_too():
    with pytest.raises(demo.StepFailed, match="port 99999"):
        demo.serve(99999)
