/**
 * Martlet on Node 20 or later.
 *
 *     node server.mjs --module scorer.wasm --snapshots FOLDER|URL [--port 8787] [--events FOLDER|URL] …
 *
 * A folder of events gets a file of NDJSON for each day, which `martlet build` reads as it is.
 */

import { createReadStream, existsSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";

import { headerText } from "../src/facts.js";
import { MANIFEST_NAME } from "../src/manifest.js";
import { collectorSink, ndjson } from "../src/outbox.js";
import { httpStore } from "../src/stores.js";
import { createWorker } from "../src/worker.js";
import { commandFrom, isURL } from "./command.mjs";

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
  const { events, snapshots, host, port, userHeader, sessionHeader, isQuiet, settings } = await commandFrom(process.argv.slice(2));
  /** @param {import("node:http").IncomingMessage} incoming @param {string | undefined} header */
  const trusted = (incoming, header) => {
    const value = header ? incoming.headers[header.toLowerCase()] : null;
    return typeof value === "string" ? headerText(value) : null;
  };
  const worker = createWorker({
    ...settings,
    store: isURL(snapshots) ? httpStore(snapshots) : folderStore(snapshots),
    sink: events ? (isURL(events) ? collectorSink(events) : folderSink(events)) : null,
    metrics: true,
    writeLog: isQuiet ? () => {} : (line) => process.stdout.write(`${line}\n`),
  });
  const server = serve(worker, (incoming) => ({
    user: trusted(incoming, userHeader),
    session: trusted(incoming, sessionHeader),
  }));
  await listening(server, port, host);
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`listening on http://${address.address}:${address.port}`);
  if (!isURL(snapshots) && !existsSync(join(snapshots, MANIFEST_NAME))) {
    console.error(`martlet: --snapshots ${snapshots}: no ${MANIFEST_NAME} there yet; until one comes, the fallback list answers`);
  }
  const stop = () =>
    server.close(async () => {
      await worker.outbox?.drain();
      process.exit(0);
    });
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
}

/**
 * @param {import("node:http").Server} server
 * @param {number} port
 * @param {string} host
 */
function listening(server, port, host) {
  return new Promise((done, failed) => {
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      const isTaken = error.code === "EADDRINUSE";
      failed(new Error(isTaken ? `--port: ${port} is in use on ${host}` : `--host ${host} --port ${port}: ${error.message}`));
    });
    server.listen(port, host, () => done(undefined));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await main();
  } catch (error) {
    console.error(`martlet: ${/** @type {Error} */ (error).message}`);
    process.exit(1);
  }
}
