"""The job: its time and memory at a million events, three and ten; its factors beside those of `implicit`; all of it beside polars.

Every figure is of a process of its own. The peer does what a data engineer would in a day (`peers/polars_job.py`): the same lists and
factors, but neither rankers nor SLIST (cosines are in its place), segments, a search index or a byte budget. So there are three comparisons:

- whole: Martlet's job as it is by default. Rankers are learned on four past stretches, for each of which all lists and factors are learned from what was
  before it; the peer does that as well, and learns no ranker.
- without rankers, on both sides.
- the same models: SLIST and segments are off too.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from results import Result
from setting import Setting

HERE = Path(__file__).resolve().parents[1]
PEER, USAGE = HERE / "peers/polars_job.py", HERE / "usage.py"
CATEGORIES = 100
LARGEST_S, LARGEST_MIB = 180, 2048
LINEAR = 1.1
"""How many times as much an event may cost where there are ten times as many."""
CHECKED = 10
WITHOUT_RANKERS = "models: { ranker: { trees: 0 } }\n"
SAME_MODELS = WITHOUT_RANKERS + "sources: { slist: false }\nsegments: { maximum: 0 }\n"


@dataclass(frozen=True)
class Usage:
    wall_s: float
    peak_mib: float


def run(setting: Setting) -> Iterator[Result]:
    sizes = [10_000, 20_000, 40_000] if setting.small else [1_000_000, 3_000_000, 10_000_000]
    usages = {}
    for size in sizes:
        shop, simulated = simulate(setting, size)
        usage = usages[size] = build(setting, shop, "")
        largest = size == sizes[-1]
        yield Result(f"simulate, {size:,} events: time", round(simulated.wall_s, 2), "s")
        yield Result(f"simulate, {size:,} events: memory", round(simulated.peak_mib, 1), "MiB")
        yield Result(f"job, {size:,} events: time", round(usage.wall_s, 2), "s", goal=LARGEST_S if largest else None)
        yield Result(f"job, {size:,} events: memory", round(usage.peak_mib), "MiB", goal=LARGEST_MIB if largest else None)
    yield from growth(usages, sizes[0], sizes[-1])
    yield from factors(setting)
    yield from beside_polars(setting, sizes[0], usages[sizes[0]])


def growth(usages: dict[int, Usage], least: int, most: int) -> Iterator[Result]:
    """What an event costs: the job is linear where that stays."""
    name = f"{least:,} events"
    times = [usages[size].wall_s / size * 1e6 for size in (most, least)]
    yield Result("job, growth: time an event", round(times[0], 2), "µs", name, round(times[1], 2), goal=LINEAR)
    bytes_ = [usages[size].peak_mib * 2**20 / size for size in (most, least)]
    yield Result("job, growth: memory an event", round(bytes_[0]), "bytes", name, round(bytes_[1]), goal=LINEAR)


def factors(setting: Setting) -> Iterator[Result]:
    """By the script that also makes the table of docs/quality.md."""
    figures = setting.work / "factors.json"
    problem, rounds = ("small", 1) if setting.small else ("simulated", 3)
    command = [sys.executable, setting.root / "scripts/als_table.py", "--only", problem, "--factors", "32", "--rounds", str(rounds)]
    subprocess.run([*command, "--json", figures], check=True, capture_output=True)
    (comparison,) = json.loads(figures.read_text())
    ours, theirs = comparison["figures"]["Martlet"], comparison["figures"]["implicit"]
    name = "implicit"
    yield Result("factors: time on two threads", round(ours["wall"], 3), "s", name, round(theirs["wall"], 3), goal=1)
    yield Result("factors: processor's time on one", round(ours["processor"], 3), "s", name, round(theirs["processor"], 3), goal=1)
    # Equal but for the standard error of so many people.
    yield Result("factors: NDCG@20", round(ours["ndcg@20"], 4), "", name, round(theirs["ndcg@20"], 4), goal=0.95, more_is_better=True)


def beside_polars(setting: Setting, size: int, whole: Usage) -> Iterator[Result]:
    shop = setting.work / f"shop-{size}"
    peers = {}
    for stretches in (4, 0):
        out = shop / f"peer-{stretches}.sqlite"
        files = [shop / "events.csv", shop / "catalogue.csv", out]
        peers[stretches] = measured([sys.executable, PEER, *files, "--past-stretches", str(stretches)])
        check_peer(out)
    name = "polars, implicit, numpy"
    for title, ours, theirs in (
        ("whole", whole, peers[4]),
        ("without rankers", build(setting, shop, WITHOUT_RANKERS), peers[0]),
        ("the same models", build(setting, shop, SAME_MODELS), peers[0]),
    ):
        title = f"job, {size:,} events, {title}"
        yield Result(f"{title}: time", round(ours.wall_s, 2), "s", name, round(theirs.wall_s, 2), goal=0.2)
        yield Result(f"{title}: memory", round(ours.peak_mib), "MiB", name, round(theirs.peak_mib))


def simulate(setting: Setting, events: int) -> tuple[Path, Usage]:
    shop = setting.work / f"shop-{events}"
    items = 1_000 if setting.small else 20_000
    command = [setting.martlet, "simulate", "--events", str(events), "--items", str(items), "--out", shop]
    return shop, measured([*command, "--categories", str(CATEGORIES)])


def build(setting: Setting, shop: Path, configuration: str) -> Usage:
    (shop / "martlet.yaml").write_text(configuration)
    command = [setting.martlet, "build", "--config", shop / "martlet.yaml", "--events", shop / "events.csv"]
    log = shop / "log"
    usage = measured([*command, "--catalogue", shop / "catalogue.csv", "--out", shop / "snapshots"], log)
    events = shop.name.removeprefix("shop-")
    assert f"{events} rows read, {events} kept" in log.read_text(), log.read_text()
    check_snapshot(setting, shop)
    return usage


def measured(command: Sequence[object], log: Path | None = None) -> Usage:
    """Runs it to its end; raises with what it said where it fails."""
    log = log or Path(os.devnull)
    with open(log, "w") as said:
        done = subprocess.run([sys.executable, USAGE, *map(str, command)], stdout=subprocess.PIPE, stderr=said)
    assert done.returncode == 0, f"{command[0]}: status {done.returncode}: {log.read_text()[-4000:]}"
    return Usage(**json.loads(done.stdout))


# MARK: What the shop is by construction: an item is followed by items of its own category, which is its number modulo the categories


def check_snapshot(setting: Setting, shop: Path) -> None:
    requests = [f"GET /recommendations?context=product&item_id=i{item}&n=1 HTTP/1.1\r\n\r\n" for item in range(CHECKED)]
    command = [setting.martlet, "answer", "--snapshots", shop / "snapshots"]
    answers = subprocess.run(command, input="".join(requests).encode(), check=True, capture_output=True).stdout
    check_followers([int(item) for item in re.findall(rb'"items":\[{"item_id":"i(\d+)"', answers)])


def check_peer(out: Path) -> None:
    with sqlite3.connect(out) as db:
        rows = [db.execute("SELECT items FROM next_item WHERE a = ?", (item,)).fetchone() for item in range(CHECKED)]
    check_followers([int(np.frombuffer(row[0], np.uint32)[0]) for row in rows])


def check_followers(followers: list[int]) -> None:
    """Of the most popular items."""
    strays = [item for item, follower in enumerate(followers) if (follower - item) % CATEGORIES]
    assert len(followers) == CHECKED and len(strays) <= CHECKED // 5, f"not followed by what was planted: {strays}"
