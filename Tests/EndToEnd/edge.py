"""The edge worker on the planted shop: an origin that can be made to misbehave, and the worker's Node entry."""

from __future__ import annotations

import contextlib
import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from builds import MARTLET, MODULE, ROOT
from local_process import serving
from requirements import needs

sys.path.insert(0, str(ROOT / "Tests" / "Conformance"))  # for the shop and the engines, which the cases have too

from shop import build, write_shop

WORKER = ROOT / "wasm-host" / "worker"


def build_shop(folder: Path, generation: int = 1) -> Path:
    """The snapshots of the planted shop. Later generations are of more visits."""
    write_shop(folder)
    with open(folder / "events.csv", "a") as events:
        for extra in range(generation - 1):
            events.write(f"x{extra},x{extra},lamp,purchase,{1_700_900_000 + extra},North\n")
    return build(folder)


def static_list(snapshots: Path) -> bytes:
    """What ships with a worker for the time without a snapshot: the world's list."""
    request = b"GET /recommendations?n=50 HTTP/1.1\r\nMartlet-Consent: none\r\n\r\n"
    command = [MARTLET, "answer", "--snapshots", snapshots]
    return subprocess.run(command, input=request, capture_output=True, check=True).stdout.partition(b"\r\n\r\n")[2]


class Origin:
    """A web server of published files, and what goes wrong with them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.reads: list[str] = []
        self.slow: dict[str, threading.Event] = {}
        """Names whose answers wait for the event."""
        self.cut: set[str] = set()
        """Names whose connection breaks in the middle of the body."""
        origin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.lstrip("/")
                origin.reads.append(name)
                if name in origin.slow:
                    origin.slow[name].wait(60)
                body = origin.files.get(name)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write((body or b"")[: len(body or b"") // 2] if name in origin.cut else body or b"")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def publish(self, snapshots: Path) -> str:
        """Files first, the manifest last, as a publication does. Returns the generation."""
        paths = sorted(snapshots.glob("*.sqlite")) + [snapshots / "manifest.json"]
        self.files.update((path.name, path.read_bytes()) for path in paths)
        return self.manifest["generation"]

    @property
    def manifest(self) -> dict:
        return json.loads(self.files["manifest.json"])

    def name(self, kind: str, region: str | None = None) -> str:
        entries = self.manifest["files"]
        return next(file["name"] for file in entries if file["kind"] == kind and file.get("region") == region)

    def close(self) -> None:
        for event in self.slow.values():
            event.set()
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def items(self) -> list[str]:
        return [item["item_id"] for item in json.loads(self.body)["items"]]

    @property
    def degraded(self) -> str | None:
        return self.headers.get("martlet-degraded")


@dataclass
class Edge:
    """A worker that runs."""

    address: str
    log: Path
    process: subprocess.Popen = field(repr=False)

    def ask(self, target: str, body: bytes | None = None, **headers: str) -> Answer:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.address + target, data=body, headers=names)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    def lines(self, event: str | None = None) -> list[dict]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if event in (None, line["event"])]

    def waits_for(self, event: str, count: int = 1, **members: object) -> dict:
        """The last of `count` log lines of that event."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            lines = [line for line in self.lines(event) if members.items() <= line.items()]
            if len(lines) >= count:
                return lines[-1]
            time.sleep(0.02)
        raise AssertionError(f"no {event} with {members} in the log:\n{self.log.read_text()[-4000:]}")


@contextlib.contextmanager
def running_deno(snapshots: Path, cache: Path, worker: Path = WORKER, **more: str) -> Iterator[Edge]:
    """The Deno entry of `worker`, whose assets are there, under `deno serve`; `more` settings of the entry."""
    command = [needs("deno"), "serve", "--allow-net", "--allow-read", "--allow-env", "--host", "127.0.0.1", "--port", "0"]
    settings = {"SNAPSHOTS": snapshots.as_uri(), "REGION_HEADER": "X-Region", "DENO_DIR": str(cache)} | more
    with serving([*command, "deno/main.js"], r"Listening on (http://[^/\s]+)", worker, **settings) as server:
        yield Edge(server.address, server.log, server.process)


@contextlib.contextmanager
def running_edge(snapshots: str | Path, *options: str | Path, module: Path = MODULE) -> Iterator[Edge]:
    """The Node entry on a free port of the loopback interface; stopped at the end."""
    server = WORKER / "node" / "server.mjs"
    command = ["node", server, "--module", module, "--snapshots", snapshots, "--port", "0", *options]
    with serving(command) as server:
        yield Edge(server.address, server.log, server.process)
