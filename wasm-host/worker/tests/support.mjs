/** Publications in memory, and a worker on the module made for faults (its answers are the requests that it got). */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { CHUNK_BYTES } from "../src/manifest.js";
import { createWorker } from "../src/worker.js";

const place = process.env.MARTLET_FAULT_MODULE;
/** Compiled from wasm-host/wasmtime/tests/fault_module.wat; without it tests that need a module are skipped. */
export const needsModule = place ? {} : { skip: "MARTLET_FAULT_MODULE does not name the compiled fault_module.wat" };
export const faultModule = place ? new WebAssembly.Module(readFileSync(place)) : /** @type {any} */ (null);

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A file and its entry in the manifest. */
export function snapshotFile(kind, content, more = {}) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const chunks = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(sha256(bytes.subarray(at, at + CHUNK_BYTES)));
  const name = `${kind}-${sha256(bytes).slice(0, 16)}.sqlite`;
  return { bytes, entry: { kind, name, bytes: bytes.length, sha256: sha256(bytes), chunks, ...more } };
}

/** What a store holds: a base, region `north` below `all`, region `south`, a code without a file. */
export class Shop {
  constructor(generation = "one", { north = "north file", ...more } = {}) {
    /** @type {Map<string, Uint8Array>} */
    this.files = new Map();
    /** @type {string[]} */
    this.reads = [];
    this.publish(generation, { north, ...more });
  }

  publish(generation, { base = `base of ${generation}`, north = "north file", south = "south file" } = {}) {
    const files = [
      snapshotFile("base", base),
      snapshotFile("region", "all, the parent", { region: "all" }),
      snapshotFile("region", north, { region: "north", parent: "all" }),
      snapshotFile("region", south, { region: "south" }),
    ];
    for (const { entry, bytes } of files) this.files.set(entry.name, bytes);
    this.manifest = {
      format: 1,
      generation,
      built: "2026-01-01T00:00:00Z",
      files: files.map(({ entry }) => entry),
      regions: { N: "north", S: "south", A: "all", empty: "world" },
    };
    this.write();
  }

  write() {
    this.files.set("manifest.json", new TextEncoder().encode(JSON.stringify(this.manifest)));
  }

  name(region) {
    return this.manifest.files.find((file) => (file.region ?? "base") === region).name;
  }

  async read(name) {
    this.reads.push(name);
    const bytes = this.files.get(name);
    return bytes ? new Blob([bytes]).stream() : null;
  }
}

export const STATIC_LIST = { items: [{ item_id: "a" }, { item_id: "b" }, { item_id: "c" }], context: "homepage", region: null };

/** A worker on the fault module, with a clock of its own and its log lines. */
export function worker(options = {}) {
  const lines = [];
  const clock = { now: 1_700_000_000_000 };
  const background = [];
  const made = createWorker({
    module: faultModule,
    store: new Shop(),
    staticList: STATIC_LIST,
    now: () => clock.now,
    writeLog: (line) => lines.push(JSON.parse(line)),
    ...options,
  });
  const ask = (path, init = {}, platform = {}) =>
    made.fetch(new Request(`https://shop.test${path}`, init), {
      waitUntil: (promise) => background.push(promise),
      ...platform,
    });
  return { ask, clock, lines, made, settled: () => Promise.all(background), events: (name) => lines.filter((l) => l.event === name) };
}

/** The worker's module answers with this, whatever comes. Returns what it is asked. */
export function answering(made, message) {
  /** @type {string[]} */
  const asked = [];
  const handle = async (region, messageFor) => {
    asked.push(new TextDecoder().decode(messageFor(region)));
    return new TextEncoder().encode(message);
  };
  const regions = new Map([["DE", "DE"]]);
  made.publication.generation = async () => ({ manifest: { generation: "one", regions }, handle });
  return asked;
}
