"""A trap of the scorer is contained: one answer that says so, a new instance, and the next request as if nothing had been.

The module is the scorer itself, made to fail at will; what it answers between its failures is held against the untouched one.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from builds import MODULE
from edge import WORKER, Edge, build_shop, running_deno, running_edge, static_list
from local_process import serving
from trapping_scorer import FAULTS, write_trapping_scorer

ASKS = [
    f"/recommendations?n={n}&context={context}&time=1701000000"
    for n, context in enumerate(["homepage", "product&item_id=tea", "cart&cart=beans", "category&category=Kitchen", "search&q=cup"], 2)
]
REGIONS = ("North", "South", "Faroe Islands", "Nowhere")


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory) -> Path:
    return build_shop(tmp_path_factory.mktemp("traps"))


@pytest.fixture(scope="module")
def trapping(tmp_path_factory) -> Path:
    return write_trapping_scorer(MODULE, tmp_path_factory.mktemp("trapping") / "scorer.wasm")


@contextlib.contextmanager
def local_host(snapshots, module, _):
    command = [sys.executable, "-m", "martlet_host", "--snapshots", snapshots, "--module", module, "--port", "0"]
    with serving([*command, "--region-header", "X-Region", "--allow-overrides"]) as server:
        yield Edge(server.address, server.log, server.process)


def node(snapshots, module, _):
    return running_edge(snapshots, "--region-header", "X-Region", "--allow-overrides", module=module)


@contextlib.contextmanager
def deno(snapshots, module, folder):
    """The entry takes the module from beside it."""
    for part in ("src", "deno"):
        shutil.copytree(WORKER / part, folder / "worker" / part)
    (folder / "worker" / "assets").mkdir()
    shutil.copy(module, folder / "worker" / "assets" / "scorer.wasm")
    (folder / "worker" / "assets" / "fallback.json").write_bytes(static_list(snapshots))
    with running_deno(snapshots, folder / "cache", folder / "worker", ALLOW_OVERRIDES="1") as edge:
        yield edge


HOSTS = {"wasmtime": local_host, "node": node, "deno": deno}


def answers(edge: Edge) -> dict[tuple[str, str], bytes]:
    return {(ask, region): edge.ask(ask, X_Region=region).body for ask in ASKS for region in REGIONS}


@pytest.fixture(scope="module")
def expected(snapshots) -> dict[tuple[str, str], bytes]:
    """What the untouched scorer answers."""
    with node(snapshots, MODULE, None) as edge:
        known = answers(edge)
    assert len(set(known.values())) > 10 and all(json.loads(body)["items"] for body in known.values())
    return known


@pytest.mark.parametrize("host", HOSTS)
def test_one_answer_is_lost_and_nothing_else(host, snapshots, trapping, expected, tmp_path):
    status = 500 if host == "wasmtime" else 503
    faults = [*FAULTS, "loop"] if host == "wasmtime" else FAULTS
    with HOSTS[host](snapshots, trapping, tmp_path) as edge:
        assert answers(edge) == expected

        def fails(fault: str) -> None:
            answer = edge.ask(f"/{fault}", X_Region="North")
            assert answer.status == status, fault
            assert answer.headers["content-type"] == "application/problem+json"
            problem = json.loads(answer.body)
            assert problem["status"] == status and "scorer failed" in problem["detail"]

        for fault in faults:
            fails(fault)
            for (ask, region), body in list(expected.items())[:8]:
                assert edge.ask(ask, X_Region=region).body == body, f"after {fault}"
        # Many at once: whoever breaks an instance harms nobody who asks at the same time or waits for the next one.
        visits = [*expected.items()] * 5
        with ThreadPoolExecutor(16) as pool:
            broken = [pool.submit(fails, FAULTS[number % len(FAULTS)]) for number in range(30)]
            asked = [pool.submit(edge.ask, ask, X_Region=region) for (ask, region), _ in visits]
            for failure in broken:
                failure.result()
            right = 0
            for ((ask, region), body), answer in zip(visits, asked):
                answer = answer.result()
                right += answer.body == body and answer.degraded is None
                # A worker that has no instance at this moment says so, and answers with its list.
                assert answer.body == body or host != "wasmtime" and answer.degraded == "the scorer failed", (ask, region)
        assert right == len(visits) if host == "wasmtime" else right >= len(visits) // 2, f"{right} of {len(visits)}"
        # After the last fault all of them are, and not the first alone.
        for _ in range(3):
            assert answers(edge) == expected


@pytest.mark.parametrize("host", ["node", "deno"])
def test_a_call_that_never_returns_is_seen_at_healthz(host, snapshots, trapping, tmp_path):
    """Nothing in a process of one's own ends it: what asks from the outside gets no answer, and may end the process."""
    with HOSTS[host](snapshots, trapping, tmp_path) as edge:
        assert edge.ask("/healthz").status == 200
        for path in ("/loop", "/healthz"):
            with pytest.raises(TimeoutError):
                urllib.request.urlopen(edge.address + path, timeout=2)
        edge.process.kill()
        assert edge.process.wait(10) != 0


@pytest.mark.parametrize("host", HOSTS)
def test_a_session_outlives_the_instance(host, snapshots, trapping, tmp_path):
    """It travels with the visitor: a new instance knows as much of it as the one that failed."""
    with HOSTS[host](snapshots, trapping, tmp_path) as edge:
        cookie = None
        for number, (fault, item) in enumerate(zip(FAULTS, ["tea", "teapot", "cup", "beans", "lamp"]), 1):
            said = {"Cookie": cookie} if cookie else {}
            answer = edge.ask("/events", json.dumps({"event": "view", "item_id": item}).encode(), **said)
            assert answer.status == 200, answer.body
            cookie = re.match(r"martlet_session=[^;]+", answer.headers["set-cookie"])[0]
            before = json.loads(edge.ask("/session", Cookie=cookie).body)["signals"]
            assert edge.ask(f"/{fault}", Cookie=cookie).status in (500, 503)
            after = json.loads(edge.ask("/session", Cookie=cookie).body)["signals"]
            assert after == before and len(after) == number
