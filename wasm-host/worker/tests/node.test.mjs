import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { folderSink, folderStore, serve } from "../node/server.mjs";
import { assetsStore, bucketStore, httpStore, kvStore } from "../src/stores.js";
import { needsModule, worker } from "./support.mjs";

/** The worker behind Node's server; a request with exactly these headers. */
async function serving(context, options = {}) {
  const made = worker(options);
  const server = serve(made.made, (incoming) => ({ region: incoming.headers["x-region"] ?? null }));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  context.after(() => server.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const ask = (path, { method = "GET", headers = {}, body } = {}) =>
    new Promise((done, failed) => {
      const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, async (response) => {
        const parts = [];
        for await (const part of response) parts.push(part);
        done({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() });
      });
      sent.on("error", failed);
      sent.end(body);
    });
  return { ...made, ask, port };
}

test("cookies stay apart, lengths are told", needsModule, async (context) => {
  const { ask } = await serving(context);
  const answer = await ask("/once");
  assert.equal(answer.status, 204);
  assert.deepEqual(answer.headers["set-cookie"], ["a=1", "b=2"]);
  const visits = await ask("/visits");
  assert.equal(visits.headers["content-length"], String(visits.text.length));
  assert.equal((await ask("/visits", { method: "HEAD" })).text, "");
});

test("the worker says no to long heads, not Node", needsModule, async (context) => {
  const { ask } = await serving(context);
  const answer = await ask("/visits", { headers: { "x-long": "x".repeat(40 << 10) } });
  assert.equal(answer.status, 431);
  assert.equal(answer.headers["content-type"], "application/problem+json");
});

test("what is no request to a worker is answered all the same", needsModule, async (context) => {
  const { ask } = await serving(context);
  assert.equal((await ask("/visits", { headers: { host: "not a host" } })).status, 400);
  assert.equal((await ask("/visits", { method: "TRACE" })).status, 400);
  assert.equal((await ask("/visits")).status, 200);
});

test("a client that hangs up in the middle of its body harms nobody", needsModule, async (context) => {
  const { ask, port } = await serving(context);
  await new Promise((done) => {
    const sent = request({ host: "127.0.0.1", port, path: "/events", method: "POST", headers: { "content-length": 1000 } });
    sent.on("error", done);
    sent.write("half");
    setTimeout(() => sent.destroy(new Error("gone")), 30);
  });
  assert.equal((await ask("/visits")).status, 200);
});

test("a folder of events gets whole lines, batch after batch", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "martlet-events-"));
  context.after(() => rm(folder, { recursive: true }));
  const sink = folderSink(join(folder, "log"));
  await sink([{ event: "view" }, { event: "search" }], "1");
  await sink([{ event: "purchase" }], "2");
  const [name] = await readdir(join(folder, "log"));
  assert.match(name, /^events-\d{4}-\d\d-\d\d\.ndjson$/);
  const lines = (await readFile(join(folder, "log", name), "utf8")).split("\n");
  assert.deepEqual(lines.slice(0, -1).map((line) => JSON.parse(line).event), ["view", "search", "purchase"]);
  assert.equal(lines.at(-1), "");
});

test("a torn line in a folder of events costs no event of the next batch", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "martlet-events-"));
  context.after(() => rm(folder, { recursive: true }));
  const sink = folderSink(folder);
  await sink([{ event: "view" }], "1");
  const [name] = await readdir(folder);
  await appendFile(join(folder, name), '{"event":"purch');
  await sink([{ event: "purchase" }, { event: "rate" }], "2");
  assert.equal(await readFile(join(folder, name), "utf8"), '{"event":"view"}\n{"event":"purch\n{"event":"purchase"}\n{"event":"rate"}\n');
});

const text = async (stream) => (stream === null ? null : new Response(stream).text());

test("stores: a file's bytes, null for one that is not there, an error where the store fails", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "martlet-store-"));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "a.sqlite"), "bytes");
  const server = createServer((incoming, outgoing) => {
    outgoing.statusCode = { "/dir/a.sqlite": 200, "/dir/broken": 500 }[incoming.url] ?? 404;
    outgoing.end("bytes");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  context.after(() => server.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const files = new Map([["a.sqlite", "bytes"]]);
  const stream = (name) => (files.has(name) ? new Blob([files.get(name)]).stream() : null);
  const stores = [
    folderStore(folder),
    httpStore(`http://127.0.0.1:${port}/dir`),
    httpStore(`http://127.0.0.1:${port}/dir/`),
    kvStore({ get: async (name, type) => (assert.equal(type, "stream"), stream(name)) }),
    ...[undefined, "", "p", "p/", "p/q"].map((prefix) => {
      const folder = { p: "p/", "p/": "p/", "p/q": "p/q/" }[prefix ?? ""] ?? "";
      const nameOf = (key) => (key.startsWith(folder) ? key.slice(folder.length) : "");
      return bucketStore({ get: async (key) => (files.has(nameOf(key)) ? { body: stream(nameOf(key)) } : null) }, prefix);
    }),
    assetsStore({
      fetch: async ({ url }) => {
        const found = stream(url.split("/snapshots/")[1]);
        return new Response(found ?? "", { status: found ? 200 : 404 });
      },
    }),
  ];
  for (const store of stores) {
    assert.equal(await text(await store.read("a.sqlite")), "bytes");
    assert.equal(await store.read("missing.sqlite"), null);
  }
  await assert.rejects(stores[1].read("broken"), /broken: the store answers 500/);
});
