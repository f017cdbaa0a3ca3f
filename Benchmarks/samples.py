"""Samples that drivers take in turns: pooled over the turns, and their quantiles."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def quantile(samples: Sequence[float], share: float) -> float:
    """The sample with as large a share of all below it."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(samples: Sequence[float]) -> float:
    return quantile(samples, 0.5)


def in_turns(commands: Mapping[Key, Sequence[object]], turns: int) -> dict[Key, dict]:
    """What drivers print, each turn a process of its own and short, so that whatever else the machine does falls on all of them.

    A driver prints a JSON object. Its lists, which are samples, are joined; all else has to be the same in every turn.
    """
    pooled: dict[Key, dict] = {}
    for _ in range(turns):
        for key, command in commands.items():
            printed = printed_by(command)
            pooled[key] = _joined(pooled[key], printed, command) if key in pooled else printed
    return pooled


def printed_by(command: Sequence[object]) -> dict:
    done = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def _joined(earlier: dict, later: dict, command: Sequence[object]) -> dict:
    assert earlier.keys() == later.keys()
    for name, value in later.items():
        if isinstance(value, list):
            earlier[name] += value
        else:
            assert value == earlier[name], f"{command[0]}: {name} was {earlier[name]} and is {value}"
    return earlier
