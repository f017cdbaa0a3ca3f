"""The soak test in small: `make soak` runs it over millions of requests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import soak
from builds import MODULE

REQUESTS = 12_000


@pytest.fixture(scope="module")
def generations(tmp_path_factory) -> list[Path]:
    return soak.build_generations(tmp_path_factory.mktemp("soak"))


def test_memory_stays_flat_and_answers_right(generations, tmp_path):
    lines = asyncio.run(soak.soak(REQUESTS, generations, tmp_path))
    assert "held against native: 200" in lines[1] and "swaps: 6" in lines[1]


@pytest.mark.parametrize("engine", soak.JAVASCRIPT)
def test_the_worker_stays_flat_and_answers_right(engine, generations, tmp_path):
    lines = soak.soak_the_worker(engine, REQUESTS, generations, tmp_path)
    assert "swaps: 6" in lines[1] and "held against native: 200" in lines[1]
    assert [line.partition(":")[0] for line in lines[2:]] == ["heap", "resident", "module"]


def test_an_answer_that_is_not_the_scorers_is_found(generations):
    """What the soak test holds answers against can tell."""
    message = b"GET /recommendations?n=3 HTTP/1.1\r\nMartlet-Region: R1\r\n\r\n"
    with pytest.raises(soak.Failed, match="and natively"):
        soak.check_against_native(generations[0], [(message, b"HTTP/1.1 200 OK\r\n\r\n")])


GROWTHS = [("module", 0, "most 7.00"), ("module", 20_000, None), ("heap", 0, "least 5.00"), ("heap", 60_000, None)]


@pytest.mark.parametrize(("kind", "bytes_a_sample", "found"), GROWTHS)
def test_memory_that_grows_is_found(kind, bytes_a_sample, found):
    samples = [(5 << 20) + (1 << 20) * (number % 3) + number * bytes_a_sample for number in range(200)]
    memory = soak.Memory(kind, 1_000_000, samples)
    if found:
        assert f"at {found} MiB in the first half" in memory.check()
    else:
        with pytest.raises(soak.Failed):
            memory.check()
