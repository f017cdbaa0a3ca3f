"""SECURITY.md names tests that are there."""

from __future__ import annotations

import re

import pytest
from builds import ROOT

TEXT = (ROOT / "SECURITY.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:Tests|wasm-host)/[^`]+)`", TEXT)))
LINKED = sorted(set(re.findall(r"\]\(([^)#]+)", TEXT)))


def test_it_names_some():
    assert len(NAMED) > 30 and len(LINKED) > 4


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_is_there(named):
    path, _, name = named.partition("::")
    assert (ROOT / path).exists()
    assert not name or re.search(rf"\b(def|func) {name}\(", (ROOT / path).read_text())


@pytest.mark.parametrize("linked", LINKED)
def test_a_page_that_is_linked_is_there(linked):
    assert (ROOT / linked).is_file()


def test_every_row_of_a_check_names_a_test():
    section = TEXT.partition("## What each boundary checks")[2].partition("## Out of scope")[0]
    rows = [line for line in section.splitlines() if line.startswith("|") and not line.startswith(("| check", "|---"))]
    assert len(rows) > 25
    for row in rows:
        assert re.search(r"`(Tests|wasm-host)/", row.rpartition(" | ")[2]), row


def test_what_it_says_of_make_is_what_make_runs():
    makefile = (ROOT / "Makefile").read_text()
    assert re.findall(r"hostile\.py --rounds (\d+)( --engine wasm32)?", makefile) == [("10000000", ""), ("1000000", " --engine wasm32")]
    assert "ten million random and mutated ones natively, a million in wasm32" in TEXT
    for target in re.findall(r"`make (\w+)`", TEXT):
        assert re.search(rf"^{target}:", makefile, re.M), target
