"""What a benchmark says: a figure, its peer's, their ratio, and whether the goal is met."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

MORE_IS_BETTER = ("1/s", "MRR", "NDCG")
"""Units whose goals bound from below; of all others less is better."""


@dataclass(frozen=True)
class Result:
    """One row of `results.json`, not rounded.

    The goal bounds `ratio`, which is `value / peer_value`, or, where there is no peer, the value itself. None stands for what does not
    apply.
    """

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    goal: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.peer_value is None else self.value / self.peer_value

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        return figure >= self.goal if self.unit in MORE_IS_BETTER else figure <= self.goal

    def row(self) -> dict:
        """As it is written and printed: rounded, but for `met`, which is of the exact figures."""
        return {
            "name": self.name, "value": rounded(self.value), "unit": self.unit,
            "peer": self.peer, "peer_value": rounded(self.peer_value),
            "ratio": None if self.ratio is None else round(self.ratio, 3), "goal": self.goal, "met": self.met,
        }  # fmt: skip


def rounded(value: float | None) -> float | None:
    """Fractions to four digits that count; whole numbers as they are."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def write(rows: list[dict], path: Path) -> None:
    """All or nothing: a run that is ended while it writes leaves what was there."""
    whole = path.with_name(path.name + ".new")
    whole.write_text("[\n" + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")
    os.replace(whole, path)


def table(rows: list[dict]) -> str:
    """The same as Markdown."""
    lines = ["| Benchmark | Value | Peer | Peer's value | Ratio | Goal | Met |", "|---|---:|---|---:|---:|---:|---|"]
    for row in rows:
        sign = "≥" if row["unit"] in MORE_IS_BETTER else "≤"
        cells = [
            row["name"], _figure(row["value"], row["unit"]), row["peer"] or "", _figure(row["peer_value"], row["unit"]),
            "" if row["ratio"] is None else f"{row['ratio']:.3f}",
            "" if row["goal"] is None else f"{sign} {row['goal']:g}",
            {None: "", True: "yes", False: "no"}[row["met"]],
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,} {unit}".strip() if isinstance(value, int) else f"{value:g} {unit}".strip()
