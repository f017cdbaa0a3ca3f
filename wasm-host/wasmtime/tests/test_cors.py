"""Pages of other origins."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from martlet_host.app import create_app
from martlet_host.facts import Policy
from martlet_host.publication import Publication

SHOP = "https://shop.example"
PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,martlet-session"}


@pytest.fixture
def ask(folder, fault_module):
    """One request to a host that allows these origins."""
    snapshots = folder.publish()

    def ask(cors: list[str], method: str, path: str, **headers: str) -> httpx.Response:
        async def once() -> httpx.Response:
            app = create_app(Publication(fault_module, snapshots, 1 << 20, poll_s=3600), Policy(), cors=cors)
            async with app.router.lifespan_context(app):
                transport = httpx.ASGITransport(app=app)
                async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
                    return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

        return asyncio.run(once())

    return ask


def test_a_page_of_a_named_origin_may_ask_with_its_cookie(ask):
    answer = ask([SHOP], "GET", "/files", origin=SHOP)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "Martlet-Session" in answer.headers["access-control-expose-headers"]
    assert "Origin" in answer.headers["vary"]


def test_a_preflight_is_answered(ask):
    answer = ask([SHOP], "OPTIONS", "/events", origin=SHOP, **PREFLIGHT)
    assert answer.is_success
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert {"POST", "DELETE"} <= set(answer.headers["access-control-allow-methods"].replace(" ", "").split(","))
    assert "martlet-session" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("cors", [[], [SHOP]])
def test_nobody_else_is_allowed(ask, cors):
    for method, more in (("GET", {}), ("OPTIONS", PREFLIGHT)):
        answer = ask(cors, method, "/files", origin="https://shop.example.evil", **more)
        assert "access-control-allow-origin" not in answer.headers


def test_all_origins_may_ask_without_cookies(ask):
    answer = ask(["*"], "GET", "/files", origin=SHOP)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_problems_can_be_read_by_the_page_too(ask):
    answer = ask([SHOP], "GET", "/trap", origin=SHOP)
    assert answer.status_code == 500 and answer.headers["access-control-allow-origin"] == SHOP
