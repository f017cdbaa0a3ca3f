"""Tokens and event bodies that nobody sane would send: the scorer takes or refuses each, the same in every engine, and does not
grow. `make hostile` feeds it fifty times as many."""

from __future__ import annotations

import pytest
from hostile import GROWTH_BYTES_MAX, NativeScorer, WasmScorer, base_of_shop, feed

NATIVE_ROUNDS = 200_000
WASM_ROUNDS = 50_000
SEED = 1


@pytest.fixture(scope="module")
def base() -> bytes:
    return base_of_shop()


def test_nothing_traps_and_nothing_grows(native_path, base, figures):
    outcome, growth = feed(NativeScorer(native_path, base), SEED, NATIVE_ROUNDS)
    assert outcome.failures == 0 and growth <= GROWTH_BYTES_MAX
    # Mutations near enough to good input reach the readers' depths.
    assert outcome.tokens_accepted > NATIVE_ROUNDS / 50 and outcome.bodies_accepted > NATIVE_ROUNDS / 50
    assert outcome.tokens_refused > NATIVE_ROUNDS / 10 and outcome.bodies_refused > NATIVE_ROUNDS / 10
    figures["hostile tokens accepted"] = outcome.tokens_accepted
    figures["hostile tokens refused"] = outcome.tokens_refused
    figures["hostile event bodies accepted"] = outcome.bodies_accepted
    figures["hostile event bodies refused"] = outcome.bodies_refused


def test_wasm32_answers_the_same(native_path, wasm_path, base):
    scorers = [NativeScorer(native_path, base), WasmScorer(wasm_path, base)]
    outcomes = [feed(scorer, SEED + 10**9, WASM_ROUNDS) for scorer in scorers]
    assert outcomes[0][0] == outcomes[1][0]
    assert outcomes[1][1] == 0
