import assert from "node:assert/strict";
import { test } from "node:test";

import { createWorker } from "../src/worker.js";
import { answering, needsModule, worker } from "./support.mjs";

const LIST = '{"items":[{"item_id":"a"}]}';
const message = (head, body = LIST) =>
  `HTTP/1.1 ${head}\r\nContent-Type: application/json\r\nCache-Control: private, no-store\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A worker whose module answers with a list, whatever comes. */
function listing(options = {}, head = "200 OK") {
  const made = worker(options);
  answering(made.made, message(head));
  return made;
}

test("a personal answer is nobody else's", async () => {
  const { ask } = listing({ cacheSeconds: 60 });
  for (const headers of [{ Cookie: "martlet_session=t" }, { "Martlet-Session": "t" }]) {
    const response = await ask("/recommendations", { headers });
    assert.equal(response.headers.get("cache-control"), "private, no-store");
    assert.equal(response.headers.get("etag"), null);
  }
});

test("an anonymous answer is everybody's, in this region and on this page", async () => {
  const { ask } = listing({ cacheSeconds: 60, regionHeader: "X-Country" });
  const response = await ask("/recommendations?context=product&item_id=a");
  assert.equal(response.headers.get("cache-control"), "public, max-age=0, s-maxage=60");
  assert.deepEqual(response.headers.get("vary").split(", "), ["Accept", "Cookie", "Martlet-Session", "Sec-GPC", "X-Country"]);
});

test("an answer asked for as everybody's varies by no cookie, and is the same for who has a session", async () => {
  const { made, ask } = listing({ cacheSeconds: 60, regionHeader: "X-Country" });
  const asked = answering(made, message("200 OK"));
  for (const headers of [{}, { Cookie: "martlet_session=t; _ga=1" }, { "Martlet-Session": "t", "Sec-GPC": "1" }]) {
    const response = await ask("/recommendations?anonymous=1", { headers: { ...headers, "X-Country": "DE" } });
    assert.equal(response.headers.get("cache-control"), "public, max-age=0, s-maxage=60");
    assert.equal(response.headers.get("vary"), "Accept, X-Country");
  }
  const [first, ...others] = asked.map((text) => text.replace(/martlet-seed: \d+/, ""));
  assert.match(first, /^GET \/recommendations HTTP/);
  assert.deepEqual(others, [first, first]);
  const kept = await listing().ask("/recommendations?anonymous=1");
  assert.equal(kept.headers.get("cache-control"), "private, no-store", "where the deployment shares nothing");
});

test("caches keep no answer of a region that no header tells them", async () => {
  const controls = async (options, platform) => {
    const { ask } = listing({ cacheSeconds: 60, ...options });
    const responses = await Promise.all(["", "?anonymous=1"].map((query) => ask(`/recommendations${query}`, {}, platform)));
    return responses.map(({ headers }) => headers.get("cache-control").split(",")[0]);
  };
  assert.deepEqual(await controls({}, { region: "DE" }), ["private", "private"]);
  assert.deepEqual(await controls({ regionHeader: "X-Country" }, { region: "DE" }), ["public", "public"]);
  assert.deepEqual(await controls({}, {}), ["public", "public"], "where there is one region only");
});

test("nothing in a shared answer is about the request that came first", async () => {
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const { ask, lines } = listing({ cacheSeconds: 60 });
  const tag = (await ask("/recommendations")).headers.get("etag");
  for (const more of [{}, { "If-None-Match": tag }]) {
    const { headers } = await ask("/recommendations", { headers: { traceparent, ...more } });
    assert.match(headers.get("cache-control"), /^public/);
    assert.deepEqual([headers.get("traceparent"), headers.get("server-timing")], [null, null]);
    assert.equal(lines.at(-1).trace, traceparent);
    assert.equal(typeof lines.at(-1).ms, "number");
  }
  const { headers } = await ask("/recommendations", { headers: { traceparent, "Martlet-Session": "t" } });
  assert.equal(headers.get("traceparent"), traceparent);
  assert.match(headers.get("server-timing"), /total/);
});

test("caches keep nothing where the deployment does not say so, and only recommendations", async () => {
  assert.equal((await listing().ask("/recommendations")).headers.get("cache-control"), "private, no-store");
  assert.equal((await listing({ cacheSeconds: 60 }).ask("/snapshot")).headers.get("cache-control"), "private, no-store");
  const post = await listing({ cacheSeconds: 60 }).ask("/recommendations", { method: "POST", body: "{}" });
  assert.equal(post.headers.get("cache-control"), "private, no-store");
});

test("an answer that sets a cookie is not shared", async () => {
  const { ask, made } = worker({ cacheSeconds: 60 });
  answering(made, message("200 OK").replace("\r\nContent-Type", "\r\nSet-Cookie: martlet_session=t\r\nContent-Type"));
  const response = await ask("/recommendations");
  assert.equal(response.headers.get("cache-control"), "private, no-store");
  assert.deepEqual(response.headers.getSetCookie(), ["martlet_session=t"]);
});

test("an answer with offers is not shared, however anonymous", async () => {
  const { ask, made } = worker({ cacheSeconds: 60 });
  answering(made, message("200 OK", '{"items":[],"offers":[]}').replace("private, no-store", "public, max-age=60"));
  const response = await ask("/recommendations");
  assert.equal(response.headers.get("cache-control"), "private, no-store");
  assert.equal(response.headers.get("etag"), null);
});

test("what a cache has already is not sent again", async () => {
  const { ask } = listing({ cacheSeconds: 60 });
  const tag = (await ask("/recommendations")).headers.get("etag");
  assert.match(tag, /^W\/"[0-9a-f]{24}"$/);
  for (const sent of [tag, tag.slice(2), `"x", ${tag}`, "*"]) {
    const response = await ask("/recommendations", { headers: { "If-None-Match": sent } });
    assert.equal(response.status, 304);
    assert.equal(await response.text(), "");
    assert.equal(response.headers.get("etag"), tag);
    assert.match(response.headers.get("cache-control"), /s-maxage=60/);
  }
  assert.equal((await ask("/recommendations", { headers: { "If-None-Match": '"other"' } })).status, 200);
});

test("HEAD is GET without a body", async () => {
  const { ask } = listing({ cacheSeconds: 60 });
  const [get, head] = [await ask("/recommendations"), await ask("/recommendations", { method: "HEAD" })];
  assert.equal(await head.text(), "");
  assert.equal(head.status, 200);
  assert.equal(head.headers.get("etag"), get.headers.get("etag"));
});

test("OPTIONS tells the methods", async () => {
  const made = worker();
  answering(made.made, message("405 Method Not Allowed").replace("\r\nContent-Type", "\r\nAllow: GET\r\nContent-Type"));
  const response = await made.ask("/recommendations", { method: "OPTIONS" });
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("allow"), "GET, HEAD, OPTIONS");
  assert.equal(response.headers.get("access-control-allow-methods"), null);
});

test("CORS: origins that are named may ask, with cookies", async () => {
  const { ask, made } = listing({ cors: ["https://shop.example"], cacheSeconds: 60 });
  const allowed = (await ask("/recommendations", { headers: { Origin: "https://shop.example" } })).headers;
  assert.equal(allowed.get("access-control-allow-origin"), "https://shop.example");
  assert.equal(allowed.get("access-control-allow-credentials"), "true");
  assert.match(allowed.get("access-control-expose-headers"), /Martlet-Session/);
  assert.match(allowed.get("vary"), /Cookie.*, Origin$/);
  const others = (await ask("/recommendations", { headers: { Origin: "https://evil.example" } })).headers;
  assert.equal(others.get("access-control-allow-origin"), null);
  assert.match(others.get("vary"), /Origin/);
  answering(made, message("405 Method Not Allowed").replace("\r\nContent-Type", "\r\nAllow: POST\r\nContent-Type"));
  const preflight = (await ask("/events", { method: "OPTIONS", headers: { Origin: "https://shop.example" } })).headers;
  assert.equal(preflight.get("access-control-allow-methods"), "POST, OPTIONS");
  assert.match(preflight.get("access-control-allow-headers"), /Content-Type/);
});

test("CORS: a page may ask for the static list too", async () => {
  const { ask, made } = worker({ cors: ["https://shop.example"] });
  made.publication.generation = async () => null;
  const preflight = await ask("/recommendations", { method: "OPTIONS", headers: { Origin: "https://shop.example" } });
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get("access-control-allow-methods"), /^GET, HEAD, POST/);
});

test("CORS: any origin, then without cookies; and none by default", async () => {
  const headers = { Origin: "https://anywhere.example" };
  const any = (await listing({ cors: ["*"] }).ask("/recommendations", { headers })).headers;
  assert.equal(any.get("access-control-allow-origin"), "*");
  assert.equal(any.get("access-control-allow-credentials"), null);
  assert.equal((await listing().ask("/recommendations", { headers })).headers.get("access-control-allow-origin"), null);
});

test("CORS holds for problems too, or a page could not read them", async () => {
  const { ask } = listing({ cors: ["*"] });
  const response = await ask("/x".repeat(5000), { headers: { Origin: "https://anywhere.example" } });
  assert.equal(response.status, 414);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
});

test("limits: what is too long is refused as a problem, what is just within is not", async () => {
  const { ask } = listing();
  const statusOf = async (path, init) => {
    const response = await ask(path, init);
    if (response.status === 200) return 200;
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const problem = await response.json();
    assert.equal(problem.status, response.status);
    assert.ok(problem.title && problem.detail);
    return response.status;
  };
  assert.equal(await statusOf(`/recommendations?exclude=${"x".repeat(8150)}`), 200);
  assert.equal(await statusOf(`/recommendations?exclude=${"x".repeat(8193)}`), 414);
  assert.equal(await statusOf("/recommendations", { headers: { Accept: "x".repeat(32 << 10) } }), 431);
  const post = (size) => statusOf("/events", { method: "POST", body: new Uint8Array(size) });
  assert.equal(await post(64 << 10), 200);
  assert.equal(await post((64 << 10) + 1), 413);
});

test("limits: a body that does not tell its length is counted as it comes", async () => {
  const { ask } = listing();
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      sent += 16 << 10;
      controller.enqueue(new Uint8Array(16 << 10));
    },
  });
  assert.equal((await ask("/events", { method: "POST", body, duplex: "half" })).status, 413);
  assert.ok(sent < 200 << 10);
});

test("paths outside of the prefix are not answered, those inside go on without it", needsModule, async () => {
  const { ask } = worker({ prefix: "/martlet" });
  assert.equal((await ask("/recommendations")).status, 404);
  assert.equal((await ask("/martletrecommendations")).status, 404);
  assert.match(await (await ask("/martlet/snapshot?n=1")).text(), /^GET \/snapshot\?n=1 HTTP\/1.1/);
});

test("traceparent is passed through, if it is one", async () => {
  const { ask, lines } = listing();
  const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  assert.equal((await ask("/recommendations", { headers: { traceparent: trace } })).headers.get("traceparent"), trace);
  assert.equal(lines.at(-1).trace, trace);
  assert.equal((await ask("/recommendations", { headers: { traceparent: "nonsense" } })).headers.get("traceparent"), null);
});

test("Server-Timing where clocks run, and nowhere else", async () => {
  assert.match((await listing().ask("/recommendations")).headers.get("server-timing"), /^module;dur=[\d.]+, total;dur=[\d.]+$/);
  const still = listing({ hasClock: false });
  assert.equal((await still.ask("/recommendations")).headers.get("server-timing"), null);
  assert.equal(still.lines.at(-1).ms, undefined);
});

test("one log line a request, and nothing personal in it", async () => {
  const { ask, lines } = listing({ cors: ["*"] });
  const secrets = ["SECRET1", "SECRET2", "SECRET3", "SECRET4", "SECRET5", "SECRET6", "SECRET7"];
  const headers = {
    Cookie: "martlet_session=SECRET1; martlet_consent=full", "User-Agent": "SECRET2", Referer: "https://a.example/SECRET3",
    "X-Forwarded-For": "SECRET4", Authorization: "SECRET5",
  }; // prettier-ignore
  await ask("/recommendations?user_id=SECRET6", { headers }, { user: "SECRET7", region: "DE" });
  assert.equal(lines.length, 1);
  const [line] = lines;
  assert.ok(!secrets.some((secret) => JSON.stringify(line).includes(secret)));
  assert.deepEqual([line.event, line.method, line.path, line.status, line.region, line.consent, line.generation], [
    "request", "GET", "/recommendations", 200, "DE", "full", "one",
  ]); // prettier-ignore
});

test("a path is logged where it is a route, and nothing of any other: it can hold anything", async () => {
  const { ask, lines } = listing({ prefix: "/shop", metrics: true });
  const routes = ["/shop/recommendations", "/shop/events", "/shop/session", "/shop/snapshot", "/shop/healthz", "/shop/metrics"];
  for (const path of [...routes, "/shop/jane.doe@example.org", "/shop/events/jane", "/shop", "/events"]) await ask(path);
  assert.deepEqual(lines.map(({ path }) => path), [...routes, "other", "other", "other", "other"]);
  assert.ok(!JSON.stringify(lines).includes("jane"));
});

test("a region is logged where the manifest knows it, and nothing of any other: it can hold anything", async () => {
  const { ask, lines, made } = listing({ policy: { allowOverrides: true } });
  for (const region of ["DE", "jane.doe@example.org", undefined]) await ask("/recommendations", {}, { region });
  await ask("/recommendations?region=jane");
  made.publication.generation = async () => null;
  for (const region of ["jane", undefined]) await ask("/recommendations", {}, { region });
  assert.deepEqual(lines.map(({ region }) => region), ["DE", "other", "world", "other", "other", "world"]);
  assert.ok(!JSON.stringify(lines).includes("jane"));
});

test("metrics where they are wanted", async () => {
  const { ask } = listing({ metrics: true });
  await ask("/recommendations");
  await ask("/recommendations", { method: "POST", body: "" });
  const text = await (await ask("/metrics")).text();
  assert.match(text, /martlet_requests_total\{method="GET",status="200"\} 1\n/);
  assert.match(text, /martlet_requests_total\{method="POST",status="200"\} 1\n/);
  assert.match(text, /martlet_request_milliseconds_bucket\{le="\+Inf"\} 2\n/);
  assert.match(text, /martlet_snapshot_failing 0\n/);
  assert.equal((await (await listing().ask("/metrics")).text()), LIST);
});

test("settings that cannot hold are refused when the worker is made", () => {
  const settings = [{ refreshSeconds: NaN }, { cacheSeconds: -1 }, { verify: "none" }, { prefix: "martlet" }, { prefix: "/martlet/" },
    { regionHeader: "X Country" }, { policy: { defaultConsent: "Session" } }, { policy: { eventsConsent: "none" } }]; // prettier-ignore
  for (const options of settings) {
    const [name] = Object.keys(options.policy ?? options);
    assert.throws(() => createWorker({ module: null, store: null, ...options }), new RegExp(`^Error: ${name}: `));
  }
});
