"""The host over HTTP, in process, with the module made for faults."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest

from martlet_host.app import create_app
from martlet_host.facts import Policy
from martlet_host.generation import Generation
from martlet_host.module import ScorerFault
from martlet_host.publication import Publication

MIB = 1 << 20


@contextlib.asynccontextmanager
async def serving(module, path, policy=Policy(allow_overrides=True), region_bytes_max=MIB):
    """A client, and the publication, which the test refreshes itself where it wants."""
    publication = Publication(module, path, region_bytes_max, poll_s=3600)
    app = create_app(publication, policy)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://host", headers={"user-agent": ""}) as client:
            yield client, publication


def run(test) -> None:
    asyncio.run(test())


async def tried_again_when_it_is_time(publication: Publication, monkeypatch) -> None:
    await publication.refresh()
    assert publication.refusal, "not at once"
    monkeypatch.setattr(publication, "_retry_at", 0)
    await publication.refresh()


def files(response: httpx.Response) -> set[str]:
    return set(response.text.split())


def test_what_reaches_the_module_is_the_exact_message(folder, fault_module):
    async def test():
        policy = Policy(default_region="N", allow_overrides=True)
        async with serving(fault_module, folder.publish(), policy) as (client, _):
            headers = {"Martlet-User": "eve", "Martlet-Session": "token", "Cookie": "a=1", "Authorization": "secret"}
            response = await client.post("/echo/%7Ex?n=%20&time=5", content=b'{"a":\r\n\r\n1}', headers=headers)
            head, _, body = response.content.partition(b"\r\n\r\n")
            start, *lines = head.split(b"\r\n")
            assert start == b"POST /echo/%7Ex?n=%20 HTTP/1.1"
            assert body == b'{"a":\r\n\r\n1}'
            received = dict(line.split(b": ", 1) for line in lines)
            assert received.pop(b"martlet-seed").isdigit()
            assert received == {
                b"accept": b"*/*",
                b"cookie": b"a=1",
                b"martlet-session": b"token",
                b"martlet-time": b"5000",
                b"martlet-region": b"N",
                b"martlet-consent": b"session",
                b"content-length": b"11",
            }

    run(test)


def test_the_answer_comes_back_whole(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            response = await client.get("/once")
            assert response.status_code == 204
            assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
            assert response.headers["server-timing"].startswith("module;dur=")
            assert "etag" not in response.headers

    run(test)


def test_head_and_conditional_requests_are_the_hosts(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            got = await client.get("/files")
            head = await client.head("/files")
            assert head.content == b"" and head.headers["content-length"] == str(len(got.content))
            assert head.headers["etag"] == got.headers["etag"]
            again = await client.get("/files", headers={"if-none-match": f'"other", {got.headers["etag"]}'})
            assert again.status_code == 304 and again.content == b""
            assert (await client.get("/files", headers={"if-none-match": 'W/"other"'})).status_code == 200

    run(test)


def test_long_answers_are_compressed_for_those_who_take_it(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            body = b"a" * 5000
            plain = await client.post("/echo", content=body, headers={"accept-encoding": "identity"})
            assert "content-encoding" not in plain.headers
            packed = await client.post("/echo", content=body, headers={"accept-encoding": "gzip"})
            assert packed.headers["content-encoding"] == "gzip" and packed.content.endswith(body)

    run(test)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (dict(method="GET", url="/e?" + "q" * 8192), 414),
        (dict(method="GET", url="/e", headers={"x": "y" * 32768}), 431),
        (dict(method="POST", url="/e", content=b"z" * 65537), 413),
        (dict(method="GET", url="/e?time=soon"), 400),
    ],
)
def test_what_is_too_large_or_wrong_does_not_reach_the_module(folder, fault_module, request_, status):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            response = await client.request(**request_)
            assert response.status_code == status
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["status"] == status
            assert (await client.get("/visits")).text == "A"

    run(test)


def test_the_largest_that_is_allowed_passes(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            response = await client.post("/e?" + "q" * (8192 - 3), content=b"z" * 65536)
            assert response.status_code == 200 and response.content.endswith(b"z" * 65536)

    run(test)


@pytest.mark.parametrize("path", ["/trap", "/loop", "/bad", "/wild"])
def test_a_broken_instance_costs_one_answer_and_is_replaced(folder, fault_module, path, caplog):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            assert (await client.get("/visits")).text == "A"
            assert (await client.get("/visits")).text == "B"
            response = await client.get(path)
            assert response.status_code == 500
            assert response.headers["content-type"] == "application/problem+json"
            assert (await client.get("/visits")).text == "A", "a fresh instance answers"
            assert files(await client.get("/files")) >= {"1base001", "2north01"}
            assert (await client.get(path)).status_code == 500
            assert (await client.get("/visits")).text == "A"

    run(test)
    assert "replaced" in caplog.text


@pytest.mark.parametrize("path", ["/trap", "/loop"])
def test_a_fault_harms_nobody_who_waits(folder, fault_module, path):
    """Requests behind the one that breaks the instance are answered by the next one, each with its own answer."""

    async def test():
        async with serving(fault_module, folder.publish(), region_bytes_max=150) as (client, _):
            asked = [path if number % 5 == 2 else f"/echo/{number}?region={'NS'[number % 2]}" for number in range(12)]
            answers = await asyncio.gather(*(client.get(target) for target in asked))
            for target, answer in zip(asked, answers):
                if target == path:
                    assert answer.status_code == 500 and answer.json()["detail"] == "the scorer failed on this request"
                else:
                    assert answer.text.startswith(f"GET {target.split('?')[0]} ")

    run(test)


def test_a_fault_in_a_generation_that_has_been_replaced(folder, fault_module):
    """A request keeps the generation that it has begun with; should it break it, that is one answer and nothing else."""

    async def test():
        old = await Generation.open(fault_module, folder.publish(), MIB)
        await old.close()
        for _ in range(2):
            with pytest.raises(ScorerFault):
                await old.handle("world", lambda _: b"GET /trap HTTP/1.1\r\n\r\n")
        answer, _ = await old.handle("world", lambda _: b"GET /visits HTTP/1.1\r\n\r\n")
        assert answer.endswith(b"A")
        assert len(asyncio.all_tasks()) == 1, "no instance is made for later: there is no later"

    run(test)


def test_regions_that_do_not_fit_together_come_as_they_are_asked_for(folder, fault_module):
    async def test():
        # 210 bytes of region files: north needs 140 with its parent, south 70.
        async with serving(fault_module, folder.publish(), region_bytes_max=150) as (client, _):
            common = {"1base001", "4text001"}
            assert files(await client.get("/files?region=Nowhere")) == common
            assert files(await client.get("/files?region=S")) == common | {"2south01"}
            north = common | {"2all0001", "2north01"}
            assert files(await client.get("/files?region=N")) == north, "a fresh instance, without south"
            assert (await client.get("/visits?region=N")).text == "B"
            assert files(await client.get("/files?region=world")) == north

    run(test)


def test_small_regions_are_all_open_from_the_start(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            expected = {"1base001", "2all0001", "2north01", "2south01", "4text001"}
            assert files(await client.get("/files")) == expected

    run(test)


def test_a_region_damaged_since_it_was_published_is_answered_by_its_parent(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish(), region_bytes_max=150) as (client, _):
            folder.file("north").write_bytes(b"north01" * 9 + b"......!")
            response = await client.get("/files?region=N")
            assert files(response) == {"1base001", "4text001", "2all0001"}
            assert "chunk 0" in response.headers["martlet-degraded"]
            assert "martlet-region: all\r\n" in (await client.get("/echo?region=N")).text
            assert "martlet-region: S\r\n" in (await client.get("/echo?region=S")).text
            assert "martlet-degraded" not in (await client.get("/files?region=S")).headers

    run(test)


def test_a_module_that_traps_on_a_region_file_costs_one_answer(folder, fault_module):
    async def test():
        path = folder.publish(north=b"T......" * 10)
        async with serving(fault_module, path, region_bytes_max=150) as (client, _):
            assert (await client.get("/files?region=N")).status_code == 500
            assert (await client.get("/files?region=S")).status_code == 200

    run(test)


def test_when_no_instance_can_be_opened_any_more_it_says_so_and_recovers(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, _):
            assert (await client.get("/trap")).status_code == 500  # takes the spare, opens another
            await client.get("/visits")
            intact = folder.file("base").read_bytes()
            folder.file("base").write_bytes(b"?")
            statuses = [(await client.get("/trap")).status_code for _ in range(3)]
            assert statuses[-1] == 503 and set(statuses) <= {500, 503}
            folder.file("base").write_bytes(intact)
            assert (await client.get("/visits")).text == "A"

    run(test)


def test_a_new_generation_is_taken_over(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, publication):
            folder.publish("g2", base=b"base002" * 300_000)
            assert "1base001" in files(await client.get("/files"))
            await publication.refresh()
            response = await client.get("/files")
            assert "1base002" in files(response) and "martlet-stale" not in response.headers

    run(test)


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda folder: folder.file("base").write_bytes(b"base002"), "truncated"),
        (lambda folder: folder.file("south").write_bytes(b"south03" * 10), "SHA-256"),
        (lambda folder: folder.file("north").unlink(), "No such file"),
        (lambda folder: folder.write_manifest(folder.document | {"format": 9}), "format 9 is unknown"),
        (lambda folder: (folder.path / "manifest.json").write_text("{"), "not JSON"),
        (lambda folder: (folder.path / "manifest.json").write_text("[" * 200_000), "not JSON"),
        (lambda folder: folder.write_manifest(folder.document | {"regions": {"N": []}}), "no file for region []"),
        (lambda folder: (folder.path / "manifest.json").unlink(), "No such file"),
        (lambda folder: folder.publish("g3", base=b"X......" * 9), "begins with X"),
        (lambda folder: folder.publish("g3", south=b"X......" * 9), "begins with X"),
        (lambda folder: folder.publish("g3", base=b"T......" * 9), "martlet_open"),
    ],
)
def test_what_cannot_be_served_leaves_the_old_generation_serving(folder, fault_module, break_it, reason, caplog):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, publication):
            folder.publish("g2", base=b"base002" * 300_000, south=b"south02" * 10, north=b"north02" * 10)
            break_it(folder)
            await publication.refresh()
            response = await client.get("/files")
            assert "1base001" in files(response)
            assert reason in response.headers["martlet-stale"]
            assert reason in caplog.text and "generation g1 keeps serving" in caplog.text
            folder.publish("g4")
            await publication.refresh()
            assert "martlet-stale" not in (await client.get("/files")).headers

    run(test)


def test_whatever_goes_wrong_is_told_and_tried_again(folder, fault_module, monkeypatch):
    """At the start too: the host waits for what can be served."""

    async def fails(*_):
        raise TypeError("unhashable")

    async def test():
        with monkeypatch.context() as broken:
            broken.setattr(Generation, "open", fails)
            async with serving(fault_module, folder.publish()) as (client, publication):
                response = await client.get("/files")
                assert response.status_code == 503 and "TypeError: unhashable" in response.json()["detail"]
                broken.undo()
                await tried_again_when_it_is_time(publication, monkeypatch)
                assert "1base001" in files(await client.get("/files"))

    run(test)


def test_a_refused_generation_is_tried_again_when_its_files_have_arrived(folder, fault_module, monkeypatch):
    async def test():
        async with serving(fault_module, folder.publish()) as (client, publication):
            folder.publish("g2", base=b"base002" * 300_000)
            late = folder.file("base").rename(folder.path / "late")
            await publication.refresh()
            late.rename(folder.file("base"))
            await tried_again_when_it_is_time(publication, monkeypatch)
            assert "1base002" in files(await client.get("/files"))

    run(test)


def test_no_request_is_lost_while_generations_change(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.publish(), region_bytes_max=150) as (client, publication):
            statuses: dict[str, list[int]] = {"N": [], "S": [], "world": []}
            done = asyncio.Event()

            async def ask(region: str):
                while not done.is_set():
                    statuses[region].append((await client.get(f"/files?region={region}")).status_code)
                    await asyncio.sleep(0)  # in process, nothing else gives way

            askers = [asyncio.create_task(ask(region)) for region in statuses]
            for number in range(2, 8):
                folder.publish(f"g{number}", base=b"base%03d" % number * 300_000)
                await publication.refresh()
                # However slow the machine is, everybody is answered by each generation before the next one comes.
                answered = {region: len(known) for region, known in statuses.items()}
                while not all(task.done() or len(statuses[region]) > answered[region] + 1 for region, task in zip(statuses, askers)):
                    await asyncio.sleep(0.001)
            assert "1base007" in files(await client.get("/files"))
            done.set()
            await asyncio.gather(*askers)
            for known in statuses.values():
                assert len(known) > 12 and set(known) == {200}

    run(test)


def test_without_a_snapshot_the_answer_is_503_and_says_why(folder, fault_module):
    async def test():
        async with serving(fault_module, folder.path) as (client, publication):
            response = await client.get("/files")
            assert response.status_code == 503 and "manifest.json" in response.json()["detail"]
            folder.publish()
            await publication.refresh()
            assert (await client.get("/files")).status_code == 200

    run(test)
