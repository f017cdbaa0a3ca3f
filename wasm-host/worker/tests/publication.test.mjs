import assert from "node:assert/strict";
import { test } from "node:test";

import { Shop, faultModule, needsModule, worker } from "./support.mjs";

const MINUTE = 60_000;
/** What the instance has opened, by kind and first bytes. */
const opened = async (ask, platform) => (await (await ask("/files", {}, platform)).text()).trimEnd().split("\n");
const manifests = (shop) => shop.reads.filter((name) => name === "manifest.json").length;

test("the base opens with the first request, a region with the first that needs it, parents first", needsModule, async () => {
  const { ask } = worker();
  assert.deepEqual(await opened(ask), ["1base of"]);
  assert.deepEqual(await opened(ask, { region: "N" }), ["1base of", "2all, th", "2north f"]);
  assert.deepEqual(await opened(ask, { region: "nowhere" }), ["1base of", "2all, th", "2north f"]);
});

test("a newer generation is looked for no oftener than configured, in the background, and swapped", needsModule, async () => {
  const store = new Shop();
  const { ask, clock, settled, events } = worker({ store, refreshSeconds: 60 });
  for (let i = 0; i < 20; i++) await ask("/visits");
  assert.equal(manifests(store), 1);
  store.publish("two");
  clock.now += MINUTE - 1;
  await ask("/visits");
  await settled();
  assert.equal(manifests(store), 1);
  clock.now += 1;
  assert.equal(await (await ask("/visits")).text(), String.fromCharCode(64 + 22), "the old instance answers meanwhile");
  await settled();
  assert.equal(await (await ask("/visits")).text(), "A", "then the new one");
  assert.deepEqual(events("generation_served").map(({ generation }) => generation), ["one", "two"]);
  assert.equal(manifests(store), 2);
});

test("many first requests share one load", needsModule, async () => {
  const store = new Shop();
  const { ask } = worker({ store });
  const responses = await Promise.all(Array.from({ length: 30 }, () => ask("/visits", {}, { region: "N" })));
  assert.ok(responses.every(({ status }) => status === 200));
  assert.deepEqual(store.reads, ["manifest.json", store.name("base"), store.name("all"), store.name("north")]);
});

test("what cannot be served leaves the old generation, which says for how long and how old it is", needsModule, async () => {
  const store = new Shop();
  const { ask, clock, settled, events, lines } = worker({ store });
  clock.now = Date.parse("2026-01-02T00:00:00Z");
  await ask("/visits");
  store.publish("two");
  store.files.get(store.name("base"))[3] ^= 1;
  clock.now += MINUTE;
  await ask("/visits");
  await settled();
  clock.now += 5000;
  const response = await ask("/visits");
  assert.equal(response.status, 200);
  const age = (clock.now - Date.parse(store.manifest.built)) / 1000;
  assert.equal(response.headers.get("martlet-stale"), `5;age=${age}`);
  assert.equal(lines.at(-1).stale_seconds, 5);
  const [line] = events("generation_not_served");
  assert.equal(line.serving, "one");
  assert.match(line.reason, /base-.*: bytes 0 to 11 do not match their SHA-256/);
  // Mended, it is taken over.
  store.publish("two");
  clock.now += MINUTE;
  await ask("/visits");
  await settled();
  assert.equal((await ask("/visits")).headers.get("martlet-stale"), null);
});

for (const [name, damage, reason] of [
  ["no manifest", (shop) => shop.files.delete("manifest.json"), /manifest.json: not there/],
  ["an unknown format", (shop) => ((shop.manifest.format = 9), shop.write()), /format 9 is unknown/],
  ["a file that is missing", (shop) => shop.files.delete(shop.name("base")), /base-.*: not there/],
  ["a truncated file", (shop) => shop.files.set(shop.name("base"), shop.files.get(shop.name("base")).slice(1)), /10 of 11 bytes came/],
  ["a file that is too long", (shop) => shop.files.set(shop.name("base"), new Uint8Array(12)), /longer than the 11 bytes/],
  ["a base that the module refuses", (shop) => shop.publish("one", { base: "X" }), /begins with X/],
  ["a base that traps", (shop) => shop.publish("one", { base: "T" }), /martlet_open: unreachable/],
]) {
  test(`with ${name} the static list answers, marked`, needsModule, async () => {
    const store = new Shop();
    damage(store);
    const { ask, events, lines } = worker({ store });
    const response = await ask("/recommendations?n=2&exclude=a");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("martlet-degraded"), "no snapshot");
    assert.deepEqual((await response.json()).items, [{ item_id: "b" }, { item_id: "c" }]);
    assert.equal(lines.at(-1).degraded, "no snapshot");
    assert.match(events("generation_not_served")[0].reason, reason);
    const other = await ask("/snapshot");
    assert.equal(other.status, 503);
    assert.equal(other.headers.get("retry-after"), "1");
  });
}

const bases = (shop) => shop.reads.filter((name) => name.startsWith("base-")).length;
/** Asks every `step` of the clock; the minutes at which a base was read. */
async function triedAt({ ask, clock, settled }, store, step, steps) {
  const [started, times] = [clock.now, []];
  for (let i = 0; i < steps; i++) {
    const before = bases(store);
    await ask("/visits");
    await settled();
    if (bases(store) > before) times.push((clock.now - started) / MINUTE);
    clock.now += step;
  }
  return times;
}

test("what cannot be served is downloaded again after pauses that double, up to a quarter of an hour", needsModule, async () => {
  const store = new Shop();
  const made = worker({ store, refreshSeconds: 60 });
  await made.ask("/visits");
  store.publish("two");
  const [base, good] = [store.name("base"), store.files.get(store.name("base"))];
  store.files.set(base, good.slice(1));
  made.clock.now += MINUTE;
  assert.deepEqual(await triedAt(made, store, MINUTE, 70), [0, 1, 3, 7, 15, 30, 45, 60]);
  assert.equal(manifests(store), 71, "the manifest is looked at all along");
  assert.match((await made.ask("/visits")).headers.get("martlet-stale"), /^42\d\d;/, "and it is said meanwhile");
  assert.equal(made.events("generation_not_served").length, 8);
  // Mended under the same name, it is taken over at the next try, another manifest at once.
  store.files.set(base, good);
  assert.deepEqual(await triedAt(made, store, MINUTE, 10), [5]);
  assert.equal((await made.ask("/visits")).headers.get("martlet-stale"), null);
  store.publish("three");
  store.files.delete(store.name("base"));
  assert.deepEqual(await triedAt(made, store, MINUTE, 3), [1, 2]);
  store.publish("four");
  assert.deepEqual(await triedAt(made, store, MINUTE, 3), [0]);
  assert.equal(made.events("generation_served").at(-1).generation, "four");
});

test("where nothing is served, what is refused is tried again within a minute", needsModule, async () => {
  const store = new Shop();
  store.files.delete(store.name("base"));
  const made = worker({ store, refreshSeconds: 3600 });
  const tries = await triedAt(made, store, 5000, 40);
  assert.deepEqual(tries.map((minutes) => Math.round(minutes * 60)), [0, 5, 15, 35, 75, 135, 195]);
});

test("where nothing is served, it is looked for every five seconds, however rare refreshing is", needsModule, async () => {
  const store = new Shop();
  store.files.delete("manifest.json");
  const { ask, clock } = worker({ store, refreshSeconds: 3600 });
  await ask("/visits");
  await ask("/visits");
  assert.equal(manifests(store), 1);
  store.publish("one");
  clock.now += 5000;
  assert.equal((await ask("/visits")).status, 200);
});

test("a store that hangs: the static list answers after a moment, and the load is given up", needsModule, async () => {
  const store = { read: () => new Promise(() => {}) };
  const { ask, settled, events } = worker({ store, firstWaitMs: 20, loadSeconds: 0.1, now: Date.now });
  const response = await ask("/recommendations");
  assert.equal(response.headers.get("martlet-degraded"), "no snapshot");
  await settled();
  assert.match(events("generation_not_served")[0].reason, /not done within 100 ms/);
});

test("a module that is fetched comes with the first snapshot, and is tried again", needsModule, async () => {
  let tries = 0;
  const module = async () => {
    if (tries++ === 0) throw new Error("no module yet");
    return faultModule;
  };
  const { ask, clock, events } = worker({ module });
  assert.equal((await ask("/recommendations")).headers.get("martlet-degraded"), "no snapshot");
  assert.match(events("generation_not_served")[0].reason, /no module yet/);
  clock.now += MINUTE;
  assert.equal(await (await ask("/visits")).text(), "A");
});
