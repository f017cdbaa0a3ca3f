"""Where a run of the benchmarks works, and the shops that its suites share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setting:
    root: Path
    """Of the checkout."""
    work: Path
    """A scratch directory that ends with the run."""
    small: bool
    """Sizes that take seconds."""

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
