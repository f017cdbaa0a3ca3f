"""A whole answer under wasmtime's Python bindings beside redis-py's GET of a ready list of the same size; they take turns.

    python answers_wasmtime.py scorer.wasm MESSAGES REDIS-PORT ROUNDS SNAPSHOTS      prints JSON: samples in nanoseconds

MESSAGES holds request messages, one after the other. `inside` is, of the same answers, the call into the module alone, `empty_call` one
that does nothing: what the bindings themselves take. `digest` is the SHA-256 of the answers.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import redis

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from martlet_host.module import Scorer, ScorerModule  # noqa: E402
from shops import Shop, opened  # noqa: E402


class TakenApart(Scorer):
    """Remembers how long the call that answers took."""

    handled_ns = 0

    def _call(self, name: str, *arguments: int) -> int:
        if name != "martlet_handle":
            return super()._call(name, *arguments)
        started = time.perf_counter_ns()
        result = super()._call(name, *arguments)
        self.handled_ns = time.perf_counter_ns() - started
        return result

    def empty_call(self) -> None:
        self._call("martlet_abi_version")


def main() -> None:
    module, messages_path, port, rounds, snapshots = sys.argv[1:]
    scorer = opened(TakenApart(ScorerModule(module)), Shop(Path(snapshots).parent))
    # None has a body.
    messages = [head + b"\r\n\r\n" for head in Path(messages_path).read_bytes().split(b"\r\n\r\n")[:-1]]
    expected = [scorer.handle(message) for message in messages]
    bodies = [response.partition(b"\r\n\r\n")[2] for response in expected]
    cache = redis.Redis(port=int(port))
    for index, body in enumerate(bodies):
        cache.set(f"list:{index}", body)
    times: dict[str, list[int]] = {}

    def timed(name: str, work: Callable[[], object]) -> object:
        started = time.perf_counter_ns()
        result = work()
        times.setdefault(name, []).append(time.perf_counter_ns() - started)
        return result

    for round_number in range(-2, int(rounds)):
        if round_number == 0:
            times.clear()
        for message, response in zip(messages, expected):
            assert timed("whole", lambda: scorer.handle(message)) == response
            times.setdefault("inside", []).append(scorer.handled_ns)
            timed("empty_call", scorer.empty_call)
        for index, body in enumerate(bodies):
            assert timed("redis", lambda: cache.get(f"list:{index}")) == body
    digest = hashlib.sha256(b"".join(expected)).hexdigest()
    print(json.dumps(times | {"digest": digest}))


if __name__ == "__main__":
    main()
