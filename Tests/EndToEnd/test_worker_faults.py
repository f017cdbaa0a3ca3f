"""What can go wrong between an origin and a worker: no request fails, and the log says what happened."""

from __future__ import annotations

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import wasmtime
from builds import ROOT
from edge import Origin, build_shop, running_edge, static_list

pytestmark = pytest.mark.usefixtures("node")

ASKS = "/recommendations?context=homepage&n=3"
# Short, so that tests see several refreshes; a worker in production looks once a minute.
OPTIONS = ("--refresh-seconds", "0.2", "--load-seconds", "2", "--first-wait-ms", "1000", "--region-header", "X-Region")


@pytest.fixture(scope="session")
def generations(tmp_path_factory):
    return [build_shop(tmp_path_factory.mktemp(f"edge-{number}"), number) for number in (1, 2)]


@pytest.fixture(scope="session")
def fallback(generations, tmp_path_factory):
    path = tmp_path_factory.mktemp("fallback") / "fallback.json"
    path.write_bytes(static_list(generations[0]))
    return path


@pytest.fixture
def origin():
    made = Origin()
    yield made
    made.close()


@pytest.fixture
def edge(origin, fallback):
    with running_edge(origin.address, *OPTIONS, "--fallback", fallback) as made:
        yield made


def is_from_the_static_list(answer, fallback) -> bool:
    listed = [item["item_id"] for item in json.loads(fallback.read_bytes())["items"]]
    return answer.status == 200 and answer.degraded == "no snapshot" and answer.items == listed[:3]


def is_recommendation(answer, generation: str) -> bool:
    good = answer.status == 200 and answer.degraded is None and len(answer.items) == 3
    return good and json.loads(answer.body)["generation"] == generation


def asks_until(edge, generation: str) -> None:
    """Every answer on the way is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        answer = edge.ask(ASKS)
        assert answer.status == 200
        if json.loads(answer.body).get("generation") == generation and answer.degraded is None:
            return
        time.sleep(0.05)
    raise AssertionError(f"{generation} was not taken over:\n{edge.log.read_text()[-4000:]}")


def damage(files: dict[str, bytes], name: str, how: str) -> None:
    content = files[name]
    if how == "truncated":
        files[name] = content[:-1000]
    elif how == "wrong hash":
        files[name] = content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]
    elif how == "missing":
        del files[name]


def test_without_a_manifest_the_static_list_answers_until_there_is_one(edge, origin, generations, fallback):
    assert is_from_the_static_list(edge.ask(ASKS), fallback)
    assert edge.waits_for("generation_not_served") | {"time": 0} == {
        "time": 0, "event": "generation_not_served", "reason": "manifest.json: not there", "serving": None,
    }  # fmt: skip
    line = edge.waits_for("request")
    assert (line["status"], line["degraded"], line["generation"]) == (200, "no snapshot", None)
    generation = origin.publish(generations[0])
    asks_until(edge, generation)
    assert edge.waits_for("generation_served")["generation"] == generation


@pytest.mark.parametrize(
    ("how", "reason"),
    [("truncated", "bytes came"), ("wrong hash", "do not match their SHA-256"), ("missing", "not there")],
)
def test_a_damaged_base_is_never_served(how, reason, edge, origin, generations, fallback):
    first = origin.publish(generations[0])
    base = origin.name("base")
    damage(origin.files, base, how)
    assert is_from_the_static_list(edge.ask(ASKS), fallback)
    line = edge.waits_for("generation_not_served")
    assert line["reason"].startswith(f"{base}: ") and reason in line["reason"]
    origin.publish(generations[0])
    asks_until(edge, first)


def test_a_connection_that_breaks_in_the_middle_of_a_file(edge, origin, generations, fallback):
    first = origin.publish(generations[0])
    base = origin.name("base")
    origin.cut.add(base)
    assert is_from_the_static_list(edge.ask(ASKS), fallback)
    assert edge.waits_for("generation_not_served")["reason"].startswith(base)
    origin.cut.clear()
    asks_until(edge, first)


@pytest.mark.parametrize("how", ["truncated", "wrong hash", "missing", "unknown format", "no manifest", "no JSON"])
def test_the_old_generation_keeps_serving_and_says_how_old_it_is(how, edge, origin, generations):
    first = origin.publish(generations[0])
    assert is_recommendation(edge.ask(ASKS), first)
    second = origin.publish(generations[1])
    reason = {"unknown format": "format 9 is unknown", "no manifest": "not there", "no JSON": "not JSON"}.get(how, "base-")
    if how == "unknown format":
        origin.files["manifest.json"] = json.dumps(origin.manifest | {"format": 9}).encode()
    elif how == "no manifest":
        del origin.files["manifest.json"]
    elif how == "no JSON":
        origin.files["manifest.json"] = origin.files["manifest.json"][:100]
    else:
        damage(origin.files, origin.name("base"), how)
    stale = None
    deadline = time.monotonic() + 20
    while stale is None and time.monotonic() < deadline:
        answer = edge.ask(ASKS)
        assert is_recommendation(answer, first)
        stale = answer.headers.get("martlet-stale")
        time.sleep(0.05)
    seconds, age = re.fullmatch(r"(\d+);age=(\d+)", stale).groups()
    assert int(seconds) <= int(age)
    line = edge.waits_for("generation_not_served", serving=first)
    assert reason in line["reason"]
    assert edge.waits_for("request", stale_seconds=int(seconds))
    origin.publish(generations[1])
    asks_until(edge, second)
    assert "martlet-stale" not in edge.ask(ASKS).headers


def test_a_slow_origin_delays_the_first_answer_by_a_moment_only(edge, origin, generations, fallback):
    first = origin.publish(generations[0])
    origin.slow[origin.name("base")] = threading.Event()
    assert is_from_the_static_list(edge.ask(ASKS), fallback)
    assert "not done within 2000 ms" in edge.waits_for("generation_not_served")["reason"]
    origin.slow.popitem()[1].set()
    asks_until(edge, first)


def test_a_slow_origin_delays_nobody_once_something_is_served(edge, origin, generations):
    first = origin.publish(generations[0])
    assert is_recommendation(edge.ask(ASKS), first)
    origin.slow["manifest.json"] = threading.Event()
    time.sleep(0.3)
    reads = origin.reads.count("manifest.json")
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: edge.ask(ASKS), range(100)))
    assert all(is_recommendation(answer, first) for answer in answers)
    assert origin.reads.count("manifest.json") <= reads + 1
    # Nobody has waited: the answers are there before the load is given up.
    assert edge.lines("generation_not_served") == []
    edge.waits_for("generation_not_served", serving=first)


def test_an_origin_that_is_down(origin, generations, fallback):
    first = origin.publish(generations[0])
    with running_edge(origin.address, *OPTIONS, "--fallback", fallback) as edge:
        assert is_recommendation(edge.ask(ASKS), first)
        origin.close()
        time.sleep(0.3)
        assert is_recommendation(edge.ask(ASKS), first)
        edge.waits_for("generation_not_served", serving=first)
        assert is_recommendation(edge.ask(ASKS), first)
    with running_edge(origin.address, *OPTIONS, "--fallback", fallback) as edge:
        assert is_from_the_static_list(edge.ask(ASKS), fallback)
        edge.waits_for("generation_not_served", serving=None)


def test_a_new_generation_in_the_middle_of_200_concurrent_requests(edge, origin, generations):
    first = origin.publish(generations[0])
    assert is_recommendation(edge.ask(ASKS), first)
    start = threading.Barrier(201)

    def visitor(number: int) -> list:
        start.wait(30)
        answers = []
        for turn in range(5):
            answers.append(edge.ask(ASKS, X_Region=("North", "South", "Faroe Islands", "")[number % 4]))
            time.sleep(0.1)
        return answers

    with ThreadPoolExecutor(200) as pool:
        visits = [pool.submit(visitor, number) for number in range(200)]
        start.wait(30)
        second = origin.publish(generations[1])
        answers = [answer for visit in visits for answer in visit.result()]
    assert len(answers) == 1000
    assert all(is_recommendation(answer, first) or is_recommendation(answer, second) for answer in answers)
    asks_until(edge, second)
    served = [line["generation"] for line in edge.lines("generation_served")]
    assert served == [first, second]
    requests = edge.lines("request")
    assert {line["generation"] for line in requests} == {first, second}
    assert all(line["status"] == 200 and "degraded" not in line and "error" not in line for line in requests)


@pytest.fixture(scope="session")
def trapping_module(tmp_path_factory):
    """The module for faults, with a trap on /recommendations instead of /trap."""
    text = (ROOT / "wasm-host/wasmtime/tests/fault_module.wat").read_text()
    changed = text.replace("(i32.const 116)) (then (unreachable))", "(i32.const 114)) (then (unreachable))")
    assert changed != text
    path = tmp_path_factory.mktemp("module") / "trapping.wasm"
    path.write_bytes(wasmtime.wat2wasm(changed))
    return path


def test_a_module_that_traps(origin, generations, fallback, trapping_module):
    first = origin.publish(generations[0])
    with running_edge(origin.address, *OPTIONS, "--fallback", fallback, module=trapping_module) as edge:
        assert edge.ask("/visits").body == b"A"
        origin.close()
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda number: edge.ask(ASKS if number % 2 else "/visits"), range(60)))
        trapped, others = answers[1::2], answers[0::2]
        assert all(a.status == 200 and a.degraded == "the scorer failed" and len(a.items) == 3 for a in trapped)
        assert all(answer.status == 200 for answer in others)
        line = edge.waits_for("request", degraded="the scorer failed")
        assert line["generation"] == first and "martlet_handle: unreachable" in line["error"]
        edge.waits_for("instance_replaced", generation=first)
        # The new instance has been opened from the old one's memory: the origin is down.
        assert edge.ask("/files").body.startswith(b"1SQLite")


@pytest.mark.parametrize("how", ["truncated", "wrong hash", "missing"])
def test_a_damaged_region_is_answered_for_by_its_parent(how, edge, origin, generations):
    first = origin.publish(generations[0])
    damage(origin.files, origin.name("region", "Faroe Islands"), how)
    answer = edge.ask(ASKS, X_Region="Faroe Islands")
    assert is_recommendation(answer, first)
    assert json.loads(answer.body)["region"] == "Atlantic islands"
    assert answer.items[0] == "lamp"
    line = edge.waits_for("region_answered_by_parent")
    assert line["region"] == "Faroe Islands" and origin.name("region", "Faroe Islands") in line["reason"]
    assert json.loads(edge.ask(ASKS, X_Region="North").body)["region"] == "North"


def test_a_region_that_is_slow_to_come_is_answered_for_by_the_world(edge, origin, generations):
    first = origin.publish(generations[0])
    assert is_recommendation(edge.ask(ASKS), first)
    name = origin.name("region", "North")
    origin.slow[name] = threading.Event()
    answer = edge.ask(ASKS, X_Region="North")
    assert is_recommendation(answer, first) and json.loads(answer.body)["region"] is None
    origin.slow.pop(name).set()
    deadline = time.monotonic() + 20
    while json.loads(edge.ask(ASKS, X_Region="North").body)["region"] != "North":
        assert time.monotonic() < deadline
        time.sleep(0.05)
