// The worker's core under traffic that does not end, see soak.py:
//
//     node --expose-gc soak.mjs scorer.wasm REQUESTS REGION_BYTES SAMPLES SNAPSHOTS...
//
// Under Node or Deno. The store changes from one generation to the next all along. Every so many messages to the module go with their
// answers to the file SAMPLES, for who can tell whether they are right. It ends with an error where a promise does not hold; what it counted
// is printed, then a line of bytes over time for each kind of memory.

import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";

import { folderStore } from "../../wasm-host/worker/node/server.mjs";
import { createWorker } from "../../wasm-host/worker/src/worker.js";

const [place, count, regionBytes, samplesPlace, ...folders] = process.argv.slice(2);
const requests = Number(count);
const stores = folders.map(folderStore);
const sampled = createWriteStream(samplesPlace);
const [swaps, checks, samples] = [Math.max(6, requests / 20_000), Math.max(200, requests / 500), Math.max(40, requests / 10_000)].map(Math.floor);
const [VISITORS, ITEMS, STEP_MS] = [3_000, 2_000, 137];

const clock = { now: 1_750_000_000_000 };
let current = 0;
const lines = [];
const worker = createWorker({
  module: await WebAssembly.compile(await readFile(place)),
  store: { read: (name, signal) => stores[current].read(name, signal) },
  regionMegabytes: Number(regionBytes) / 2 ** 20,
  regionWaitMs: 10_000,
  refreshSeconds: 1e9,
  now: () => clock.now,
  policy: { allowOverrides: true },
  writeLog: (line) => line.includes('"request"') || lines.push(JSON.parse(line)),
});

/** The latest message to the module, and its answer. */
const exchange = { message: null, answer: null };
/** Has them kept from now on. */
function listenTo(generation) {
  const handle = generation.handle.bind(generation);
  generation.handle = async (region, messageFor, waitUntil) => {
    const kept = (code) => (exchange.message = messageFor(code));
    return (exchange.answer = await handle(region, kept, waitUntil));
  };
}
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

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
const counts = { swaps: 0, sampled: 0 };
const started = performance.now();
for (let number = 0; number < requests; number++) {
  clock.now += STEP_MS;
  if (number % Math.floor(requests / swaps) === 0) {
    current = (current + 1) % stores.length;
    await worker.publication.refresh();
    assert.equal(worker.publication.failingSince, null, JSON.stringify(lines.at(-1)));
    listenTo(worker.publication.current);
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
  if (number % Math.floor(requests / checks) === 0) {
    const answer = Buffer.from(exchange.answer);
    assert.equal(answer.subarray(answer.indexOf("\r\n\r\n") + 4).toString(), text, "the client got what the module has answered");
    sampled.write(`${current} ${base64(exchange.message)} ${base64(answer)}\n`);
    counts.sampled++;
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
await new Promise((resolve) => sampled.end(resolve));
for (const [name, samples] of Object.entries(memory)) console.log(`${name} ${samples.join(" ")}`);
