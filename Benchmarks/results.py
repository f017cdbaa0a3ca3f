"""What a benchmark says: a figure, its peer's, their ratio, and whether the goal is met."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One row of `results.json`.

    `ratio` is `value / peer_value`, rounded to three places; the goal bounds it from above, or from below where `more_is_better`. Where
    there is no peer, the goal bounds the value itself. None stands for what does not apply.
    """

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    goal: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        return None if self.peer_value is None else round(self.value / self.peer_value, 3)

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        return figure >= self.goal if self.more_is_better else figure <= self.goal

    def row(self) -> dict:
        return {
            "name": self.name, "value": self.value, "unit": self.unit, "peer": self.peer, "peer_value": self.peer_value,
            "ratio": self.ratio, "goal": self.goal, "met": self.met,
        }  # fmt: skip


def write(results: list[Result], path: Path) -> None:
    path.write_text("[\n" + ",\n".join("  " + json.dumps(result.row()) for result in results) + "\n]\n")


def table(results: list[Result]) -> str:
    """The same as Markdown."""
    lines = ["| Benchmark | Value | Peer | Peer's value | Ratio | Goal | Met |", "|---|---:|---|---:|---:|---:|---|"]
    for result in results:
        row = result.row()
        sign = "≥" if result.more_is_better else "≤"
        goal = "" if result.goal is None else f"{sign} {result.goal:g}"
        met = {None: "", True: "yes", False: "no"}[result.met]
        peer_value = "" if result.peer_value is None else f"{result.peer_value:g} {result.unit}"
        ratio = "" if result.ratio is None else f"{result.ratio:.3f}"
        lines.append(
            f"| {result.name} | {result.value:g} {result.unit} | {row['peer'] or ''} | {peer_value} | {ratio} | {goal} | {met} |"
        )
    return "\n".join(lines)
