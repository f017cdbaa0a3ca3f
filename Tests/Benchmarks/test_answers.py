"""Whole answers, growth, kernels and cold starts, small."""

from __future__ import annotations

import dataclasses
import xml.etree.ElementTree

import plot
import pytest
import shops
from suites import answers, cold, growth, kernels


@pytest.mark.parametrize("suite", [answers, growth, kernels, cold], ids=lambda suite: suite.__name__)
def test_small_version(suite, setting):
    results = list(suite.run(setting))
    assert results and all(result.value > 0 for result in results)
    assert all((result.peer is None) == (result.peer_value is None) for result in results)
    assert len({(result.name, result.peer) for result in results}) == len(results)


def test_an_answer_that_is_short_is_refused():
    response = b'HTTP/1.1 200 OK\r\n\r\n{"items":[{"item_id":"a"}],"signals":10}'
    with pytest.raises(AssertionError, match="1 items"):
        shops.check_answer(response)


def test_budgets_are_found_by_the_work_that_they_bring(setting, monkeypatch):
    """Work that grows steeply at first, and not at all beyond 2 MiB; a shop is its budget here."""
    monkeypatch.setattr(growth, "shop_of", lambda setting, items, budget, more: budget)
    monkeypatch.setattr(growth, "work_of", lambda setting, budget: 400 * min(budget, 2) ** 3)
    large = dataclasses.replace(setting, small=False)
    for first in (0.9, 1.5, 2.5):
        budget = growth.shop_of_work(large, 10_000, 1_500, first)
        assert 400 * budget**3 == pytest.approx(1_500, rel=growth.WORK_TOLERANCE + 0.01)
    assert growth.shop_of_work(large, 10_000, 9_000, 1.5) >= 2, "the closest that there is"


def test_plot_places_points_by_value():
    picture = plot.plot("A & B", "MiB", [plot.Point(1, 0.2, 0.1, 0.3), plot.Point(2, 0.4, 0.3, 0.5)])
    root = xml.etree.ElementTree.fromstring(picture)
    circles = [element for element in root if element.tag.endswith("circle")]
    (x1, y1), (x2, y2) = [(float(circle.get("cx")), float(circle.get("cy"))) for circle in circles]
    assert x2 - plot.LEFT == 2 * (x1 - plot.LEFT) and y2 < y1
    assert x2 == plot.WIDTH - plot.RIGHT
