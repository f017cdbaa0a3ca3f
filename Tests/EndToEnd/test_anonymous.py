"""`?anonymous=1` on the hosts: everybody's answer, whoever asks."""

from __future__ import annotations

import json
import re

import pytest
from builds import MODULE
from edge import Edge, build_shop, running_edge
from local_host import running

TARGET = "/recommendations?context=homepage&n=5"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    return build_shop(tmp_path_factory.mktemp("anonymous"))


@pytest.fixture(params=["local", "node"])
def host(request, snapshots, tmp_path):
    if request.param == "node":
        with running_edge(snapshots) as edge:
            yield edge
    else:
        with running(snapshots, MODULE) as address:
            yield Edge(address, tmp_path / "log", None)


def test_a_known_visitor_gets_everybodys_answer(host):
    token = host.ask("/events", b'{"event":"view","item_id":"teapot"}').headers["martlet-session"]
    known = {"Martlet_Session": token, "Cookie": f"martlet_session={token}; martlet_consent=full", "User_Agent": "Mobile"}
    stranger = json.loads(host.ask(TARGET, Cookie="martlet_consent=none").body)
    personal = json.loads(host.ask(TARGET, **known).body)
    assert personal["signals"] == 1 and personal["items"] != stranger["items"]
    assert json.loads(host.ask(f"{TARGET}&anonymous=1", **known).body) == stranger
    assert json.loads(host.ask(f"{TARGET}&anonymous=0", **known).body) == personal


def test_no_session_begins(host):
    answer = host.ask("/events?anonymous=1", b'{"event":"view","item_id":"teapot"}')
    assert json.loads(answer.body)["stored"] is False
    assert "martlet-session" not in answer.headers and not re.search("martlet_session=[^;]", answer.headers.get("set-cookie", ""))
