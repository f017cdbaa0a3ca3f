import assert from "node:assert/strict";
import { test } from "node:test";

import { Shop, needsModule, worker } from "./support.mjs";

const opened = async (ask, region) => (await (await ask("/files", {}, { region })).text()).trimEnd().split("\n");

test("requests that have waited together get each their own answer", needsModule, async () => {
  const { ask } = worker();
  const answers = await Promise.all(Array.from({ length: 40 }, async (_, i) => (await ask(`/echo?visitor=${i}`, {}, { region: "N" })).text()));
  answers.forEach((text, i) => assert.ok(text.startsWith(`GET /echo?visitor=${i} `), `${i}: ${text.split("\r\n")[0]}`));
});

test("a trap costs its own request alone, and the next instance needs no store", needsModule, async () => {
  const store = new Shop();
  const { ask, events, lines } = worker({ store });
  await ask("/visits", {}, { region: "N" });
  store.files.clear();
  const [trapped, next] = await Promise.all([ask("/trap"), ask("/visits", {}, { region: "N" })]);
  assert.equal(trapped.status, 503);
  assert.match(lines.find(({ error }) => error).error, /martlet_handle: unreachable/);
  assert.equal(await next.text(), "A");
  assert.deepEqual(await opened(ask, "N"), ["1base of", "2all, th", "2north f"]);
  assert.equal(events("instance_replaced").length, 1);
});

test("what a fault leaves behind in memory is checked, and read again where it was hit", needsModule, async () => {
  const store = new Shop();
  const { ask, made } = worker({ store });
  await ask("/visits");
  const { _active: active } = made.publication.current;
  const [{ address }] = active._files.values();
  active.scorer.window(address, 1)[0] ^= 1;
  await ask("/trap");
  assert.deepEqual(await opened(ask), ["1base of"]);
  assert.equal(store.reads.filter((name) => name.startsWith("base")).length, 2);
});

test("where no instance can be had, requests fail fast and it is tried again later", needsModule, async () => {
  const store = new Shop();
  const { ask, made, clock, events } = worker({ store });
  await ask("/visits");
  const { _active: active } = made.publication.current;
  active.scorer.window([...active._files.values()][0].address, 1)[0] ^= 1;
  const files = new Map(store.files);
  store.files.clear();
  await ask("/trap");
  for (let i = 0; i < 5; i++) {
    assert.equal((await ask("/recommendations")).headers.get("martlet-degraded"), "the scorer failed");
  }
  assert.equal(events("instance_not_replaced").length, 1);
  store.files = files;
  clock.now += 5000;
  assert.equal(await (await ask("/visits")).text(), "A");
});

test("answers that are no HTTP, or lie outside of memory, are the module's failures", needsModule, async () => {
  const { ask } = worker();
  for (const path of ["/bad", "/wild"]) assert.equal((await ask(path)).status, 503);
  assert.equal(await (await ask("/visits")).text(), "A");
});

for (const [name, damage] of [
  ["is damaged", (shop) => (shop.files.get(shop.name("north"))[0] ^= 1)],
  ["is missing", (shop) => shop.files.delete(shop.name("north"))],
  ["is refused", (shop) => shop.publish("one", { north: "X" })],
  ["traps", (shop) => shop.publish("one", { north: "T" })],
]) {
  test(`a region file that ${name} is answered for by its parent, until it is tried again`, needsModule, async () => {
    const store = new Shop();
    damage(store);
    const { ask, clock, events } = worker({ store });
    const files = await opened(ask, "N");
    assert.deepEqual(files, ["1base of", "2all, th"]);
    assert.equal(events("region_answered_by_parent")[0].region, "north");
    assert.match(await (await ask("/echo", {}, { region: "N" })).text(), /\nmartlet-region: all\r\n/);
    assert.match(await (await ask("/echo", {}, { region: "S" })).text(), /\nmartlet-region: S\r\n/);
    const reads = store.reads.length;
    assert.deepEqual((await opened(ask, "N")).slice(0, 2), ["1base of", "2all, th"]);
    assert.equal(store.reads.length, reads, "not with every request");
    store.files.set(store.name("north"), new TextEncoder().encode("north file"));
    if (name !== "is damaged" && name !== "is missing") return;
    clock.now += 61_000;
    assert.equal((await opened(ask, "N")).at(-1), "2north f");
  });
}

test("a region that is slow to come is waited for a moment, once; the wider answers until it is there", needsModule, async () => {
  const store = new Shop();
  const name = store.name("north");
  let release;
  const gate = new Promise((done) => (release = done));
  const slow = { read: async (file) => (file === name && (await gate), store.read(file)) };
  const { ask, settled } = worker({ store: slow, regionWaitMs: 30, now: Date.now });
  assert.deepEqual(await opened(ask, "N"), ["1base of", "2all, th"]);
  const started = performance.now();
  for (let i = 0; i < 20; i++) await ask("/visits", {}, { region: "N" });
  assert.ok(performance.now() - started < 20 * 30, "later requests do not wait again");
  assert.deepEqual(await opened(ask, "S"), ["1base of", "2all, th"], "loads come one after the other");
  release();
  await settled();
  assert.deepEqual(await opened(ask, "N"), ["1base of", "2all, th", "2north f", "2south f"]);
});

test("above the bound a fresh instance keeps what was asked for lately, read from memory", needsModule, async () => {
  const store = new Shop("one", { north: "n".repeat(700_000), south: "s".repeat(500_000) });
  const { ask } = worker({ store, regionMegabytes: 1 });
  assert.equal((await opened(ask, "N")).length, 3);
  const reads = store.reads.length;
  assert.deepEqual(await opened(ask, "S"), ["1base of", "2sssssss"]);
  assert.deepEqual(store.reads.slice(reads), [store.name("south")]);
});
