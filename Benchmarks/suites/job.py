"""The job: its time and memory at a million events, three and ten; its factors beside those of `implicit`; all of it beside polars.

Every figure is of a process of its own; at the smallest size, where Martlet and its peers take turns, the median of three. The peer does
what a data engineer would in a day (`peers/polars_job.py`): the same lists and factors, but neither rankers nor SLIST (cosines are in its
place), segments, a search index or a byte budget. So there are three comparisons:

- whole: Martlet's job as it is by default. Rankers are learned on four past stretches, for each of which all lists and factors are
  learned from what was before it; the peer does that as well, and learns no ranker.
- without rankers, on both sides.
- the same models: SLIST and segments are off too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from results import Result
from samples import median
from setting import Setting
from shops import Shop, build_command, configured, simulate_command

HERE = Path(__file__).resolve().parents[1]
POLARS = "polars, implicit, numpy"
PEER, USAGE = HERE / "peers/polars_job.py", HERE / "usage.py"
CATEGORIES = 100
"""As `martlet simulate` has them by default."""
LARGEST_S, LARGEST_MIB = 180, 2048
TURNS = 3
LINEAR = 1.1
"""How many times as much an event may cost in the second step, from three million to ten, as in the first. What every job costs, whatever
its size, is in neither."""
FLAT = 1.1
"""How much more memory `martlet simulate` may take for ten times as many events."""
CHECKED = 10
WITHOUT_RANKERS = "models: { ranker: { trees: 0 } }\n"
SAME_MODELS = WITHOUT_RANKERS + "sources: { slist: false }\nsegments: { maximum: 0 }\n"
CONFIGURATIONS = {"whole": "", "without rankers": WITHOUT_RANKERS, "the same models": SAME_MODELS}
PEER_STRETCHES = {"whole": 4, "without rankers": 0, "the same models": 0}


@dataclass(frozen=True)
class Usage:
    wall_s: float
    peak_mib: float


def run(setting: Setting) -> Iterator[Result]:
    sizes = [20_000, 30_000, 40_000] if setting.small else [1_000_000, 3_000_000, 10_000_000]
    simulations, jobs = {}, {}
    for size in sizes:
        shop, simulations[size] = simulate(setting, size)
        if size == sizes[0]:
            beside = beside_polars(setting, shop, 1 if setting.small else TURNS)
            jobs[size] = beside["whole"][0]
        else:
            jobs[size] = build(setting, shop, "")
        largest = size == sizes[-1]
        yield Result(f"simulate, {size:,} events: time", simulations[size].wall_s, "s")
        yield Result(f"simulate, {size:,} events: memory", simulations[size].peak_mib, "MiB")
        yield Result(f"job, {size:,} events: time", jobs[size].wall_s, "s", goal=LARGEST_S if largest else None)
        yield Result(f"job, {size:,} events: memory", jobs[size].peak_mib, "MiB", goal=LARGEST_MIB if largest else None)
    yield from growth("simulate", simulations)
    yield from growth("job", jobs)
    first, last = (simulations[size].peak_mib for size in (sizes[0], sizes[-1]))
    yield Result("simulate, growth: memory", last, "MiB", f"{sizes[0]:,} events", first, goal=FLAT)
    yield from factors(setting)
    for title, (ours, theirs) in beside.items():
        title = f"job, {sizes[0]:,} events, {title}"
        yield Result(f"{title}: time", ours.wall_s, "s", POLARS, theirs.wall_s, goal=0.2)
        yield Result(f"{title}: memory", ours.peak_mib, "MiB", POLARS, theirs.peak_mib)


def growth(name: str, usages: dict[int, Usage]) -> Iterator[Result]:
    """What one more event costs in the second step of size, beside the first."""
    least, middle, most = sorted(usages)

    def step(smaller: int, larger: int, cost: Callable[[Usage], float]) -> float:
        return (cost(usages[larger]) - cost(usages[smaller])) / (larger - smaller)

    def row(what: str, unit: str, cost: Callable[[Usage], float]) -> Result:
        peer = f"from {least:,} to {middle:,}"
        second, first = step(middle, most, cost), step(least, middle, cost)
        return Result(f"{name}, growth: {what} an event from {middle:,} to {most:,}", second, unit, peer, first, goal=LINEAR)

    yield row("time", "µs", lambda usage: usage.wall_s * 1e6)
    if name == "job":
        yield row("memory", "bytes", lambda usage: usage.peak_mib * 2**20)


def factors(setting: Setting) -> Iterator[Result]:
    """By the script that also makes the table of docs/quality.md."""
    figures = setting.work / "factors.json"
    problem, rounds = ("small", 1) if setting.small else ("simulated", 3)
    command = [sys.executable, setting.root / "scripts/als_table.py", "--only", problem, "--factors", "32", "--rounds", str(rounds)]
    subprocess.run([*command, "--json", figures], check=True, capture_output=True)
    (comparison,) = json.loads(figures.read_text())
    ours, theirs = comparison["figures"]["Martlet"], comparison["figures"]["implicit"]
    name = "implicit"
    yield Result("factors: time on two threads", ours["wall"], "s", name, theirs["wall"], goal=1)
    yield Result("factors: processor's time on one", ours["processor"], "s", name, theirs["processor"], goal=1)
    # Equal but for the standard error of so many people.
    yield Result("factors: NDCG@20", ours["ndcg@20"], "NDCG", name, theirs["ndcg@20"], goal=0.95)


def beside_polars(setting: Setting, shop: Shop, turns: int) -> dict[str, tuple[Usage, Usage]]:
    """What Martlet and its peer take for each of `CONFIGURATIONS`, the median of so many turns."""
    ours: dict[str, list[Usage]] = {title: [] for title in CONFIGURATIONS}
    theirs: dict[int, list[Usage]] = {stretches: [] for stretches in PEER_STRETCHES.values()}
    for _ in range(turns):
        for title, configuration in CONFIGURATIONS.items():
            ours[title].append(build(setting, shop, configuration))
        for stretches, usages in theirs.items():
            usages.append(peer_build(shop, stretches))
    return {title: (middle(ours[title]), middle(theirs[PEER_STRETCHES[title]])) for title in CONFIGURATIONS}


def middle(usages: list[Usage]) -> Usage:
    return Usage(median([usage.wall_s for usage in usages]), median([usage.peak_mib for usage in usages]))


def simulate(setting: Setting, events: int) -> tuple[Shop, Usage]:
    shop = Shop(setting.work / f"job-{events}")
    return shop, measured(simulate_command(setting, shop, 1_000 if setting.small else 20_000, events))


def build(setting: Setting, data: Shop, configuration: str) -> Usage:
    shop = configured(data, f"{data.folder.name}-built", configuration)
    log = shop.folder / "log"
    usage = measured(build_command(setting, shop), log)
    events = data.folder.name.removeprefix("job-")
    assert f"{events} rows read, {events} kept" in log.read_text(), log.read_text()
    check_snapshot(setting, shop)
    # The next job is the first of its shop as well.
    shutil.rmtree(shop.folder)
    return usage


def peer_build(shop: Shop, stretches: int) -> Usage:
    out = shop.folder / "peer.sqlite"
    usage = measured([sys.executable, PEER, shop.events, shop.catalogue, out, "--past-stretches", stretches])
    check_peer(out)
    return usage


def measured(command: Sequence[object], log: Path | None = None) -> Usage:
    """Runs it to its end; raises with what it said where it fails."""
    log = log or Path(os.devnull)
    with open(log, "w") as said:
        done = subprocess.run([sys.executable, USAGE, *map(str, command)], stdout=subprocess.PIPE, stderr=said)
    assert done.returncode == 0, f"{command[0]}: status {done.returncode}: {log.read_text()[-4000:]}"
    return Usage(**json.loads(done.stdout))


# MARK: What the shop is by construction: an item is followed by items of its own category, which is its number modulo the categories


def check_snapshot(setting: Setting, shop: Shop) -> None:
    requests = [f"GET /recommendations?context=product&item_id=i{item}&n=1 HTTP/1.1\r\n\r\n" for item in range(CHECKED)]
    command = [setting.martlet, "answer", "--snapshots", shop.snapshots]
    answers = subprocess.run(command, input="".join(requests).encode(), check=True, capture_output=True).stdout
    check_followers([int(item) for item in re.findall(rb'"items":\[{"item_id":"i(\d+)"', answers)])


def check_peer(out: Path) -> None:
    """By each of its models that sees what follows what."""
    with sqlite3.connect(out) as db:
        for table in ("next_item", "co_occurrence"):
            rows = [db.execute(f"SELECT items FROM {table} WHERE a = ?", (item,)).fetchone() for item in range(CHECKED)]
            check_followers([int(np.frombuffer(row[0], np.uint32)[0]) for row in rows])
        stored = db.execute("SELECT scale, row FROM factors ORDER BY item").fetchall()
    factors = np.stack([np.frombuffer(row, np.int8) * np.float32(scale) for scale, row in stored])
    similar = factors[:CHECKED] @ factors.T
    similar[np.arange(CHECKED), np.arange(CHECKED)] = -np.inf
    check_followers([int(item) for item in similar.argmax(axis=1)])


def check_followers(followers: list[int]) -> None:
    """Of the most popular items."""
    strays = [item for item, follower in enumerate(followers) if (follower - item) % CATEGORIES]
    assert len(followers) == CHECKED and len(strays) <= CHECKED // 5, f"not followed by what was planted: {strays}"
