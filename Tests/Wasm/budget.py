"""What costs are held against: the multiples that docs/fuzzing.md states."""

from __future__ import annotations

from pathlib import Path

from fuel import MeteredScorer

ROOT = Path(__file__).resolve().parents[2]
ANSWER_MULTIPLE = 80
"""Of a usual answer: 20 items of a simulated shop for a session of ten signals."""
OPEN_MULTIPLE = 16
"""Of the opening of the simulated shop's base."""
CATEGORY_FUEL = 2400
"""What each category adds to an opening: there may be 65,535."""


def scorer_of(base: bytes) -> MeteredScorer:
    scorer = MeteredScorer(ROOT / "dist" / "scorer.wasm")
    problem = scorer.open("base", base)
    assert not problem, problem
    return scorer
