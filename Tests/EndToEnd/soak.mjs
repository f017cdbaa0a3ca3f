// The worker's core under traffic that does not end, see soak.py:
//
//     node --expose-gc soak.mjs scorer.wasm REQUESTS SNAPSHOTS...
//
// The store changes from one generation to the next all along. Now and then an answer is held against that of a worker that has seen
// nothing before. What it found is printed; it ends with an error where a promise does not hold.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import process from "node:process";

import { folderStore } from "../../wasm-host/worker/node/server.mjs";
import { createWorker } from "../../wasm-host/worker/src/worker.js";

const [place, count, ...folders] = process.argv.slice(2);
const requests = Number(count);
const module = await WebAssembly.compile(await readFile(place));
const stores = folders.map(folderStore);
const [swaps, checks, samples] = [Math.max(6, requests / 20_000), Math.max(100, requests / 2_000), Math.max(40, requests / 10_000)].map(Math.floor);
const [VISITORS, ITEMS, STEP_MS] = [3_000, 2_000, 137];

const clock = { now: 1_750_000_000_000 };
let current = 0;
const lines = [];
function made(store) {
  return createWorker({
    module,
    store,
    // A quarter of what all regions have together: instances are made anew all along.
    regionMegabytes: 0.25,
    regionWaitMs: 10_000,
    refreshSeconds: 1e9,
    now: () => clock.now,
    policy: { allowOverrides: true },
    writeLog: (line) => line.includes('"request"') || lines.push(JSON.parse(line)),
  });
}
const worker = made({ read: (name, signal) => stores[current].read(name, signal) });

let state = 12345;
const draw = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const pick = (list) => list[Math.floor(draw() * list.length)];

/** @type {Map<number, string>} */
const cookies = new Map();
const hostile = [
  ["GET", "/recommendations?n=zero", undefined, 400],
  ["GET", "/nothing", undefined, 404],
  ["POST", "/events", '[{"event":"view"', 400],
  ["POST", "/events", "[".repeat(3000), 400],
];

function drawn() {
  const [kind, item] = [draw(), Math.floor(ITEMS * draw() ** 3)];
  if (kind < 0.6) {
    const context = pick(["homepage", `product&item_id=i${item}`, `cart&cart=i${item}`, `search&q=item%20${item}`]);
    return ["GET", `/recommendations?n=${1 + Math.floor(draw() * 30)}&context=${context}`, undefined, 200];
  }
  if (kind < 0.9) {
    const event = pick(["view", "view", "click", "add_to_cart", "purchase"]);
    return ["POST", "/events", JSON.stringify({ event, item_id: `i${item}` }), 200];
  }
  if (kind < 0.95) return ["GET", "/session", undefined, 200];
  if (kind < 0.96) return ["DELETE", "/session", undefined, 204];
  return pick(hostile);
}

const of = (method, target, body, cookie) =>
  new Request(`https://shop.test${target}`, { method, body, headers: cookie ? { cookie } : {} });
const background = [];
const platform = (region) => ({ region, waitUntil: (promise) => background.push(promise.catch(() => {})) });

const memory = { heap: [], resident: [], module: [] };
const counts = { swaps: 0, "held against a fresh worker": 0 };
const started = performance.now();
for (let number = 0; number < requests; number++) {
  clock.now += STEP_MS;
  if (number % Math.floor(requests / swaps) === 0) {
    current = (current + 1) % stores.length;
    await worker.publication.refresh();
    assert.equal(worker.publication.failingSince, null, JSON.stringify(lines.at(-1)));
    counts.swaps++;
  }
  const [method, target, body, status] = drawn();
  const [visitor, region] = [Math.floor(VISITORS * draw() ** 2), `R${Math.floor(15 * draw() ** 2)}`];
  const cookie = cookies.get(visitor);
  const response = await worker.fetch(of(method, target, body, cookie), platform(region));
  const text = await response.text();
  assert.ok(response.status === status || (status === 204 && response.status === 200), `${method} ${target}: ${response.status} ${text}`);
  assert.equal(response.headers.get("martlet-degraded"), null);
  counts[response.status] = (counts[response.status] ?? 0) + 1;
  const set = response.headers.getSetCookie().find((line) => line.startsWith("martlet_session="));
  if (set) cookies.set(visitor, set.split(";")[0]);
  if (method === "DELETE") cookies.delete(visitor);
  if (number % Math.floor(requests / checks) === 0 && method === "GET") {
    const fresh = made(stores[current]);
    const again = await fresh.fetch(of(method, target, body, cookie), platform(region));
    assert.deepEqual([again.status, await again.text()], [response.status, text], `${method} ${target} ${cookie}`);
    counts["held against a fresh worker"]++;
  }
  if (number % Math.floor(requests / samples) === 0) {
    await Promise.all(background.splice(0));
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    memory.heap.push(heapUsed + external);
    memory.resident.push(rss);
    memory.module.push(worker.publication.current?.memoryBytes ?? 0);
  }
}
const seconds = (performance.now() - started) / 1000;
const unexpected = lines.filter(({ event }) => event !== "generation_served");
assert.deepEqual(unexpected, []);
console.log(`${requests} requests in ${seconds.toFixed(0)} s, ${cookies.size} sessions at the end`);
console.log(Object.entries(counts).map(([name, value]) => `${name}: ${value}`).join(", "));
for (const [name, slack] of Object.entries({ module: 1, heap: 8, resident: 48 })) {
  const settled = memory[name].slice(Math.floor(memory[name].length / 10));
  const half = Math.floor(settled.length / 2);
  const [first, second] = [settled.slice(0, half), settled.slice(half)].map((part) => Math.max(...part) / 2 ** 20);
  const words = `${name}: at most ${first.toFixed(2)} MiB in the first half, ${second.toFixed(2)} MiB in the second`;
  assert.ok(second <= first + slack, words);
  console.log(words);
}
