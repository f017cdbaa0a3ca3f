"""What docs/deploy says of sizes follows from its own figures, and what it says of providers names where that was read."""

from __future__ import annotations

import re

import pytest
from builds import ROOT

DEPLOY = ROOT / "docs" / "deploy"
PROVIDERS = {"cloudflare": "developers.cloudflare.com", "deno": "deno.com", "netlify": "docs.netlify.com", "vercel": "vercel.com"}


def figures() -> dict[str, float]:
    """Milliseconds of CPU that any first request takes, and those of each MiB that is hashed, or not."""
    text = (DEPLOY / "README.md").read_text()
    fixed, hashed, plain = re.search(r"([0-9.]+) \+ ([0-9.]+) × MiB milliseconds of CPU, without hashing \1 \+ ([0-9.]+) × MiB", text).groups()
    return {"fixed": float(fixed), "hashed": float(hashed), "plain": float(plain)}


def test_the_formula_follows_from_the_table():
    lines = (DEPLOY / "README.md").read_text().splitlines()
    rows = {line.split("|")[1].strip(): [float(number) for number in re.findall(r"[0-9]+\.[0-9]+", line)] for line in lines if line.count("|") > 4}
    known = figures()
    assert known["fixed"] in rows["instantiate, open, warm up, first answer"]
    copy, check = rows["copy into the module's memory"][-1], rows["check SHA-256"][-1]
    assert known["plain"] == copy and known["hashed"] == copy + check


@pytest.mark.parametrize(("page", "more_ms", "per_mib"), [("cloudflare", 0, "plain"), ("netlify", 5, "hashed")])
def test_the_largest_bases_follow_from_the_formula(page, more_ms, per_mib):
    text = re.sub(r"\s+", " ", (DEPLOY / f"{page}.md").read_text())
    limit, fixed, more, divisor, size = re.search(r"\((\d+) / 1\.5 − ([0-9.]+)( − \d+)?\) / ([0-9.]+) is ([0-9.]+) MiB", text).groups()
    known = figures()
    assert (float(fixed), float(divisor)) == (known["fixed"], known[per_mib])
    assert int(more[3:] if more else 0) == more_ms
    digits = len(size.partition(".")[2])
    assert float(size) == round((int(limit) / 1.5 - known["fixed"] - more_ms) / known[per_mib], digits)


@pytest.mark.parametrize("page", PROVIDERS)
def test_prices_and_limits_name_where_and_when_they_were_read(page):
    text = (DEPLOY / f"{page}.md").read_text()
    assert re.search(r"^\*\*Sources\*\*, read on \d{4}-\d\d-\d\d", text, re.M)
    parts = re.split(r"^\*\*(?=[A-Z])", text, flags=re.M)
    for name in ("Cost", "Limits that matter"):
        [part] = [part for part in parts if part.startswith(f"{name}.")]
        assert re.search(rf"\]\(https://[a-z.]*{re.escape(PROVIDERS[page])}/", part), name


@pytest.mark.parametrize("page", sorted(path.stem for path in DEPLOY.glob("*.md")))
def test_commands_stand_in_folders_and_name_programs_that_are_there(page):
    """The lines of a guide, one after the other, from the root."""
    here = ROOT
    for line in re.findall(r"^ {4,6}\$ (.*)$", (DEPLOY / f"{page}.md").read_text(), re.M):
        if line.startswith("cd "):
            here = here / line.split()[1]
            assert here.is_dir(), line
        for program in re.findall(r"(?:^|\s)(\S*\bmartlet) publish ", line):
            assert (here / program).resolve() == ROOT / "dist" / "martlet", line
        for script in re.findall(r"(?:^|\s)node (\S+)", line):
            assert (here / script).is_file(), line


@pytest.mark.parametrize(("page", "path"), [*((page, "/martlet/") for page in ("cloudflare", "netlify", "vercel")), ("deno", "/"), ("node", "/")])
def test_guides_show_a_first_request(page, path):
    assert re.search(rf"\$ curl .*://[^/]+{path}recommendations\?", (DEPLOY / f"{page}.md").read_text())
