"""The job at sizes of seconds: every build right, every peer's too."""

from __future__ import annotations

import pytest
from suites import job
from suites.job import Usage


def test_small_version(setting):
    results = {result.name: result for result in job.run(setting)}
    assert results["job, 40,000 events: time"].value > 0
    beside = [result for name, result in results.items() if name.startswith("job, 20,000 events, ") and name.endswith("time")]
    assert [result.peer for result in beside] == ["polars, implicit, numpy"] * 3
    assert results["factors: NDCG@20"].peer_value > 0


def test_growth_leaves_out_what_every_job_costs():
    """30 s for each, and 1 µs an event up to three million, 2 µs from there on."""
    usages = {1_000_000: Usage(31, 500), 3_000_000: Usage(33, 500), 10_000_000: Usage(47, 500)}
    time = next(iter(job.growth("job", usages)))
    assert time.value == pytest.approx(2) and time.peer_value == pytest.approx(1) and not time.met


def test_followers_are_of_the_same_category():
    planted = [item + job.CATEGORIES for item in range(job.CHECKED)]
    job.check_followers(planted)
    with pytest.raises(AssertionError, match="not followed"):
        job.check_followers([item + 1 for item in planted])


def test_a_process_that_fails_says_why(tmp_path):
    with pytest.raises(AssertionError, match="status 2: .*nothing there"):
        job.measured(["sh", "-c", "echo nothing there; exit 2"], tmp_path / "log")
