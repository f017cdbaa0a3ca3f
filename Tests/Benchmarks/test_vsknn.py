"""VSKNN beside Martlet on a simulated shop's sessions, and what its answers are by construction."""

from __future__ import annotations

from peers.vsknn import VSKNN, questions_of
from suites import vsknn


def test_small_version(setting):
    speed, slowest, quality = vsknn.run(setting)
    assert min(speed.value, speed.peer_value, slowest.value, slowest.peer_value) > 0
    assert 0 < quality.value < 1 and 0 < quality.peer_value < 1


def test_the_newest_item_weighs_most_and_is_no_answer():
    model = VSKNN([["a", "x"], ["b", "y"], ["b", "y"], ["c", "z"]])
    assert model.recommend(["a", "b"], 20) == ["y", "a", "x"]
    assert model.recommend(["b", "a"], 20) == ["b", "y", "x"]
    assert model.recommend(["c", "unknown"], 20) == ["c", "z"]
    assert model.recommend(["unknown"], 20) == []


def test_every_event_but_the_first_is_asked_for():
    assert questions_of([["a", "b", "c"], ["d"]]) == [(["a"], "b"), (["a", "b"], "c")]


def test_what_comes_next_counts_by_its_rank():
    questions = [(["a"], "x"), (["b"], "y")]
    assert vsknn.reciprocal_rank(questions, [["z", "x"], ["z"]]) == 0.25
