"""No request and no base costs more than a stated multiple of what is usual, counted in wasmtime's fuel: steps of the module, the
same on every machine. docs/fuzzing.md states the multiples."""

from __future__ import annotations

from budget import ANSWER_MULTIPLE, OPEN_MULTIPLE, ROOT, scorer_of
from costly_requests import asked
from extreme_shop import LARGE, Size, extreme_base
from crowded_files import crowded_base
from fuel import MeteredScorer

import pytest


@pytest.mark.parametrize(
    "options", [{}, {"boosts": False}, {"names": False}, {"names": False, "boosts": False}],
    ids=["all", "names", "boosts", "lists"])
def test_no_request_costs_more_than_the_multiple(options, usual, shop, figures):
    scorer = scorer_of(extreme_base(shop, **options))
    assert scorer.used <= OPEN_MULTIPLE * usual[1]
    used = asked(scorer)
    name = max(used, key=used.get)
    figures["fuel of a usual answer"] = usual[0]
    figures["most fuel of a request to a hostile snapshot"] = max(
        figures["most fuel of a request to a hostile snapshot"], used[name])
    assert used[name] <= ANSWER_MULTIPLE * usual[0], f"{name}: {used[name] / usual[0]:.1f} times a usual answer"


def test_requests_to_an_ordinary_shop(usual, shop, figures):
    used = asked(scorer_of(shop))
    figures["most fuel of a hostile request to an ordinary shop"] = max(used.values())
    name = max(used, key=used.get)
    assert used[name] <= ANSWER_MULTIPLE * usual[0], f"{name}: {used[name] / usual[0]:.1f} times a usual answer"


@pytest.mark.parametrize(
    ("crowd", "opens"),
    [({"views": 200}, True), ({"facts": 200}, True), ({"views": 200, "facts": 200}, True), ({"views": 20_000}, False), ({"facts": 100_000}, False)])
def test_opening_a_crowded_file(crowd, opens, usual, shop, figures):
    scorer = MeteredScorer(ROOT / "dist" / "scorer.wasm")
    problem = scorer.open("base", crowded_base(shop, **crowd))
    assert (not problem) == opens, problem
    figures["most fuel of opening a crowded file"] = max(figures["most fuel of opening a crowded file"], scorer.used)
    assert scorer.used <= OPEN_MULTIPLE * usual[1], f"{scorer.used / usual[1]:.1f} times a usual opening"
