"""Headless Chromium as an engine: a page on the loopback interface runs the reactor and posts its answers back."""

from __future__ import annotations

import http.server
import json
import subprocess
import tempfile
import threading
from pathlib import Path

ANSWER_S_MAX = 120
TYPES = {".html": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
HERE = Path(__file__).parent


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

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, tempfile.TemporaryDirectory() as profile:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # The sandbox needs rights that a container does not give; the page is our own.
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
        command += ["--disable-background-networking", f"--user-data-dir={profile}"]
        command += [f"http://127.0.0.1:{server.server_port}/browser_engine.html"]
        browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert done.wait(ANSWER_S_MAX), "the browser did not answer"
        finally:
            browser.terminate()
            browser.wait()
            server.shutdown()
    assert "/answers" in posted, f"the page failed: {posted.get('/failed', b'').decode()}"
    return posted["/answers"]
