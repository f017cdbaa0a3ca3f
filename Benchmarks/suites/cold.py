"""The first request of a fresh process: instantiate, open, first answer, under V8 and under wasmtime with precompiled code; checking and
copying the snapshot apart."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator

from results import Result
from setting import Setting
from shops import Shop, simulated

OWN_MS_MAX, NEXT_MS_MAX = 5.0, 0.2
"""What a first request may take but for checking and copying, and what later ones may; with a base of 8 MiB."""

STEPS = {"V8": ["instantiate", "open", "answer"], "wasmtime": ["load", "instantiate", "open", "answer"]}
# Items and events that fill a base of so many MiB.
SHOPS = {1: (3_000, 60_000), 8: (30_000, 300_000), 25: (100_000, 1_000_000)}


def run(setting: Setting) -> Iterator[Result]:
    shops = {1: (2_000, 30_000)} if setting.small else SHOPS
    runs = 2 if setting.small else 21
    for budget, (items, events) in shops.items():
        shop = simulated(setting, items, events, budget)
        mib = shop.base.stat().st_size / 2**20
        assert setting.small or mib > 0.9 * budget, f"the base has {mib:.1f} of {budget} MiB"
        for engine, figures in (("V8", v8(setting, shop, runs)), ("wasmtime", wasmtime(setting, shop, runs))):
            yield from results(engine, budget, figures)


def results(engine: str, budget: int, runs: list[dict[str, float]]) -> Iterator[Result]:
    def row(name: str, milliseconds: list[float], goal: float | None = None) -> Result:
        limit = goal if budget == 8 else None
        return Result(f"cold, {engine}, {budget} MiB: {name}", round(statistics.median(milliseconds), 3), "ms", goal=limit)

    for step in [*STEPS[engine], "check", "copy"]:
        yield row(step, [times[step] for times in runs])
    yield row("all but check and copy", [sum(times[step] for step in STEPS[engine]) for times in runs], OWN_MS_MAX)
    yield row("next requests", [times["next"] for times in runs], NEXT_MS_MAX)


def v8(setting: Setting, shop: Shop, runs: int) -> list[dict[str, float]]:
    script = setting.root / "scripts/cold_start.mjs"
    command = ["node", script, shop.snapshots, "--module", setting.scorer, "--runs", str(runs), "--json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def wasmtime(setting: Setting, shop: Shop, runs: int) -> list[dict[str, float]]:
    script = setting.root / "Benchmarks/drivers/cold_wasmtime.py"
    compiled = setting.work / "scorer.cwasm"
    subprocess.run([sys.executable, script, "compile", setting.scorer, compiled], check=True)
    command = [sys.executable, script, "run", compiled, shop.snapshots]
    return [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(runs)]
