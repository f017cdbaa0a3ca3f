"""The hosts under load on the loopback interface: the worker under Node and Deno, and wasmtime's; by `wrk`, eight connections.

The requests are of 200 visitors with up to twelve signals each, in the contexts by turns; every tenth posts an event. Each is asked once
and its answer read before the run. In the run every answer has to be a 200 of the published generation with as many items as were
asked for, or what an event is answered with, and of each kind as many as were sent; which items they are is not looked at. A run
lasts as long as two million requests take at the pace of the warm-up, at most ten minutes. Memory is flat where the host holds in the last quarter of the
run at most a tenth more than in the first.
"""

from __future__ import annotations

import contextlib
import csv
import json
import math
import shutil
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from results import Result
from setting import Setting
from shops import CONTEXTS, Shop, published

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from local_process import Server, serving  # noqa: E402

SCRIPT = Path(__file__).resolve().parents[1] / "load/requests.lua"
CONNECTIONS = 8
REQUESTS, SMALL_REQUESTS = 2_000_000, 2_000
RUN_S_MAX = 600
"""However many requests that is."""
WARM_UP_S, SMALL_WARM_UP_S = 20, 1
VISITORS, SIGNALS = 200, 12
LENGTH = 12
CONFIGURATION = "models: { ranker: { folds: 1, positions: 4000 } }\n"
"""Of one stretch of the past: enough to learn a ranker that takes as long as any."""
FLAT = 1.1


def run(setting: Setting) -> Iterator[Result]:
    events, items = (20_000, 1_000) if setting.small else (300_000, 20_000)
    shop = published(setting, items, events, CONFIGURATION)
    for name, starting in {"Node": node, "Deno": deno, "wasmtime": wasmtime}.items():
        with starting(setting, shop.snapshots) as server:
            requests = setting.work / f"requests-{name}.tsv"
            requests.write_text("".join(visitors_requests(server.address, shop)))
            yield from measured(setting, name, server, Load(server.address, requests, shop.generation))


@dataclass(frozen=True)
class Load:
    address: str
    requests: Path
    generation: str

    def run(self, seconds: int) -> dict:
        command = ["wrk", "--threads", "1", "--connections", CONNECTIONS, "--duration", f"{seconds}s", "--timeout", "10s"]
        command += ["--script", SCRIPT, self.address, "--", self.requests, self.generation, LENGTH]
        done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
        figures = json.loads(done.stdout.splitlines()[-1])
        # What is on its way when the time is over has no answer; wrk also asks for one request to look at it.
        for sent, answered in (("gets", "lists"), ("posts", "taken")):
            missing = figures[sent] - figures[answered] - figures["wrong"]
            assert -figures["wrong"] <= missing <= CONNECTIONS + 1, f"{figures[sent]} {sent}, {figures[answered]} {answered}"
        return figures


def measured(setting: Setting, name: str, server: Server, load: Load) -> Iterator[Result]:
    warm_up = load.run(SMALL_WARM_UP_S if setting.small else WARM_UP_S)
    requests = SMALL_REQUESTS if setting.small else REQUESTS
    seconds = math.ceil(requests * warm_up["seconds"] / max(1, warm_up["requests"]))
    with Memory(server.process.pid) as memory:
        figures = load.run(min(seconds + 1, RUN_S_MAX))
    errors = sum(figures[kind] for kind in ("wrong", "connect", "read", "write", "timeout"))
    title = f"load, {name}:"
    yield Result(f"{title} requests", figures["requests"], "")
    yield Result(f"{title} requests/s", figures["requests"] / figures["seconds"], "1/s")
    yield Result(f"{title} p50", figures["p50_us"] / 1000, "ms")
    yield Result(f"{title} p99", figures["p99_us"] / 1000, "ms")
    yield Result(f"{title} errors", errors, "", goal=0)
    first, last = memory.quarters()
    yield Result(f"{title} memory in the last quarter", last, "MiB", "the first quarter", first, goal=FLAT)


class Memory:
    """What a process holds, looked at twice a second."""

    def __init__(self, pid: int):
        self._status = Path(f"/proc/{pid}/status")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._mebibytes: list[float] = []

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.5):
            held = next(line for line in self._status.read_text().splitlines() if line.startswith("VmRSS:"))
            self._mebibytes.append(int(held.split()[1]) / 1024)

    def quarters(self) -> tuple[float, float]:
        """The most in the first and in the last quarter of the time: garbage comes and goes."""
        quarter = max(1, len(self._mebibytes) // 4)
        return max(self._mebibytes[:quarter]), max(self._mebibytes[-quarter:])


# MARK: The visitors


def visitors_requests(address: str, shop: Shop) -> Iterator[str]:
    """Lines for the script; each has been asked once and was answered as it should be."""
    with open(shop.catalogue, newline="") as catalogue:
        category_of = {row["item_id"]: row["category"] for row in csv.DictReader(catalogue)}
    for number, visit in enumerate(islice(shop.visits(SIGNALS), VISITORS)):
        events = json.dumps([{"event": row["event"], "item_id": row["item_id"]} for row in visit])
        answer, token = ask(address, "/events", events)
        assert answer["signals"] == len(visit) and token, answer
        if number % 10 == 9:
            yield f"POST\t/events\t{token}\t{json.dumps({'event': 'view', 'item_id': visit[0]['item_id']})}\n"
            continue
        newest = visit[-1]["item_id"]
        context = CONTEXTS[number % len(CONTEXTS)]
        page = {"product": {"item_id": newest}, "category": {"category": category_of[newest]}}.get(context, {})
        target = "/recommendations?" + urllib.parse.urlencode({"context": context, "n": LENGTH} | page)
        answer, _ = ask(address, target, token=token)
        assert len({item["item_id"] for item in answer["items"]}) == LENGTH, answer
        assert answer["signals"] == len(visit), answer
        yield f"GET\t{target}\t{token}\t\n"


def ask(address: str, target: str, body: str | None = None, token: str | None = None) -> tuple[dict, str | None]:
    headers = {"Content-Type": "application/json"} if body else {}
    headers |= {"Martlet-Session": token} if token else {}
    request = urllib.request.Request(address + target, body.encode() if body else None, headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response), response.headers["Martlet-Session"]


# MARK: The hosts


def node(setting: Setting, snapshots: Path) -> contextlib.AbstractContextManager[Server]:
    server = setting.root / "wasm-host/worker/node/server.mjs"
    return serving(["node", server, "--module", setting.scorer, "--snapshots", snapshots, "--port", "0"])


def deno(setting: Setting, snapshots: Path) -> contextlib.AbstractContextManager[Server]:
    subprocess.run([setting.root / "scripts/worker-assets", snapshots], check=True)
    program = shutil.which("deno") or Path(sys.executable).parent / "deno"
    settings = {"SNAPSHOTS": snapshots.resolve().as_uri(), "DENO_DIR": str(setting.work / "deno"), "NO_COLOR": "1"}
    command = ["env", *(f"{name}={value}" for name, value in settings.items())]
    command += [program, "serve", "--allow-net", "--allow-read", "--allow-env", "--host", "127.0.0.1", "--port", "0"]
    return serving([*command, setting.root / "wasm-host/worker/deno/main.js"], r"(http://127\.0\.0\.1:\d+)")


def wasmtime(setting: Setting, snapshots: Path) -> contextlib.AbstractContextManager[Server]:
    command = [sys.executable, "-m", "martlet_host", "--snapshots", snapshots, "--module", setting.scorer, "--port", "0"]
    return serving(command)
