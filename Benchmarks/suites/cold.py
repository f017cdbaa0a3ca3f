"""The first request of a fresh process: instantiate, open, first answer, under V8 and under wasmtime with precompiled code; checking and
copying the snapshot apart. The questions are those of `answers`, of the base alone; engines and sizes take turns."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from results import Result
from samples import median, printed_by, quantile
from setting import Setting
from shops import ONE_STRETCH, Shop, budget_of, published, written_requests

from suites.answers import DRIVERS, whole_shop

OWN_MS_MAX, NEXT_MS_MAX = 5.0, 0.2
"""What a first request may take but for checking and copying, and what later ones may; with a base of 8 MiB."""

STEPS = {"V8": ["instantiate", "open", "answer"], "wasmtime": ["load", "instantiate", "open", "answer"]}
LATER = {"call": "next calls into the module", "next": "next requests through the worker"}
"""The second has the host's part in it, and there is one in V8 alone."""
TURNS = 21


def run(setting: Setting) -> Iterator[Result]:
    shops = shops_of(setting)
    for budget, shop in shops.items():
        mib = shop.base.stat().st_size / 2**20
        assert setting.small or mib > 0.9 * budget, f"the base has {mib:.1f} of {budget} MiB"
    runs = measured(setting, shops)
    for (budget, engine), figures in runs.items():
        yield from results(engine, budget, figures)


def shops_of(setting: Setting) -> dict[int, Shop]:
    """By MiB of the base: a small shop, and those of `answers`."""
    if setting.small:
        return {1: whole_shop(setting, 8)}
    small = published(setting, 3_000, 60_000, ONE_STRETCH + budget_of(1))
    return {1: small} | {budget: whole_shop(setting, budget) for budget in (8, 25)}


def measured(setting: Setting, shops: dict[int, Shop]) -> dict[tuple[int, str], list[dict]]:
    wasmtime = DRIVERS / "cold_wasmtime.py"
    compiled = setting.work / "scorer.cwasm"
    subprocess.run([sys.executable, wasmtime, "compile", setting.scorer, compiled], check=True)
    v8 = setting.root / "scripts/cold_start.mjs"
    commands = {}
    for budget, shop in shops.items():
        messages = written_requests(setting, shop, 40)
        options = ["--module", setting.scorer, "--messages", messages, "--runs", 1, "--json"]
        commands[budget, "V8"] = ["node", v8, shop.snapshots, *options]
        commands[budget, "wasmtime"] = [sys.executable, wasmtime, "run", compiled, shop.snapshots, messages]
    runs: dict[tuple[int, str], list[dict]] = {key: [] for key in commands}
    for _ in range(2 if setting.small else TURNS):
        for key, command in commands.items():
            runs[key] += printed_by(command)
    for budget in shops:
        digests = {run["digest"] for engine in STEPS for run in runs[budget, engine]}
        assert len(digests) == 1, f"{budget} MiB: the engines' first answers differ"
    return runs


def results(engine: str, budget: int, runs: list[dict]) -> Iterator[Result]:
    def row(name: str, milliseconds: float, goal: float | None = None) -> Result:
        return Result(f"cold, {engine}, {budget} MiB: {name}", milliseconds, "ms", goal=goal if budget == 8 else None)

    for step in [*STEPS[engine], "check", "copy"]:
        yield row(step, median([times[step] for times in runs]))
    own = [sum(times[step] for step in STEPS[engine]) for times in runs]
    yield row("all but check and copy, p50", median(own), OWN_MS_MAX)
    yield row("all but check and copy, p99", quantile(own, 0.99))
    for step, name in LATER.items():
        if step in runs[0]:
            yield row(f"{name}, p50", median([times[step] for times in runs]), NEXT_MS_MAX)
