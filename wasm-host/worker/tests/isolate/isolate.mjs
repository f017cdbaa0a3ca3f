// The harness keeps its rules, and the worker lives by them. Run with
// node --experimental-vm-modules --expose-gc --test tests/isolate/isolate.mjs; MARTLET_MODULE is scorer.wasm, MARTLET_SNAPSHOTS a folder with
// folders of publications, the first and the next, MARTLET_FALLBACK a static list, MARTLET_FAULT_MODULE the compiled module for faults,
// MARTLET_TRAPPING_SCORER the scorer made to fail at /trap and other paths.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Isolate, folderNamespace } from "../../harness/cloudflare.mjs";
import { needsModule, snapshotFile } from "../support.mjs";

const { MARTLET_MODULE: module, MARTLET_SNAPSHOTS: snapshots = "", MARTLET_FALLBACK: fallback = "" } = process.env;
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

async function breaker() {
  const marks = [];
  const isolate = new Isolate(path("rules.js"), {
    env: (isolate) => ({
      WAIT: isolate.io((ms) => new Promise((done) => setTimeout(done, ms))),
      MARK: isolate.io(async (mark) => void marks.push(mark)),
    }),
  });
  await isolate.start();
  return { isolate, marks, ask: (at) => isolate.fetch(new Request(`https://worker.test${at}`)) };
}

for (const at of ["/compile-bytes", "/module-of-bytes", "/instantiate-bytes"]) {
  test(`compiling from bytes is refused: ${at}`, async () => {
    const { ask } = await breaker();
    await assert.rejects(ask(at), /code generation disallowed/);
  });
}

test("code from text is refused", async () => {
  await assert.rejects((await breaker()).ask("/eval"), /Code generation from strings disallowed/);
});

test("clocks stand still while code runs, and go on with I/O", async () => {
  const { ask } = await breaker();
  const [date, performance, made, ...after] = await (await ask("/clock")).response.json();
  assert.deepEqual(after, [date, performance, made]);
  const [before, later] = await (await ask("/clock-over-io")).response.json();
  assert.ok(later >= before + 15, `${later - before} ms`);
});

for (const at of ["/wasm-memory", "/heap", "/buffers"]) {
  test(`128 MB are the limit: ${at}`, async () => {
    const { ask } = await breaker();
    await assert.rejects(ask(at), /Worker exceeded memory limit/);
  });
}

test("garbage does not count", async () => {
  const { ask } = await breaker();
  assert.equal((await ask("/garbage")).response.status, 200);
});

test("there is no Node", async () => {
  const { ask } = await breaker();
  assert.deepEqual(await (await ask("/globals")).response.json(), []);
});

test("no timers before a request", async () => {
  const isolate = new Isolate(path("at-start.js"), { env: () => ({}) });
  await assert.rejects(isolate.start(), /global scope/);
});

test("what a request leaves behind never returns, what waitUntil was given does", async () => {
  const { ask, marks, isolate } = await breaker();
  await (await ask("/left-behind")).background;
  await new Promise((done) => setTimeout(done, 30));
  assert.deepEqual([marks, isolate.dropped], [[], 1]);
  await (await ask("/handed-on")).background;
  assert.deepEqual([marks, isolate.dropped], [["in the background"], 1]);
});

const needsSnapshots = snapshots && module ? {} : { skip: "MARTLET_MODULE and MARTLET_SNAPSHOTS are not set" };

/** The worker's own entry on a KV namespace, with its log lines. */
async function worker(env = {}, scorer = module) {
  const folder = await mkdtemp(join(tmpdir(), "martlet-kv-"));
  const publications = snapshots ? (await readdir(snapshots)).sort().map((name) => join(snapshots, name)) : [];
  const lines = [];
  const isolate = new Isolate(path("../../cloudflare/index.js"), {
    env: (isolate) => ({ SNAPSHOTS: folderNamespace(isolate, folder), REFRESH_SECONDS: "0", ...env }),
    log: (line) => lines.push(JSON.parse(line)),
    files: { "scorer.wasm": scorer, "fallback.json": fallback },
  });
  await isolate.start();
  const publish = (number) => cp(publications[number % publications.length], folder, { recursive: true });
  const ask = async (target, country = null, init = {}) => {
    const { response, background } = await isolate.fetch(new Request(`https://shop.test${target}`, init), { country });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, background };
  };
  return { isolate, folder, lines, publish, ask, close: () => rm(folder, { recursive: true }) };
}

test("the worker lives by the rules: nothing it begins is dropped, whatever fails", needsSnapshots, async () => {
  const { isolate, publish, ask, lines, folder, close } = await worker({ COLLECTOR_URL: "http://127.0.0.1:9/" });
  const degraded = await ask("/recommendations");
  await degraded.background;
  assert.equal(degraded.headers.get("martlet-degraded"), "no snapshot");
  await publish(0);
  // The first miss is remembered for as long as the configuration says: not at all.
  const answers = await Promise.all(["North", "South", "Iceland", "XX"].map((country) => ask("/recommendations?n=3", country)));
  await Promise.all(answers.map(({ background }) => background));
  assert.deepEqual(answers.map(({ status, text }) => [status, JSON.parse(text).region]), [
    [200, "North"], [200, "South"], [200, "Atlantic islands"], [200, null],
  ]); // prettier-ignore
  await writeFile(join(folder, "manifest.json"), "{");
  await (await ask("/recommendations")).background;
  assert.match((await ask("/recommendations")).headers.get("martlet-stale"), /^\d+;age=\d+$/);
  await (await ask("/events", null, { method: "POST", body: '{"event":"view","item_id":"tea"}' })).background;
  assert.equal(isolate.dropped, 0);
  assert.ok(lines.filter(({ event }) => event === "request").every(({ ms }) => ms === undefined));
  await close();
});

test("answers are shared by a region header alone, which counts more than what the platform says", needsSnapshots, async () => {
  const refused = await worker({ CACHE_SECONDS: "60" });
  await assert.rejects(refused.ask("/recommendations"), /CACHE_SECONDS: caches need REGION_HEADER/);
  await refused.close();
  const { publish, ask, close } = await worker({ CACHE_SECONDS: "60", REGION_HEADER: "X-Country", CORS: "https://a.test, https://b.test" });
  await publish(0);
  for (const query of ["", "?anonymous=1"]) {
    const answer = await ask(`/recommendations${query}`, "South", { headers: { "X-Country": "North", Origin: "https://b.test" } });
    await answer.background;
    assert.equal(JSON.parse(answer.text).region, "North");
    assert.equal(answer.headers.get("cache-control"), "public, max-age=0, s-maxage=60");
    assert.equal(answer.headers.get("vary"), `Accept, ${query ? "" : "Cookie, Martlet-Session, Sec-GPC, "}X-Country, Origin`);
    assert.equal(answer.headers.get("access-control-allow-origin"), "https://b.test");
  }
  await close();
});

test("many region loads and swaps of generations stay within the memory of an isolate", needsSnapshots, async () => {
  const { isolate, publish, ask, lines, folder, close } = await worker({ REGION_MEGABYTES: process.env.MARTLET_REGION_MEGABYTES ?? "1" });
  const served = () => lines.filter(({ event }) => event === "generation_served").length;
  const peaks = [];
  for (let round = 0; round < 24; round++) {
    await publish(round);
    await (await ask("/recommendations")).background;
    const { regions, generation } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    for (const code of [...Object.keys(regions), ...Object.keys(regions)]) {
      const answer = await ask("/recommendations?n=5", code);
      await answer.background;
      assert.equal(answer.status, 200);
      assert.equal(lines.at(-1).generation, generation);
      assert.equal(answer.headers.get("martlet-degraded"), null);
    }
    globalThis.gc();
    peaks.push(isolate.memoryBytes);
  }
  assert.ok(served() >= (new Set((await readdir(snapshots))).size > 1 ? 24 : 1));
  assert.equal(isolate.dropped, 0);
  // After the first swaps it does not grow any more: sixteen of them later there is not one instance (1.6 MB) more than before.
  const grown = Math.max(...peaks.slice(16)) - Math.max(...peaks.slice(4, 8));
  assert.ok(grown < 1.5e6, peaks.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`).join(", "));
  console.log(`peak ${(isolate.peakBytes / 1e6).toFixed(1)} MB, after each round ${peaks.map((b) => (b / 1e6).toFixed(1)).join(" ")}`);
  await close();
});

const { MARTLET_TRAPPING_SCORER: trapping } = process.env;
const needsTrapping = snapshots && trapping ? {} : { skip: "MARTLET_TRAPPING_SCORER and MARTLET_SNAPSHOTS are not set" };

test("a scorer that fails again and again costs the requests that broke it, and no memory", needsTrapping, async () => {
  const { isolate, publish, ask, lines, close } = await worker({}, trapping);
  await publish(0);
  const asks = ["North", "South", "Faroe Islands", "XX"].map((country) => ["/recommendations?n=4&context=product&item_id=tea", country]);
  const whole = async ([target, country]) => {
    const { status, headers, text, background } = await ask(target, country);
    await background;
    return [status, headers.get("martlet-degraded"), text];
  };
  const expected = await Promise.all(asks.map(whole));
  assert.equal(new Set(expected.map(([, , text]) => text)).size, 4);
  for (let round = 0; round < 60; round++) {
    const path = ["/trap", "/wild", "/deep", "/hurt", "/late"][round % 5];
    const failed = await ask(path, "North");
    assert.deepEqual([failed.status, failed.headers.get("content-type")], [503, "application/problem+json"], path);
    // The next one comes before or after the new instance has been made.
    if (round % 2) await failed.background;
    assert.deepEqual(await Promise.all(asks.map(whole)), expected, `after ${path}`);
    await failed.background;
  }
  assert.equal(lines.filter(({ event }) => event === "instance_replaced").length, 60);
  assert.equal(isolate.dropped, 0);
  await close();
});

/** Bytes that are not all the same, which the module for faults takes for a file. */
function filler(mebibytes, seed) {
  const words = new Uint32Array(mebibytes << 18);
  for (let i = 0, word = seed; i < words.length; i++) words[i] = word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
  const bytes = new Uint8Array(words.buffer);
  bytes[0] = 65;
  return bytes;
}

test("the largest base that KV takes is swapped, with texts and regions, within the memory of an isolate", needsModule, async () => {
  const { isolate, ask, lines, folder, close } = await worker({ REGION_MEGABYTES: "16" }, process.env.MARTLET_FAULT_MODULE);
  for (let round = 1; round <= 4; round++) {
    const files = [snapshotFile("base", filler(25, round)), snapshotFile("text", filler(6, round))];
    for (let region = 0; region < 20; region++) files.push(snapshotFile("region", filler(1, region + 1), { region: `r${region}` }));
    for (const { entry, bytes } of files) await writeFile(join(folder, entry.name), bytes);
    const regions = Object.fromEntries(files.slice(2).map(({ entry }) => [entry.region, entry.region]));
    const manifest = { format: 1, generation: `g${round}`, built: "", files: files.map(({ entry }) => entry), regions };
    await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    files.length = 0;
    await (await ask("/visits")).background;
    for (const code of Object.keys(regions)) {
      const answer = await ask("/visits", code);
      await answer.background;
      assert.deepEqual([answer.status, lines.at(-1).generation], [200, `g${round}`]);
    }
  }
  assert.equal(lines.filter(({ event }) => event === "generation_served").length, 4);
  console.log(`peak ${(isolate.peakBytes / 1e6).toFixed(1)} MB`);
  await close();
});
