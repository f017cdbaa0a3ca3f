"""What a hundred times as many items cost an answer and a snapshot, and the quality that a byte budget buys."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

from plot import Point, plot
from results import Result
from setting import Setting
from shops import Shop, configured, simulated, simulated_data

from suites.answers import native, v8, written_requests

SIZES = {10_000: 1.47, 100_000: 9.2, 1_000_000: 64}
"""Items, and MiB with which an answer looks at about as many entries and candidates at each size: 64 is the most that hosts take, and cuts the
lists of a million items short."""

SMALL_SIZES = {1_000: 1, 2_000: 1, 4_000: 2}
EVENTS_PER_ITEM = 3

SOURCES = "sources: { factors: false, content: false }\n"
"""Factors of a million items would be beyond the largest budget, and finding what is like each by its attributes takes minutes: no size has
either, so that all do the same."""

BUDGETS = [4, 8, 16, 25]
QUALITY_ITEMS, QUALITY_EVENTS = 30_000, 300_000
"""As many items as the smallest budget has room for."""

RANKERS = 2
"""Learned ones: for pages that show an item and for those that do not."""


def run(setting: Setting) -> Iterator[Result]:
    yield from growth(setting)
    yield from quality(setting)


def growth(setting: Setting) -> Iterator[Result]:
    sizes = SMALL_SIZES if setting.small else SIZES
    smallest, largest = min(sizes), max(sizes)
    first: dict[str, float] = {}
    for items, budget in sizes.items():
        shop = simulated(setting, items, EVENTS_PER_ITEM * items, budget, SOURCES)
        messages = written_requests(setting, shop, 10 if setting.small else 400)
        rounds = 2 if setting.small else 25
        engines = {"V8": v8(setting, shop, messages, rounds), "native Swift": native(setting, shop, messages, rounds)}
        assert len({figures["digest"] for figures in engines.values()}) == 1, "the engines' answers differ"
        for engine, figures in engines.items():
            value = round(figures["whole"]["p50"] / 1000, 2)
            goal = 1.3 if items == largest and engine == "V8" else None
            peer = f"{smallest:,} items" if engine in first else None
            yield Result(f"whole answer, {engine}, {items:,} items, p50", value, "µs", peer, first.get(engine), goal)
            first.setdefault(engine, value)
        # No growth is to be read without this: shorter lists are less to do.
        yield Result(f"entries and candidates of an answer, {items:,} items, p50", engines["V8"]["work"], "")
        yield from tables(setting, shop, items)


def tables(setting: Setting, shop: Shop, items: int) -> Iterator[Result]:
    """Bytes of the base, and of each table that takes a fiftieth of it."""
    command = [setting.martlet, "inspect", "--json", shop.base]
    inspection = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    assert inspection["bytes"] == sum(table["bytes"] for table in inspection["tables"]) == shop.base.stat().st_size
    assert inspection["meta"]["items"] == str(items)
    rankers = next(table["rows"] for table in inspection["tables"] if table["name"] == "ranker")
    assert setting.small or rankers == RANKERS, f"{rankers} rankers were learned"
    yield Result(f"snapshot of {items:,} items", inspection["bytes"], "bytes")
    for table in inspection["tables"]:
        if table["bytes"] * 50 >= inspection["bytes"]:
            yield Result(f"snapshot of {items:,} items: {table['name']}", table["bytes"], "bytes")


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
        yield Result(f"MRR@20 with {budget} MiB", round(mrr, 4), "", f"{budgets[-1]} MiB", round(best, 4))
    title = f"MRR@20 by snapshot.budget, a simulated shop of {items:,} items"
    folder = setting.work if setting.small else setting.root / "docs"
    (folder / "budget.svg").write_text(plot(title, "MiB", points))


def evaluation(setting: Setting, items: int, events: int, budget: int) -> dict:
    """Visits that start in the last tenth, asked of a snapshot of what was before."""
    data = simulated_data(setting, items, events)
    configuration, report = data.folder / f"{budget}.yaml", data.folder / f"{budget}.json"
    configuration.write_text(configured(budget))
    command = [setting.martlet, "evaluate", "--quiet", "--config", configuration, "--events", data.events]
    command += ["--catalogue", data.catalogue, "--holdout", "10%", "--k", "20", "--json", report]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads(report.read_text())
