"""The hosts under a second or two of load: every answer right, whatever the pace."""

from __future__ import annotations

import contextlib
import http.server
import threading
from collections.abc import Iterator

import pytest
from requirements import needs
from suites import load


def test_small_version(setting):
    for program in ("wrk", "node", "deno"):
        needs(program)
    results = list(load.run(setting))
    assert len(results) == 3 * 6
    values = {result.name: result.value for result in results}
    for host in ("Node", "Deno", "wasmtime"):
        assert values[f"load, {host}: requests"] > 0
        assert values[f"load, {host}: errors"] == 0
        assert 0 < values[f"load, {host}: p50"] <= values[f"load, {host}: p99"]


ITEM = '{"item_id":"a"},'
WHOLE = f'{{"items":[{ITEM * load.LENGTH}],"generation":"now"}}'


@pytest.mark.parametrize(
    ("body", "is_right"),
    [(WHOLE, True), (WHOLE.replace(ITEM, "", 1), False), (WHOLE.replace("now", "earlier"), False), ("", False)],
    ids=["whole", "an item short", "of another generation", "empty"],
)
def test_answers_are_read_under_load(tmp_path, body, is_right):
    needs("wrk")
    requests = tmp_path / "requests.tsv"
    requests.write_text("GET\t/recommendations\ttoken\t\n")
    with server_of(body) as address:
        figures = load.Load(address, requests, "now").run(1)
    answered = figures["lists"] if is_right else figures["wrong"]
    assert answered == figures["requests"] > 0


def test_an_event_is_no_answer_to_who_asks_for_items(tmp_path):
    needs("wrk")
    requests = tmp_path / "requests.tsv"
    requests.write_text("GET\t/recommendations\ttoken\t\n")
    with server_of('{"accepted":1,"ignored":0}') as address, pytest.raises(AssertionError, match="gets"):
        load.Load(address, requests, "now").run(1)


@contextlib.contextmanager
def server_of(body: str) -> Iterator[str]:
    """The address of a server whose every answer is the same."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
