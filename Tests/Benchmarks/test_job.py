"""The job at sizes of seconds: every build right, every peer's too."""

from __future__ import annotations

import pytest
from suites import job


def test_small_version(setting):
    results = {result.name: result for result in job.run(setting)}
    assert all(result.value > 0 for result in results.values())
    assert results["job, growth: time an event"].peer == "10,000 events"
    beside = [result for name, result in results.items() if name.startswith("job, 10,000 events, ") and name.endswith("time")]
    assert [result.peer for result in beside] == ["polars, implicit, numpy"] * 3
    assert results["factors: NDCG@20"].peer_value > 0


def test_followers_are_of_the_same_category():
    planted = [item + job.CATEGORIES for item in range(job.CHECKED)]
    job.check_followers(planted)
    with pytest.raises(AssertionError, match="not followed"):
        job.check_followers([item + 1 for item in planted])


def test_a_process_that_fails_says_why(tmp_path):
    with pytest.raises(AssertionError, match="status 2: .*nothing there"):
        job.measured(["sh", "-c", "echo nothing there; exit 2"], tmp_path / "log")
