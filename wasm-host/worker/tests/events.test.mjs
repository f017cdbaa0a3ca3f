import assert from "node:assert/strict";
import { test } from "node:test";

import { answering, needsModule, worker } from "./support.mjs";

const EVENTS = [
  { event: "view", item_id: "a", time: 1_700_000_000 },
  { event: "search", time: 1_700_000_001 },
];
const SESSION = { eventsConsent: "session" };
/** What the module answers to events where the host wants them back. */
const body = JSON.stringify({ accepted: 2, stored: true, signals: 2, events: EVENTS, visit: "visit-1" });
const MESSAGE = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

function collecting({ policy = {} } = {}) {
  const taken = [];
  const made = worker({ sink: async (events, batch) => void taken.push({ events, batch }), policy: { ...SESSION, ...policy } });
  const asked = answering(made.made, MESSAGE);
  const post = (headers = {}, platform = {}, query = "") =>
    made.ask(`/events${query}`, { method: "POST", body: "[]", headers }, platform);
  return { ...made, asked, taken, post };
}

test("events go to the sink with visit, region and ids of their own, and out of the answer", async () => {
  const { post, taken, settled } = collecting();
  const response = await post({}, { region: "DE" });
  assert.deepEqual(await response.json(), { accepted: 2, stored: true, signals: 2 });
  assert.equal(taken.length, 0, "the answer does not wait");
  await settled();
  const [{ events }] = taken;
  assert.deepEqual(events.map(({ event_id: _, ...event }) => event), EVENTS.map((event) => ({ ...event, session_id: "visit-1", region: "DE" }))); // prettier-ignore
  assert.equal(new Set(events.map(({ event_id }) => event_id)).size, 2);
});

test("a region that is only assumed, and the world, are not logged", async () => {
  const { post, taken, settled } = collecting({ policy: { defaultRegion: "FR" } });
  for (const region of [undefined, null, "", "world", "FR"]) await post({}, { region });
  await settled();
  const regions = taken.flatMap(({ events }) => events.map((event) => ("region" in event ? event.region : null)));
  assert.deepEqual(regions, [null, null, null, null, null, null, null, null, "FR", "FR"]);
});

test("a user id goes along with full consent only", async () => {
  const { post, taken, settled } = collecting();
  await post({ Cookie: "martlet_consent=full" }, { user: "u1" });
  await settled();
  await post({}, { user: "u1" });
  await settled();
  assert.deepEqual(taken.map(({ events }) => events[0].user_id), ["u1", undefined]);
});

test("below the consent that the shop wants nothing is asked for and nothing handed on", async () => {
  const { post, asked, taken, settled, made } = collecting({ policy: { eventsConsent: undefined } });
  for (const headers of [{ "Sec-GPC": "1" }, { Cookie: "martlet_consent=none" }, {}]) await post(headers);
  await settled();
  assert.ok(!asked.some((message) => message.includes("martlet-want")));
  assert.deepEqual([taken.length, made.outbox.waiting], [0, 0]);
  await post({ Cookie: "martlet_consent=full" });
  await settled();
  assert.equal(taken.length, 1);
});

test("events at a time that the request has chosen are not logged", async () => {
  const { post, asked, taken, settled } = collecting({ policy: { allowOverrides: true } });
  await post({}, {}, "?time=2030-01-01");
  await settled();
  assert.equal(taken.length, 0);
  assert.doesNotMatch(asked[0], /martlet-want/);
});

test("a sink that is down delays no answer and fails no request", async () => {
  const made = worker({ sink: async () => Promise.reject(new Error("down")), policy: SESSION });
  answering(made.made, MESSAGE);
  const response = await made.ask("/events", { method: "POST", body: "[]" });
  assert.equal(response.status, 200);
  await made.settled();
  assert.equal(made.events("events_not_delivered").length, 4);
  assert.equal(made.made.outbox.dropped, 2);
});

test("the module is asked for events where there is a sink, and only there", needsModule, async () => {
  const asked = async (options, path, init) => (await worker({ ...options, policy: SESSION }).ask(path, init)).text();
  const sink = async () => {};
  const post = { method: "POST", body: "{}" };
  // The module for faults answers with the request that it got, which is no JSON: a failure that shows what was asked.
  const line = worker({ sink, policy: SESSION });
  assert.equal((await line.ask("/events", post)).status, 500);
  assert.doesNotMatch(await asked({}, "/events", post), /martlet-want/);
  assert.doesNotMatch(await asked({ sink }, "/snapshot", {}), /martlet-want/);
});
