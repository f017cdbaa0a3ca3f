"""Millions of requests of sessions that come, change and go, through the module and its host, generations swapped all along.

    soak.py [--requests N] [--engine wasmtime|node|deno]

Memory has to stay flat, of the module as of the process; every answer has to be one of those that its request can have; and every so
many answers are held against the native scorer, byte by byte.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from builds import MARTLET, MODULE, ROOT
from martlet_host.manifest import Manifest
from martlet_host.message import request_message
from martlet_host.module import ScorerModule
from martlet_host.publication import Publication
from requirements import needs

EVENTS, ITEMS, REGIONS = 40_000, 2_000, 12
GENERATIONS = 3
REGION_BYTES_MAX = 256 << 10
"""Less than all regions have together, so that instances are made anew all along."""
VISITORS = 3_000
START_MS = 1_750_000_000_000
STEP_MS = 137
TOKEN = re.compile(rb"\r\nMartlet-Session: ([^\r]*)")
CONTEXTS = ("homepage", "product&item_id=i{item}", "cart&cart=i{item}", "category&category=Category%20{part}", "search&q=item%20{item}")
EVENT_TYPES = ("view", "view", "view", "click", "add_to_cart", "remove_from_cart", "purchase", "impression", "dwell")
# What is no request, and the statuses that say so.
HOSTILE = [
    ("GET", b"/recommendations?n=zero", b"", (400,)),
    ("GET", b"/recommendations?context=nowhere", b"", (400,)),
    ("GET", b"/nothing", b"", (404,)),
    ("PUT", b"/session", b"", (405,)),
    ("POST", b"/events", b'[{"event":"view"', (400,)),
    ("POST", b"/events", b"[" * 3000, (400,)),
    ("POST", b"/events", b"\xff" * 500, (400,)),
]


class Failed(AssertionError):
    """What was promised does not hold."""


def build_generations(folder: Path) -> list[Path]:
    """Snapshots of shops that have their names in common, and little else."""
    made = []
    for seed in range(1, GENERATIONS + 1):
        shop = folder / f"shop-{seed}"
        sizes = ["--events", EVENTS, "--items", ITEMS, "--regions", REGIONS, "--seed", seed]
        run([MARTLET, "simulate", *sizes, "--out", shop])
        inputs = ["--events", shop / "events.csv", "--catalogue", shop / "catalogue.csv"]
        run([MARTLET, "build", *inputs, "--quiet", "--out", shop / "snapshots"])
        made.append(shop / "snapshots")
        if sum(file.size for file in Manifest.read(made[-1]).region_files) <= REGION_BYTES_MAX:
            raise Failed("one instance holds all regions")
    return made


def run(command: list[object]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{command[1]}: {done.stderr[-2000:]}")


def publish(snapshots: Path, folder: Path) -> None:
    """Files first, then the manifest by a rename; what the generation before it had alone goes."""
    for file in Manifest.read(snapshots).files:
        if not (folder / file.name).exists():
            os.link(snapshots / file.name, folder / file.name)
    shutil.copy(snapshots / "manifest.json", folder / "manifest.new")
    os.replace(folder / "manifest.new", folder / "manifest.json")


@dataclass
class Traffic:
    """Requests of visitors, from a seed. Their sessions are tokens, which they send with the next request."""

    seed: int
    moment_ms: int = START_MS
    tokens: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self):
        self._random = random.Random(self.seed)

    def next(self) -> tuple[int, str, bytes, tuple[int, ...]]:
        """The visitor, their region, their message without the region, and the statuses that it may be answered with."""
        draw = self._random
        self.moment_ms += STEP_MS
        visitor = int(VISITORS * draw.random() ** 2)
        region = f"R{int(REGIONS * 1.3 * draw.random() ** 2)}"
        method, target, body, statuses = self._request(draw.random())
        headers = [(b"martlet-time", b"%d" % self.moment_ms), (b"martlet-seed", b"%d" % draw.getrandbits(60))]
        if token := self.tokens.get(visitor):
            # Now and then it comes back damaged.
            at = draw.randrange(len(token)) if draw.random() < 0.01 else None
            headers.append((b"martlet-session", token if at is None else token[:at] + b"!" + token[at + 1 :]))
        return visitor, region, (method, target, headers, body), statuses

    def _request(self, kind: float) -> tuple[str, bytes, bytes, tuple[int, ...]]:
        draw = self._random
        item, part = int(ITEMS * draw.random() ** 3), draw.randrange(100)
        if kind < 0.6:
            context = CONTEXTS[draw.randrange(len(CONTEXTS))].format(item=item, part=part)
            return "GET", f"/recommendations?n={1 + draw.randrange(30)}&context={context}".encode(), b"", (200,)
        if kind < 0.9:
            event = EVENT_TYPES[draw.randrange(len(EVENT_TYPES))]
            more = ',"seconds":12' if event == "dwell" else ""
            return "POST", b"/events", f'{{"event":"{event}","item_id":"i{item}"{more}}}'.encode(), (200,)
        if kind < 0.95:
            return "GET", b"/session", b"", (200,)
        if kind < 0.96:
            return "DELETE", b"/session", b"", (200, 204)
        return HOSTILE[draw.randrange(len(HOSTILE))]


NOISE = {"module": 256 << 10, "heap": 4 << 20, "resident": 12 << 20}
"""What memory may rise by between the halves of any run, however short: pages of the module, pools and garbage of the engine."""
V8_NOISE = NOISE | {"resident": 96 << 20}
"""A process of V8 holds instances until a collection comes, each with the files of a generation: at a swap most of all."""
BYTES_A_REQUEST = {"module": 0.25, "heap": 4, "resident": 12}
"""What it may rise by over a run that is long enough to tell."""


@dataclass
class Memory:
    """Bytes over time, of which the second half may be no more than the first, but for what is noise.

    Of the heap that is the least that a collection has left: a handful of instances, of megabytes each, may wait for the next one at any
    moment, so the most says how many of them did. What leaks stays, and raises the least too.
    """

    kind: str
    requests: int
    samples: list[int] = field(default_factory=list)
    noise: dict[str, int] = field(default_factory=lambda: NOISE)

    def check(self) -> str:
        # What is warmed up, a pool or a cache, is so within the first tenth.
        settled = self.samples[len(self.samples) // 10 :]
        name, choose = ("least", min) if self.kind == "heap" else ("most", max)
        first, second = choose(settled[: len(settled) // 2]), choose(settled[len(settled) // 2 :])
        between = self.requests * 0.45  # from the middle of one half to that of the other
        words = f"{self.kind}: at {name} {first / 2**20:.2f} MiB in the first half, {second / 2**20:.2f} MiB in the second"
        words += f": {(second - first) / between:+.2f} bytes a request"
        if second - first > max(self.noise[self.kind], BYTES_A_REQUEST[self.kind] * between):
            raise Failed(words)
        return words


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def check_against_native(snapshots: Path, asked: list[tuple[bytes, bytes]]) -> None:
    command = [MARTLET, "answer", "--snapshots", snapshots]
    done = subprocess.run(command, input=b"".join(message for message, _ in asked), capture_output=True, check=True)
    rest = done.stdout
    for message, answer in asked:
        if not rest.startswith(answer):
            raise Failed(f"{message!r}\nwas answered\n{answer!r}\nand natively\n{rest[:len(answer) + 200]!r}")
        rest = rest[len(answer) :]


async def soak(requests: int, generations: list[Path], folder: Path, say=print) -> list[str]:
    """What it found, in lines. Raises `Failed`."""
    swaps, checks, samples = max(6, requests // 20_000), max(200, requests // 500), max(40, requests // 10_000)
    publish(generations[0], folder)
    publication = Publication(ScorerModule(MODULE), folder, REGION_BYTES_MAX, poll_s=3600)
    await publication.refresh()
    traffic = Traffic(seed=requests)
    resident, wasm = Memory("resident", requests), Memory("module", requests)
    counts: Counter[str] = Counter()
    sampled: list[list[tuple[bytes, bytes]]] = [[] for _ in generations]
    current = 0
    started = time.perf_counter()
    for number in range(requests):
        if number % (requests // swaps) == requests // swaps - 1:
            current = (current + 1) % len(generations)
            publish(generations[current], folder)
            await publication.refresh()
            if publication.refusal:
                raise Failed(publication.refusal)
            check_against_native(generations[current], sampled[current])
            counts["held against native"] += len(sampled[current])
            sampled[current] = []
            counts["swaps"] += 1
        visitor, region, (method, target, headers, body), statuses = traffic.next()
        sent = b""

        def message(code: str) -> bytes:
            nonlocal sent
            sent = request_message(method, target, [*headers, (b"martlet-region", code.encode())], body)
            return sent

        answer, degraded = await publication.current.handle(region, message)
        status = int(answer[9:12])
        if status not in statuses or degraded:
            raise Failed(f"{sent!r}\nwas answered\n{answer[:500]!r}, {degraded}")
        counts[f"{status}"] += 1
        if token := TOKEN.search(answer):
            if token[1]:
                traffic.tokens[visitor] = token[1]
        if method == "DELETE":
            traffic.tokens.pop(visitor, None)
        if number % (requests // checks) == 0:
            sampled[current].append((sent, answer))
        if number % (requests // samples) == 0:
            resident.samples.append(resident_bytes())
            wasm.samples.append(publication.current.memory_bytes)
    seconds = time.perf_counter() - started
    for snapshots, asked in zip(generations, sampled):
        check_against_native(snapshots, asked)
        counts["held against native"] += len(asked)
    await publication.close()
    return [
        f"{requests} requests in {seconds:.0f} s, {len(traffic.tokens)} sessions at the end",
        ", ".join(f"{name}: {count}" for name, count in sorted(counts.items())),
        wasm.check(), resident.check(),
    ]  # fmt: skip


JAVASCRIPT = {
    "node": ["node", "--expose-gc"],
    "deno": ["deno", "run", "--quiet", "--no-config", "--v8-flags=--expose-gc", "--allow-read", "--allow-write", "--allow-env"],
}
"""How the engines are told to run a script that may read, write its samples and collect garbage."""


def soak_the_worker(engine: str, requests: int, generations: list[Path], folder: Path) -> list[str]:
    """The worker's core under Node or Deno."""
    script, samples = Path(__file__).with_name("soak.mjs"), folder / "samples"
    program, *options = JAVASCRIPT[engine]
    command = [needs(program), *options, script, MODULE, str(requests), str(REGION_BYTES_MAX), samples, *generations]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode != 0:
        raise Failed(done.stdout[-2000:] + done.stderr[-4000:])
    asked: list[list[tuple[bytes, bytes]]] = [[] for _ in generations]
    for line in samples.read_text().splitlines():
        generation, message, answer = line.split()
        asked[int(generation)].append((base64.b64decode(message), base64.b64decode(answer)))
    for snapshots, pairs in zip(generations, asked):
        check_against_native(snapshots, pairs)
    summary, counts, *memory = done.stdout.splitlines()
    measured = [(kind, [int(sample) for sample in samples]) for kind, *samples in map(str.split, memory)]
    checked = [Memory(kind, requests, samples, V8_NOISE).check() for kind, samples in measured]
    return [summary, f"{counts}, held against native: {sum(map(len, asked))}", *checked]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2_000_000)
    parser.add_argument("--engine", choices=("wasmtime", *JAVASCRIPT), default="wasmtime")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        generations = build_generations(Path(name))
        folder = Path(name) / "work"
        folder.mkdir()
        if options.engine in JAVASCRIPT:
            lines = soak_the_worker(options.engine, options.requests, generations, folder)
        else:
            lines = asyncio.run(soak(options.requests, generations, folder))
    print(*[f"{options.engine}: {line}" for line in lines], sep="\n")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"soak: {failure}")
