"""What a hundred times as many items cost an answer and a snapshot, and the quality that a byte budget buys."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Iterator

from plot import Point, plot
from results import Result
from samples import in_turns, median, printed_by
from setting import Setting
from shops import ONE_STRETCH, Shop, budget_of, published, simulated, written_requests

from suites.answers import native, v8

SIZES = [10_000, 100_000, 1_000_000]
SMALL_SIZES = [1_000, 2_000, 4_000]
EVENTS_PER_ITEM = 3
GOAL = 1.3
TURNS, ROUNDS = 5, 8

LARGEST_BUDGET, SMALL_LARGEST_BUDGET = 64, 4
"""MiB; the most that hosts take. A million items do not fit into the 25 of edge stores: without any list they need 47."""

EQUAL_WORK_SOURCES = "sources: { factors: false, content: false }\n"
"""Factors of a million items have no room in the largest budget: no size has them, nor content lists, so that all do the same."""

WORK_TOLERANCE, BUDGET_TRIES, BUDGET_STEP = 0.05, 6, 1.25
FIRST_GUESS = 0.82
"""The power of the items with which the search of budgets begins: less than in proportion, as some of a snapshot is there at any size."""

BUDGETS = [4, 8, 16, 25]
QUALITY_ITEMS, QUALITY_EVENTS = 30_000, 300_000
"""As many items as the smallest budget has room for."""

RANKERS = 2
"""Learned ones: for pages that show an item and for those that do not."""


def run(setting: Setting) -> Iterator[Result]:
    sizes = SMALL_SIZES if setting.small else SIZES
    budget = SMALL_LARGEST_BUDGET if setting.small else LARGEST_BUDGET
    # One budget for all and the default sources: of a million items lists are cut short, and there is no room for factors.
    yield from growth(setting, "at equal budget", {items: shop_of(setting, items, budget, "") for items in sizes})
    yield from growth(setting, "at equal work", equal_work(setting, sizes, budget))
    yield from quality(setting)


def growth(setting: Setting, title: str, shops: dict[int, Shop]) -> Iterator[Result]:
    turns, rounds = (1, 2) if setting.small else (TURNS, ROUNDS)
    commands = {}
    for items, shop in shops.items():
        messages = requests_of(setting, shop)
        commands[items, "V8"] = v8(setting, shop, messages, rounds)
        commands[items, "native Swift"] = native(setting, shop, messages, rounds)
    measured = in_turns(commands, turns)
    smallest, largest = min(shops), max(shops)
    for items, shop in shops.items():
        assert measured[items, "V8"]["digest"] == measured[items, "native Swift"]["digest"], "the engines' answers differ"
        for engine in ("V8", "native Swift"):
            value, least = (median(measured[size, engine]["whole"]) / 1000 for size in (items, smallest))
            peer = (None, None) if items == smallest else (f"{smallest:,} items", least)
            goal = GOAL if items == largest and engine == "V8" else None
            yield Result(f"growth {title}, {engine}, {items:,} items, p50", value, "µs", *peer, goal)
        # No growth is to be read without this: shorter lists are less to do.
        work, least = (measured[size, "V8"]["work"] for size in (items, smallest))
        peer = (None, None) if items == smallest else (f"{smallest:,} items", least)
        yield Result(f"growth {title}, {items:,} items, entries and candidates of an answer, p50", work, "", *peer)
        yield from tables(setting, shop, f"growth {title}, {items:,} items", items)


def shop_of(setting: Setting, items: int, budget: float, more: str) -> Shop:
    return published(setting, items, EVENTS_PER_ITEM * items, ONE_STRETCH + budget_of(budget) + more)


def requests_of(setting: Setting, shop: Shop):
    return written_requests(setting, shop, 10 if setting.small else 400)


# MARK: Equal work


def equal_work(setting: Setting, sizes: list[int], budget: float) -> dict[int, Shop]:
    """Of the largest shop this budget; of the others the budget with which an answer looks at as many entries and candidates."""
    largest = max(sizes)
    most = shop_of(setting, largest, budget, EQUAL_WORK_SOURCES)
    wanted = work_of(setting, most)
    shops = {items: shop_of_work(setting, items, wanted, budget * (items / largest) ** FIRST_GUESS) for items in sizes if items < largest}
    return shops | {largest: most}


def shop_of_work(setting: Setting, items: int, wanted: float, budget: float) -> Shop:
    """The shop that comes closest: steps from `budget` on until two enclose the work, which grows with the budget until all lists are
    whole; then between those two, on logarithms."""
    below, above = None, None
    shops: dict[float, Shop] = {}
    for _ in range(1 if setting.small else BUDGET_TRIES):
        shop = shop_of(setting, items, budget, EQUAL_WORK_SOURCES)
        missing = math.log(wanted / work_of(setting, shop))
        shops[abs(missing)] = shop
        if abs(missing) <= WORK_TOLERANCE:
            break
        at = math.log(budget)
        below, above = ((at, missing), above) if missing > 0 else (below, (at, missing))
        if below and above:
            share = below[1] / (below[1] - above[1])
            budget = math.exp(below[0] + (above[0] - below[0]) * min(0.8, max(0.2, share)))
        else:
            budget *= BUDGET_STEP if missing > 0 else 1 / BUDGET_STEP
    return shops[min(shops)]


def work_of(setting: Setting, shop: Shop) -> float:
    return printed_by(v8(setting, shop, requests_of(setting, shop), 0))["work"]


# MARK: Bytes


def tables(setting: Setting, shop: Shop, title: str, items: int) -> Iterator[Result]:
    """Bytes of the base, and of each table that takes a fiftieth of it."""
    command = [setting.martlet, "inspect", "--json", shop.base]
    inspection = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert inspection["bytes"] == sum(table["bytes"] for table in inspection["tables"]) == shop.base.stat().st_size
    assert inspection["meta"]["items"] == str(items)
    rankers = next(table["rows"] for table in inspection["tables"] if table["name"] == "ranker")
    assert setting.small or rankers == RANKERS, f"{rankers} rankers were learned"
    yield Result(f"{title}, snapshot", inspection["bytes"], "bytes")
    for table in inspection["tables"]:
        if table["bytes"] * 50 >= inspection["bytes"]:
            yield Result(f"{title}, snapshot: {table['name']}", table["bytes"], "bytes")


# MARK: Quality


def quality(setting: Setting) -> Iterator[Result]:
    budgets = [1, 2] if setting.small else BUDGETS
    items, events = (2_000, 30_000) if setting.small else (QUALITY_ITEMS, QUALITY_EVENTS)
    figures = {budget: evaluation(setting, items, events, budget) for budget in budgets}
    best = figures[budgets[-1]]["metrics"]["mrr@20"]
    points = []
    for budget, measured in figures.items():
        mrr, (low, high) = measured["metrics"]["mrr@20"], measured["intervals"]["mrr@20"]
        assert 0 < low <= mrr <= high < 1
        points.append(Point(budget, mrr, low, high))
        yield Result(f"MRR@20 with {budget} MiB", mrr, "MRR", f"{budgets[-1]} MiB", best)
    title = f"MRR@20 by snapshot.budget, a simulated shop of {items:,} items"
    folder = setting.work if setting.small else setting.root / "docs"
    (folder / "budget.svg").write_text(plot(title, "MiB", points))


def evaluation(setting: Setting, items: int, events: int, budget: int) -> dict:
    """Visits that start in the last tenth, asked of a snapshot of what was before."""
    data = simulated(setting, items, events)
    configuration, report = data.folder / f"{budget}.yaml", data.folder / f"{budget}.json"
    configuration.write_text(ONE_STRETCH + budget_of(budget))
    command = [setting.martlet, "evaluate", "--quiet", "--config", configuration, "--events", data.events]
    command += ["--catalogue", data.catalogue, "--holdout", "10%", "--k", "20", "--json", report]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads(report.read_text())
