/**
 * Martlet on Node 20 or later.
 *
 *     node server.mjs --module scorer.wasm --snapshots FOLDER|URL [--port 8787] [--events FOLDER|URL] …
 *
 * A folder of events gets a file of NDJSON for each day, which `martlet build` reads as it is.
 */

import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { headerText } from "../src/facts.js";
import { collectorSink, ndjson } from "../src/outbox.js";
import { httpStore } from "../src/stores.js";
import { createWorker } from "../src/worker.js";

/**
 * A folder that `martlet build` or `martlet publish` wrote.
 * @param {string} folder
 * @returns {import("../src/loading.js").Store}
 */
export function folderStore(folder) {
  return {
    async read(name, signal) {
      const path = join(folder, name);
      if (!existsSync(path)) return null;
      return /** @type {any} */ (Readable.toWeb(createReadStream(path, { signal, highWaterMark: 1 << 18 })));
    },
  };
}

/**
 * Appends to a file for each day; a batch is on the disk before it counts as delivered. What a full disk or a crash has left of an
 * earlier one ends with its own line: a build takes the next for whole, and what stands twice once. Nothing is cut off: another process
 * may have written there since.
 * @param {string} folder
 * @returns {import("../src/outbox.js").Sink}
 */
export function folderSink(folder) {
  return async (events) => {
    await mkdir(folder, { recursive: true });
    const file = await open(join(folder, `events-${new Date().toISOString().slice(0, 10)}.ndjson`), "a+");
    try {
      const { size } = await file.stat();
      const last = size > 0 ? (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString() : "\n";
      await file.appendFile((last === "\n" ? "" : "\n") + ndjson(events));
      await file.sync();
    } finally {
      await file.close();
    }
  };
}

/** Above the worker's own limits, so that it is the worker who says no. */
const HEAD_BYTES_MAX = 64 << 10;

/**
 * An HTTP server in front of a worker.
 * @param {{ fetch(request: Request, platform?: object): Promise<Response> }} worker
 * @param {(request: import("node:http").IncomingMessage) => object} [platformOf]
 */
export function serve(worker, platformOf = () => ({})) {
  return createServer({ maxHeaderSize: HEAD_BYTES_MAX }, async (incoming, outgoing) => {
    try {
      const response = await worker.fetch(requestOf(incoming), platformOf(incoming));
      for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
      const cookies = response.headers.getSetCookie();
      if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
      const body = response.body ? Buffer.from(await response.arrayBuffer()) : null;
      if (body) outgoing.setHeader("content-length", body.length);
      outgoing.writeHead(response.status);
      outgoing.end(body);
    } catch (error) {
      if (outgoing.headersSent) return void outgoing.destroy();
      // What is no Request, such as a target that is no URL, never reaches the worker.
      outgoing.writeHead(400, { "content-type": "application/problem+json", connection: "close" });
      outgoing.end('{"type":"about:blank","title":"Bad Request","status":400,"detail":"not an HTTP request"}');
    }
  });
}

/** @param {import("node:http").IncomingMessage} incoming */
function requestOf(incoming) {
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
  const hasBody = !["GET", "HEAD"].includes(incoming.method ?? "");
  return new Request(new URL(incoming.url ?? "/", `http://${incoming.headers.host ?? "localhost"}`), {
    method: incoming.method,
    headers,
    ...(hasBody ? { body: /** @type {any} */ (Readable.toWeb(incoming)), duplex: "half" } : {}),
  });
}

async function main() {
  const { values } = parseArgs({
    options: {
      module: { type: "string" },
      snapshots: { type: "string" },
      events: { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "8787" },
      "region-header": { type: "string" },
      "user-header": { type: "string" },
      "session-header": { type: "string" },
      fallback: { type: "string" },
      prefix: { type: "string", default: "" },
      consent: { type: "string", default: "session" },
      "events-consent": { type: "string", default: "full" },
      "refresh-seconds": { type: "string", default: "10" },
      "load-seconds": { type: "string", default: "20" },
      "first-wait-ms": { type: "string", default: "5000" },
      "cache-seconds": { type: "string", default: "0" },
      "allow-overrides": { type: "boolean", default: false },
      "key-variable": { type: "string", default: "MARTLET_KEY" },
      cors: { type: "string", multiple: true, default: [] },
      quiet: { type: "boolean", default: false },
    },
  });
  if (!values.module || !values.snapshots) throw new Error("--module and --snapshots are needed");
  const isURL = (/** @type {string} */ text) => /^https?:/.test(text);
  const fallback = values.fallback ?? (isURL(values.snapshots) ? null : join(values.snapshots, "fallback.json"));
  /** @param {import("node:http").IncomingMessage} incoming @param {string | undefined} header */
  const trusted = (incoming, header) => {
    const value = header ? incoming.headers[header.toLowerCase()] : null;
    return typeof value === "string" ? headerText(value) : null;
  };
  const worker = createWorker({
    module: await WebAssembly.compile(await readFile(values.module)),
    store: isURL(values.snapshots) ? httpStore(values.snapshots) : folderStore(values.snapshots),
    staticList: fallback && existsSync(fallback) ? JSON.parse(await readFile(fallback, "utf8")) : null,
    sink: values.events ? (isURL(values.events) ? collectorSink(values.events) : folderSink(values.events)) : null,
    prefix: values.prefix,
    refreshSeconds: Number(values["refresh-seconds"]),
    loadSeconds: Number(values["load-seconds"]),
    firstWaitMs: Number(values["first-wait-ms"]),
    cacheSeconds: Number(values["cache-seconds"]),
    cors: values.cors,
    regionHeader: values["region-header"],
    metrics: true,
    policy: {
      allowOverrides: values["allow-overrides"],
      defaultConsent: /** @type {any} */ (values.consent),
      eventsConsent: /** @type {any} */ (values["events-consent"]),
      key: process.env[/** @type {string} */ (values["key-variable"])] ?? null,
    },
    writeLog: values.quiet ? () => {} : (line) => process.stdout.write(`${line}\n`),
  });
  const server = serve(worker, (incoming) => ({
    user: trusted(incoming, values["user-header"]),
    session: trusted(incoming, values["session-header"]),
  }));
  server.listen(Number(values.port), values.host, () => {
    const address = /** @type {import("node:net").AddressInfo} */ (server.address());
    console.log(`listening on http://${address.address}:${address.port}`);
  });
  const stop = () =>
    server.close(async () => {
      await worker.outbox?.drain();
      process.exit(0);
    });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
