import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox, bucketSink, ndjson, queueSink } from "../src/outbox.js";

function outbox(sink, more = {}) {
  const lines = [];
  const background = [];
  const log = (event, fields) => lines.push({ event, ...fields });
  const made = new Outbox(sink, { delayMs: 1, queueMax: 1000, retryMs: 1, now: Date.now, log, ...more });
  return { made, lines, add: (events) => made.add(events, (p) => background.push(p)), settled: () => Promise.all(background) };
}
const numbered = (count) => Array.from({ length: count }, (_, number) => ({ number }));

test("events of several answers go in one batch, in their order", async () => {
  const batches = [];
  const { made, add, settled } = outbox(async (events) => void batches.push(events));
  add([{ number: 0 }]);
  add([{ number: 1 }, { number: 2 }]);
  await settled();
  assert.deepEqual(batches, [numbered(3)]);
  assert.equal(made.delivered, 3);
});

test("a batch is tried again under the same id until it is taken", async () => {
  const ids = [];
  const { made, add, lines, settled } = outbox(async (events, id) => {
    ids.push(id);
    if (ids.length < 3) throw new Error("busy");
  });
  add(numbered(2));
  await settled();
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
  assert.deepEqual(lines.map(({ event, attempt, reason }) => [event, attempt, reason]), [
    ["events_not_delivered", 0, "busy"],
    ["events_not_delivered", 1, "busy"],
  ]); // prettier-ignore
  assert.deepEqual([made.delivered, made.dropped, made.waiting], [2, 0, 0]);
});

test("what is never taken is dropped and counted, and the next batch goes", async () => {
  let isDown = true;
  const taken = [];
  const { made, add, settled } = outbox(async (events) => {
    if (isDown) throw new Error("down");
    taken.push(...events);
  });
  add(numbered(2));
  await settled();
  isDown = false;
  add([{ number: 9 }]);
  await settled();
  assert.deepEqual([made.dropped, made.delivered, taken.length], [2, 1, 1]);
});

test("the queue is bounded", async () => {
  const { made, add, settled } = outbox(async () => {}, { queueMax: 10 });
  add(numbered(25));
  assert.equal(made.waiting, 10);
  await settled();
  assert.deepEqual([made.delivered, made.dropped], [10, 15]);
});

test("large queues go in bounded batches, each with an id of its own", async () => {
  const batches = [];
  const { add, settled } = outbox(async (events, id) => void batches.push([events.length, id]), { queueMax: 2000 });
  add(numbered(1100));
  await settled();
  assert.deepEqual(batches.map(([length]) => length), [500, 500, 100]);
  assert.equal(new Set(batches.map(([, id]) => id)).size, 3);
});

test("what comes in while a flush ends is delivered too", async () => {
  const taken = [];
  const { add, settled, made } = outbox(async (events) => void taken.push(...events), { delayMs: 0 });
  for (let round = 0; round < 50; round++) {
    add([{ round }]);
    for (let turn = 0; turn < round % 7; turn++) await Promise.resolve();
  }
  await settled();
  assert.equal(made.waiting, 0);
  assert.equal(taken.length, 50);
});

test("draining hands on all that waits", async () => {
  const taken = [];
  const { made, add } = outbox(async (events) => void taken.push(...events), { delayMs: 60 });
  add(numbered(3));
  await made.drain();
  assert.equal(taken.length, 3);
});

test("a queue that takes a batch in part gets each event once", async () => {
  const taken = [];
  let calls = 0;
  const sendBatch = async (messages) => {
    if (++calls % 2 === 0) throw new Error("busy");
    taken.push(...messages.map(({ body }) => body));
  };
  const { made, add, settled } = outbox(queueSink({ sendBatch }));
  add(numbered(250));
  await settled();
  assert.deepEqual(taken, numbered(250));
  assert.deepEqual([made.delivered, made.dropped, calls], [250, 0, 5]);
});

test("a queue gets messages of a hundred at most, a bucket an object a batch", async () => {
  const sizes = [];
  await queueSink({ sendBatch: async (messages) => void sizes.push(messages.length) })(numbered(250), "id");
  assert.deepEqual(sizes, [100, 100, 50]);
  const objects = new Map();
  const sink = bucketSink({ put: async (key, value) => objects.set(key, value) }, () => Date.UTC(2026, 0, 2));
  await sink(numbered(2), "batch-1");
  await sink(numbered(2), "batch-1");
  assert.deepEqual([...objects], [["events/2026-01-02/batch-1.ndjson", ndjson(numbered(2))]]);
});
