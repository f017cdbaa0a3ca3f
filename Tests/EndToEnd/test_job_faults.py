"""The job on a machine that fails: whatever happens at whichever call, the published generation is whole, and the next build goes on.

A library between program and system counts the calls that change the published directory, and ends the process at one of them, or
has it fail: at every call, but of the many writes into files to come at every so many. So every step of a publication is hit, which
a kill at random moments would seldom do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from builds import MARTLET, manifest_of, published
from edge import build_shop
from faulty_files import Call, FaultyFiles, compiled
from martlet_host.loading import read_verified
from martlet_host.manifest import Manifest

QUESTION = b"GET /recommendations?n=3&context=product&item_id=tea HTTP/1.1\r\nMartlet-Region: North\r\n\r\n"
KEPT = {".lock", "fallback.json", "manifest.json"}
"""What lies in a published directory beside its files and their archived manifests."""


def build_command(folder: Path, out: Path) -> list[object]:
    inputs = ["--config", folder / "martlet.yaml", "--events", folder / "events.csv", "--catalogue", folder / "catalogue.csv"]
    return [MARTLET, "build", *inputs, "--out", out]


def generation_of(out: Path) -> str:
    """The generation in force, after opening and checking all that is published and asking it."""
    published(out)
    for archive in out.glob("manifest-*.json"):
        json.loads(archive.read_text())
    done = subprocess.run([MARTLET, "answer", "--snapshots", out], input=QUESTION, capture_output=True, timeout=60)
    answer = json.loads(done.stdout.partition(b"\r\n\r\n")[2])
    assert done.returncode == 0 and len(answer["items"]) == 3
    assert answer["generation"] == manifest_of(out)["generation"]
    return answer["generation"]


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


def assert_tidy(out: Path) -> None:
    """Nothing is there that no kept manifest names."""
    archived = [json.loads(path.read_text()) for path in out.glob("manifest-*.json")]
    files = {file["name"] for manifest in archived for file in manifest["files"]}
    assert names(out) == KEPT | files | {f"manifest-{manifest['generation']}.json" for manifest in archived}


@dataclass(frozen=True)
class Job:
    """A publication of the first generation, and a build that would publish the second."""

    faulty: FaultyFiles
    first: Path
    inputs: Path
    generations: tuple[str, str]
    calls: list[Call]
    """Of the undisturbed second build."""
    tidy: set[str]
    """What that one leaves."""

    @property
    def moment(self) -> int:
        """The call that publishes."""
        return next(call.number for call in self.calls if call.name == "rename" and call.path.endswith("/manifest.json"))

    def points(self, of_writes: int) -> list[Call]:
        """Every call but writes into the files to come, of which there are many of one kind: every so many of these."""
        writes = [call for call in self.calls if call.name.startswith("pwrite")]
        return sorted([call for call in self.calls if call not in writes] + writes[::of_writes], key=lambda call: call.number)

    def disturbed(self, kind: str, at: int, out: Path) -> subprocess.CompletedProcess:
        shutil.copytree(self.first, out)
        return self.faulty.run(build_command(self.inputs, out), out, kind, at)

    def at_each(self, kind: str, of_writes: int, folder: Path) -> Iterator[tuple[Call, Path, subprocess.CompletedProcess]]:
        points = self.points(of_writes)
        with ThreadPoolExecutor(2) as pool:
            outs = [folder / f"{kind}-{call.number}" for call in points]
            runs = pool.map(lambda call, out: self.disturbed(kind, call.number, out), points, outs)
            yield from zip(points, outs, runs)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory) -> FaultyFiles:
    return compiled(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def job(tmp_path_factory, faulty) -> Job:
    folder = tmp_path_factory.mktemp("job")
    first = build_shop(folder / "one", 1)
    build_shop(folder / "two", 3)
    # What is dropped after a publication is part of it.
    with open(folder / "two" / "martlet.yaml", "a") as configuration:
        configuration.write("snapshot: { keep_generations: 1 }\n")
    out = folder / "undisturbed"
    shutil.copytree(first, out)
    before = generation_of(out)
    calls = faulty.calls(build_command(folder / "two", out), out, folder / "calls")
    after = generation_of(out)
    assert before != after and len(calls) > 80
    assert_tidy(out)
    return Job(faulty, first, folder / "two", (before, after), calls, names(out))


@pytest.mark.parametrize("kind", ["kill", "torn"])
def test_a_build_killed_at_a_call_leaves_a_whole_generation(kind, job, tmp_path):
    seen = set()
    for call, out, done in job.at_each(kind, 9, tmp_path):
        assert done.returncode in (-9, 137), (call, done.stderr)
        is_published = call.number > job.moment or call.number == job.moment and kind == "torn"
        assert generation_of(out) == job.generations[is_published], call
        seen.add(is_published)
        again = subprocess.run(list(map(str, build_command(job.inputs, out))), capture_output=True, text=True, timeout=300)
        assert again.returncode == 0, (call, again.stderr)
        assert generation_of(out) == job.generations[1]
        assert_tidy(out)
    assert seen == {False, True}


@pytest.mark.parametrize(("kind", "reason"), [("full", "No space left"), ("readonly", "Read-only"), ("broken", "Input/output error")])
def test_a_build_whose_calls_fail_says_so_and_leaves_a_whole_generation(kind, reason, job, tmp_path):
    failures, untidy = [], []
    # On a full disk the last call before the publication that takes space decides: waiting for the disk and renaming take none.
    takers = [call.number for call in job.calls[: job.moment] if call.name not in ("fsync", "fdatasync", "rename", "unlink")]
    decisive = takers[-1] if kind == "full" else job.moment
    for call, out, done in job.at_each(kind, 20, tmp_path):
        is_published = call.number > decisive
        if kind == "broken" and call.name == "unlink" and call.number > job.moment and "/.build-" not in call.path:
            assert done.returncode == 0 and "could not be read or removed" in done.stderr and str(out) in done.stderr, (call, done.stderr)
            assert names(out) == job.tidy | {Path(call.path).name}, "all else is gone"
            untidy.append(call)
        assert generation_of(out) == job.generations[is_published], (call, done.stderr)
        if done.returncode == 0:
            # What frees space works on a full disk, and what could not be tidied up is no failure of a publication.
            assert is_published or kind == "full", call
            continue
        assert done.returncode == 1, (call, done.stderr)
        words = done.stderr.strip().splitlines()[-1]
        assert words.startswith("Error: ") and str(out) in words and "UserInfo" not in words, (call, words)
        failures.append(words)
    assert len(failures) > 20 and any(reason in words for words in failures)
    assert kind != "broken" or untidy


@pytest.mark.parametrize("kind", ["kill", "broken"])
def test_a_copy_that_ends_at_a_call_leaves_a_whole_generation(kind, job, faulty, tmp_path):
    """`martlet publish` into a directory: at every rename, and at every fifth of all calls."""
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(job.first, source)
    publish = [MARTLET, "publish", source, "--to", target]
    subprocess.run(list(map(str, publish)), check=True, capture_output=True, timeout=60)
    subprocess.run(list(map(str, build_command(job.inputs, source))), check=True, capture_output=True, timeout=300)
    whole = tmp_path / "whole"
    shutil.copytree(target, whole)
    calls = faulty.calls([*publish[:-1], whole], whole, tmp_path / "calls")
    moment = next(call.number for call in calls if call.name == "rename" and call.path.endswith("/manifest.json"))
    for call in [call for call in calls if call.name == "rename"] + calls[::5]:
        out = tmp_path / f"{call.number}"
        if out.exists():
            continue
        shutil.copytree(target, out)
        done = faulty.run([*publish[:-1], out], out, kind, call.number)
        assert done.returncode != 0, call
        assert generation_of(out) == job.generations[call.number > moment], call
        subprocess.run(list(map(str, [*publish[:-1], out])), check=True, capture_output=True, timeout=60)
        assert generation_of(out) == job.generations[1]


def test_forgetting_that_ends_at_any_call_leaves_each_file_old_or_new(faulty, tmp_path):
    header, rows = "session_id,user_id,item_id,time\n", [f"s{n},u{n % 5},tea,{1_700_000_000 + n}\n" for n in range(20)]
    old, new = ("".join([header, *lines]) for lines in (rows, [row for row in rows if ",u3," not in row]))

    def forget(folder: Path) -> list[object]:
        folder.mkdir()
        for name in ("a.csv", "b.csv"):
            (folder / name).write_text(old)
        return [MARTLET, "forget", "--user", "u3", "--events", folder / "a.csv", folder / "b.csv"]

    calls = faulty.calls(forget(tmp_path / "whole"), tmp_path / "whole", tmp_path / "calls")
    assert len(calls) > 12
    for kind in ("kill", "torn", "full"):
        for call in calls:
            folder = tmp_path / f"{kind}-{call.number}"
            command = forget(folder)
            faulty.run(command, folder, kind, call.number)
            assert all((folder / name).read_text() in (old, new) for name in ("a.csv", "b.csv")), (kind, call)
            subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60)
            assert names(folder) == {"a.csv", "b.csv"}
            assert all((folder / name).read_text() == new for name in ("a.csv", "b.csv"))


def built_at(out: Path) -> float:
    return datetime.fromisoformat(manifest_of(out)["built"]).timestamp()


def test_a_clock_that_goes_backwards_changes_nothing_but_what_is_said_of_it(job, faulty, tmp_path):
    """What is in force is what was built last, whatever the clock says; and the one before it stays for rollback."""
    out = tmp_path / "out"
    shops = [tmp_path / f"{number}" for number in range(1, 5)]
    built = []
    for number, (shop, clock_s) in enumerate(zip(shops, [400 * 86_400, 0, -400 * 86_400, 3600]), 1):
        build_shop(shop, number)
        with open(shop / "martlet.yaml", "a") as configuration:
            configuration.write("snapshot: { keep_generations: 2 }\n")
        done = faulty.run(build_command(shop, out), out, clock_s=clock_s)
        assert done.returncode == 0, done.stderr
        assert abs(built_at(out) - time.time() - clock_s) < 60, "the job has believed the clock"
        built.append(generation_of(out))
        assert manifest_of(out)["generation"] == built[-1]
        assert {path.name for path in out.glob("manifest-*.json")} == {f"manifest-{each}.json" for each in built[-2:]}
        for archive in out.glob("manifest-*.json"):
            for file in Manifest.parse(archive.read_bytes()).files:
                read_verified(out, file)
    assert len(set(built)) == 4


def test_a_clock_that_jumps_back_in_the_middle_of_a_build(job, tmp_path):
    """By a year and more, before each of some calls: what is published is the same."""
    clock_s, said_wrong = -400 * 86_400, set()
    for call in job.calls[:: len(job.calls) // 8]:
        out = tmp_path / f"{call.number}"
        shutil.copytree(job.first, out)
        done = job.faulty.run(build_command(job.inputs, out), out, clock_s=clock_s, clock_at=call.number)
        assert done.returncode == 0, (call, done.stderr)
        assert generation_of(out) == job.generations[1], call
        assert_tidy(out)
        wrong_by = built_at(out) - time.time()
        assert min(abs(wrong_by), abs(wrong_by - clock_s)) < 60
        said_wrong.add(wrong_by < -60)
    assert said_wrong == {False, True}, "it has jumped before and after the moment that is said"


def test_a_clock_from_before_the_events_is_asked_only_where_no_moment_is_named(faulty, tmp_path):
    """Nothing is published then, since all events lie in the future; a named moment makes the clock unimportant."""
    shop, out, clock_s = tmp_path / "shop", tmp_path / "out", -20 * 365 * 86_400
    generation = generation_of(build_shop(shop))
    done = faulty.run(build_command(shop, out), out, clock_s=clock_s)
    assert done.returncode == 1 and not (out / "manifest.json").exists()
    assert "time in the future" in done.stderr and f"{shop / 'events.csv'}:2: " in done.stderr
    with open(shop / "martlet.yaml", "a") as configuration:
        configuration.write(f"as_of: {manifest_of(shop / 'snapshots')['as_of']}\n")
    done = faulty.run(build_command(shop, out), out, clock_s=clock_s)
    assert done.returncode == 0, done.stderr
    assert generation_of(out) == generation


def test_two_builds_at_once_are_one(job, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(job.first, out)
    command = list(map(str, build_command(job.inputs, out)))
    # It waits for its events until the pipe is closed, its directory locked.
    events = command.index("--events") + 1
    waiting = subprocess.Popen([*command[:events], "-", *command[events + 1 :]], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not list(out.glob(".build-*")):
        assert time.monotonic() < deadline and waiting.poll() is None
        time.sleep(0.01)
    second = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert second.returncode != 0 and f"another build is publishing to {out}" in second.stderr
    assert generation_of(out) == job.generations[0]
    _, words = waiting.communicate((job.inputs / "events.csv").read_bytes(), timeout=300)
    assert waiting.returncode == 0, words
    assert generation_of(out) == job.generations[1]
    assert_tidy(out)


def test_many_builds_that_begin_together_publish_one_after_the_other(job, tmp_path):
    out = tmp_path / "out"
    command = list(map(str, build_command(job.inputs, out)))
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(5)]
    ended = [(process.communicate(timeout=300)[1], process.returncode) for process in running]
    assert any(status == 0 for _, status in ended)
    assert all(status == 0 or b"another build is publishing" in words for words, status in ended), ended
    assert generation_of(out) == job.generations[1]
    assert_tidy(out)


def test_a_lock_that_was_left_behind_holds_nobody_up(job, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / ".lock").touch()
    (out / ".build-1").mkdir()
    done = subprocess.run(list(map(str, build_command(job.inputs, out))), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert generation_of(out) == job.generations[1]
    assert_tidy(out)


@pytest.fixture
def mounted(tmp_path) -> Iterator:
    """Mounts a memory disk of some bytes; for root alone."""
    places: list[Path] = []

    def mount(size: int) -> Path:
        place = tmp_path / f"disk-{len(places)}"
        place.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", place], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"a memory disk cannot be mounted here: {done.stderr.strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_really_full(job, mounted, tmp_path):
    """Of all sizes between one generation and two."""
    bytes_of_one = sum(path.stat().st_size for path in job.first.iterdir())
    failed = []
    for share in (1.1, 1.4, 1.7, 2.0, 2.3, 4):
        disk = mounted(int(bytes_of_one * share) + 65_536)
        out = disk / "out"
        shutil.copytree(job.first, out)
        done = subprocess.run(list(map(str, build_command(job.inputs, out))), capture_output=True, text=True, timeout=300)
        assert generation_of(out) == job.generations[done.returncode == 0], done.stderr
        assert done.returncode == 0 or "full" in done.stderr or "No space left" in done.stderr, done.stderr
        failed.append(done.returncode != 0)
        if done.returncode != 0:
            assert not list(out.glob(".build-*")), "what it wrote is given back"
    assert failed[0] and not failed[-1]


def test_a_directory_that_is_really_read_only(job, mounted):
    disk = mounted(64 << 20)
    shutil.copytree(job.first, disk / "out")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    for out in (disk / "out", disk / "elsewhere"):
        done = subprocess.run(list(map(str, build_command(job.inputs, out))), capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and str(out) in done.stderr, done.stderr
    assert generation_of(disk / "out") == job.generations[0]
