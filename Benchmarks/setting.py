"""Where a run of the benchmarks works, and what it is to measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEED = 2
"""Of the simulated shops. Nothing was profiled or tuned on the shops of this one; development uses 1."""


@dataclass(frozen=True)
class Setting:
    root: Path
    """Of the checkout."""
    work: Path
    """A scratch directory that ends with the run."""
    small: bool
    """Sizes that take seconds."""
    seed: int = SEED

    @property
    def martlet(self) -> Path:
        return self.root / "dist/martlet"

    @property
    def scorer(self) -> Path:
        return self.root / "dist/scorer.wasm"

    @property
    def built(self) -> Path:
        """The executables of the benchmarks' own package."""
        return self.root / "Benchmarks/.build/release"
