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


def item(number: int, **more: object) -> dict:
    return {"item_id": str(number), "title": "x" * 200, "reason": {"source": "popularity"}, **more}


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (400, {"title": "Bad Request", "detail": "n is a whole number", "field": "n"}, "GET /recommendations: status 400: n is a whole number"),
        (502, {}, "GET /recommendations: status 502: without a reason"),
        (200, {"items": [item(1)], "signals": 0}, "1 items instead of 2: 1"),
        (200, {"items": []}, "0 items instead of 2: none"),
        (200, {"items": [item(1), item(1)]}, "an item twice: 1, 1"),
        (200, {"items": [item(1), item(2, reason={})]}, "item 2 has no reason"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_in_a_few_words(status, answer, said):
    with pytest.raises(demo.StepFailed) as failure:
        demo.items_of(status, answer, 2)
    assert str(failure.value) == said


def test_items_of_an_answer_that_is_right():
    items = [item(1), item(2)]
    assert demo.items_of(200, {"items": items}, 2) == items
