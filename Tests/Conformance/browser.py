"""Headless Chromium as an engine: a page on the loopback interface runs the reactor and posts its answers back."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))  # for the browser, which pages and pictures have too

from chromium import chromium

ANSWER_S_MAX = 120
TYPES = {".html": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}


def answers(module: Path, files: list[tuple[int, Path]], messages: bytes, fresh: bool) -> bytes:
    """The responses, one after the other. Raises `AssertionError` where the page fails."""
    plan = {"mode": "fresh" if fresh else "reused", "files": [{"kind": kind, "name": path.name} for kind, path in files]}
    served = {f"/{path.name}": path.read_bytes() for _, path in files}
    served |= {f"/{name}": (HERE / name).read_bytes() for name in ("browser_engine.html", "v8_engine.mjs")}
    served |= {"/plan.json": json.dumps(plan).encode(), "/scorer.wasm": module.read_bytes(), "/messages": messages}
    posted: dict[str, bytes] = {}
    done = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = served.get(self.path)
            self._answer(200 if body is not None else 404, TYPES.get(Path(self.path).suffix), body or b"")

        def do_POST(self):
            posted[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(204, None, b"")
            done.set()

        def _answer(self, status: int, kind: str | None, body: bytes):
            self.send_response(status)
            self.send_header("Content-Type", kind or "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with chromium() as browser, browser.page() as page:
                page.open(f"http://127.0.0.1:{server.server_port}/browser_engine.html")
                assert done.wait(ANSWER_S_MAX), f"the browser did not answer; the page complains: {page.complaints}"
        finally:
            server.shutdown()
    assert "/answers" in posted, f"the page failed: {posted.get('/failed', b'').decode()}"
    return posted["/answers"]
