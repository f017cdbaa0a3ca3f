"""What the host tells of requests: the JSON line, the trace, the metrics."""

from __future__ import annotations

import asyncio
import json
import logging
import re

import httpx
import pytest

from martlet_host.app import create_app
from martlet_host.facts import Policy
from martlet_host.observation import ROUTES
from martlet_host.publication import Publication

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def host(folder, fault_module, caplog, tmp_path_factory):
    """Runs a test with a client of a host that follows regions chosen by query."""
    caplog.set_level(logging.INFO, "martlet_host.requests")
    shop = tmp_path_factory.mktemp("shop")
    (shop / "app.js").write_text("1")

    def run(test, publish: bool = True, events=None) -> None:
        async def once() -> None:
            path = folder.publish() if publish else folder.path
            publication = Publication(fault_module, path, 1 << 20, poll_s=3600)
            app = create_app(publication, Policy(allow_overrides=True), [shop], events)
            async with app.router.lifespan_context(app):
                transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
                async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
                    await test(client)

        asyncio.run(once())

    return run


def lines(caplog) -> list[dict]:
    return [json.loads(record.message) for record in caplog.records if record.name == "martlet_host.requests"]


def test_each_request_is_one_line_of_json(host, caplog):
    async def test(client):
        await client.get("/recommendations?region=N", headers={"traceparent": TRACE})
        await client.get("/app.js")
        await client.get("/recommendations?time=soon")

    host(test)
    answered, file, refused = lines(caplog)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", answered.pop("time"))
    assert answered.pop("ms") > 0
    assert answered == {
        "event": "request", "method": "GET", "path": "/recommendations", "region": "N", "generation": "g1",
        "status": 200, "trace": TRACE,
    }  # fmt: skip
    assert (file["path"], file["status"]) == ("file", 200)
    assert refused["status"] == 400 and "generation" not in refused


def test_nothing_that_a_client_makes_up_is_told(host, caplog):
    async def test(client):
        headers = {"cookie": "a=mallory", "user-agent": "mallory", "referer": "http://mallory", "martlet-user": "mallory", "traceparent": "mallory"}
        answer = await client.request("MALLORY", "/mallory/home?user_id=mallory&region=mallory", headers=headers)
        assert "traceparent" not in answer.headers
        metrics = await client.get("/metrics")
        assert "mallory" not in metrics.text.lower()

    host(test)
    line = lines(caplog)[0]
    assert (line["method"], line["path"], line["region"]) == ("other", "other", "other")
    assert "mallory" not in caplog.text.lower()


@pytest.mark.parametrize("region", ["N", "world", "Nowhere"])
def test_regions_that_the_manifest_knows_are_named(host, caplog, region):
    async def test(client):
        await client.get(f"/files?region={region}")

    host(test)
    assert lines(caplog)[0]["region"] == region


def test_a_trace_is_passed_through_as_it_came(host):
    async def test(client):
        for path in ("/recommendations", "/app.js", "/metrics", "/trap"):
            answer = await client.get(path, headers={"traceparent": TRACE})
            assert answer.headers.get_list("traceparent") == [TRACE]
        for broken in ("00-1-2-01", TRACE + "-more", TRACE.upper()):
            assert "traceparent" not in (await client.get("/files", headers={"traceparent": broken})).headers

    host(test)


def series(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^(martlet_\S+) (\S+)$", text, re.M)}


def test_metrics_count_what_was_answered(host):
    async def test(client):
        for _ in range(3):
            await client.get("/recommendations")
        await client.post("/events?time=soon")
        await client.get("/app.js")
        answer = await client.get("/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4"
        assert answer.headers["cache-control"] == "no-store"
        known = series(answer.text)
        assert known['martlet_requests_total{method="GET",route="/recommendations",status="200"}'] == 3
        assert known['martlet_requests_total{method="POST",route="/events",status="400"}'] == 1
        assert known['martlet_requests_total{method="GET",route="file",status="200"}'] == 1
        assert known["martlet_request_milliseconds_count"] == 5
        buckets = [value for name, value in known.items() if "_bucket" in name]
        assert buckets == sorted(buckets) and buckets[-1] == 5
        assert 0 < known["martlet_request_milliseconds_sum"] < 60_000
        assert known["martlet_snapshot_served"] == 1 and known["martlet_snapshot_failing"] == 0
        # The folder says that it was built at the beginning of 2024.
        assert known["martlet_generation_age_seconds"] > 50_000_000
        assert known["martlet_module_memory_bytes"] > 0
        assert "martlet_events" not in answer.text
        # Every line is a comment or a sample, as Prometheus reads them.
        samples = [line for line in answer.text.splitlines() if not line.startswith("# TYPE ")]
        assert all(re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? [0-9.]+', sample) for sample in samples)
        assert (await client.post("/metrics")).status_code != 500
        assert (await client.head("/metrics")).content == b""

    host(test)


def test_metrics_without_a_snapshot(host):
    async def test(client):
        known = series((await client.get("/metrics")).text)
        assert known["martlet_snapshot_served"] == 0 and known["martlet_snapshot_failing"] == 1
        assert "martlet_generation_age_seconds" not in known

    host(test, publish=False)


def test_metrics_of_the_event_log(host, tmp_path):
    async def test(client):
        known = series((await client.get("/metrics")).text)
        assert known['martlet_events_total{outcome="written"}'] == 0
        assert known['martlet_events_total{outcome="dropped"}'] == known["martlet_events_waiting"] == 0

    host(test, events=tmp_path / "events")


def test_made_up_paths_make_no_series(host):
    async def test(client):
        for number in range(20):
            await client.get(f"/{number}")
        known = series((await client.get("/metrics")).text)
        routes = {re.search('route="(.*?)"', name)[1] for name in known if "route=" in name}
        assert routes <= {*ROUTES, "other", "file"}
        assert sum(value for name, value in known.items() if 'route="other"' in name) == 20

    host(test)
