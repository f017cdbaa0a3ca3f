"""The loop closes: what visitors do at the host is in the next build, and changes its lists."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from builds import MODULE, ROOT
from local_host import Visitor, running

sys.path.insert(0, str(ROOT / "Tests" / "Conformance"))
from shop import build, write_shop  # noqa: E402

SESSION = ("--events-consent", "session")


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("loop")
    write_shop(folder)
    build(folder, out="before")
    return folder


def recommended(snapshots: Path, item: str) -> list[str]:
    with running(snapshots, MODULE) as address:
        status, answer = Visitor(address).get("/recommendations", context="product", item_id=item, n=5)
    assert status == 200
    return [(entry["item_id"], entry["reason"]["source"]) for entry in answer["items"]]


def test_events_posted_to_the_host_change_the_next_build(shop):
    """Nobody has ever looked at lamps after tea. Forty visitors do, and one without consent looks at the rug."""
    log = shop / "log"
    assert ("lamp", "slist") not in recommended(shop / "before", "tea")
    now = int(time.time())
    with running(shop / "before", MODULE, "--events", str(log), *SESSION, "--allow-overrides") as address:
        for number in range(40):
            visitor = Visitor(address)
            status, answer = visitor.post("/events", [{"event": "view", "item_id": "tea", "time": now - 60}])
            assert status == 200 and answer["accepted"] == 1
            assert "events" not in answer and "visit" not in answer, "what is for the log is not for the visitor"
            events = [{"name": "view_item", "params": {"items": [{"item_id": "lamp"}]}}, {"event": "purchase", "item_id": "lamp"}]
            visitor.post("/events?region=North", {"events": events})
    lines = [json.loads(line) for path in sorted(log.iterdir()) for line in path.read_text().splitlines()]
    assert len(lines) == 120 and len({line["event_id"] for line in lines}) == 120
    visits = {}
    for line in lines:
        visits.setdefault(line["session_id"], []).append((line["event"], line["item_id"]))
    assert len(visits) == 40
    assert all(events == [("view", "tea"), ("view", "lamp"), ("purchase", "lamp")] for events in visits.values())
    assert all("user_id" not in line for line in lines), "consent to a session is none to a person's name"
    build(shop, *sorted(log.iterdir()), out="after")
    after = recommended(shop / "after", "tea")
    assert "lamp" in [item for item, source in after[:2]] and after != recommended(shop / "before", "tea")


def test_without_consent_nothing_is_logged(shop):
    log = shop / "log of none"
    with running(shop / "before", MODULE, "--events", str(log), *SESSION, "--consent", "none") as address:
        status, answer = Visitor(address).post("/events", {"event": "view", "item_id": "rug"})
        assert status == 200 and answer["stored"] is False
    assert list(log.iterdir()) == []


def test_consent_to_a_session_is_none_to_the_log_unless_the_shop_says_so(shop):
    log = shop / "log of full consent"
    with running(shop / "before", MODULE, "--events", str(log)) as address:
        status, answer = Visitor(address).post("/events", {"event": "view", "item_id": "rug"})
        assert (status, answer["stored"]) == (200, True) and "events" not in answer
    assert list(log.iterdir()) == []


def test_what_happens_at_a_time_of_the_requests_own_is_not_logged(shop):
    log = shop / "log of another time"
    with running(shop / "before", MODULE, "--events", str(log), *SESSION, "--allow-overrides") as address:
        status, answer = Visitor(address).post("/events?time=2030-01-01", {"event": "view", "item_id": "rug"})
        assert (status, answer["stored"]) == (200, True) and "events" not in answer
    assert list(log.iterdir()) == []
