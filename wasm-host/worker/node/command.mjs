/** The command line of the Node entry, checked before anything is served: errors are one line and name the option. */

import { existsSync, mkdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";

import { numberOf } from "../src/options.js";

const PORT_MAX = 65535;

/** The worker's settings that are options of the same meaning; these are given as text, or not at all. */
const NAMES = {
  prefix: "--prefix",
  cors: "--cors",
  regionHeader: "--region-header",
  cacheSeconds: "--cache-seconds",
  refreshSeconds: "--refresh-seconds",
  loadSeconds: "--load-seconds",
  firstWaitMs: "--first-wait-ms",
  defaultConsent: "--consent",
  eventsConsent: "--events-consent",
};

/** @param {string[]} words */
export async function commandFrom(words) {
  const { values } = parseArgs({
    args: words,
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
      "key-variable": { type: "string" },
      cors: { type: "string", multiple: true, default: [] },
      quiet: { type: "boolean", default: false },
    },
  });
  const { module, snapshots, events } = values;
  if (!module || !snapshots) throw new Error("--module and --snapshots are needed");
  const port = numberOf(values.port ?? "");
  if (!Number.isInteger(port) || Number(port) < 0 || Number(port) > PORT_MAX) {
    throw new Error(`--port: ${values.port} is not a whole number from 0 to ${PORT_MAX}`);
  }
  if (!isURL(snapshots) && !isFolder(snapshots)) throw new Error(`--snapshots ${snapshots}: no such folder`);
  if (events && !isURL(events)) about(`--events ${events}`, () => mkdirSync(events, { recursive: true }));
  const keyVariable = values["key-variable"];
  if (keyVariable && !process.env[keyVariable]) throw new Error(`--key-variable: the environment has no variable ${keyVariable}`);
  return {
    events,
    snapshots,
    host: values.host ?? "",
    port: Number(port),
    userHeader: values["user-header"],
    sessionHeader: values["session-header"],
    isQuiet: values.quiet,
    settings: {
      names: { ...NAMES, key: keyVariable ?? "MARTLET_KEY" },
      module: await compiled(module),
      staticList: await staticList(values.fallback, snapshots),
      prefix: values.prefix,
      cors: values.cors,
      regionHeader: values["region-header"],
      cacheSeconds: numberOf(values["cache-seconds"] ?? ""),
      refreshSeconds: numberOf(values["refresh-seconds"] ?? ""),
      loadSeconds: numberOf(values["load-seconds"] ?? ""),
      firstWaitMs: numberOf(values["first-wait-ms"] ?? ""),
      policy: {
        allowOverrides: values["allow-overrides"],
        defaultConsent: /** @type {any} */ (values.consent),
        eventsConsent: /** @type {any} */ (values["events-consent"]),
        key: process.env[keyVariable ?? "MARTLET_KEY"] || null,
      },
    },
  };
}

/** @param {string} text */
export const isURL = (text) => /^https?:/.test(text);

/** @param {string} path */
const isFolder = (path) => existsSync(path) && statSync(path).isDirectory();

/** @param {string} path */
async function compiled(path) {
  // All of it now: by itself V8 compiles each function at its first call, and the first visitor waits some 5 ms for that.
  setFlagsFromString("--no-wasm-lazy-compilation");
  const bytes = await about(`--module ${path}`, () => readFile(path));
  try {
    return await WebAssembly.compile(bytes);
  } catch {
    throw new Error(`--module ${path}: not a WebAssembly module`);
  }
}

/**
 * The list that is named, otherwise the one beside the manifest where it is there.
 * @param {string | undefined} named
 * @param {string} snapshots
 */
async function staticList(named, snapshots) {
  const path = named ?? join(snapshots, "fallback.json");
  if (named === undefined && (isURL(snapshots) || !existsSync(path))) return null;
  const name = `--fallback ${path}`;
  const text = await about(name, () => readFile(path, "utf8"));
  const list = await about(name, () => JSON.parse(text));
  if (!Array.isArray(list?.items)) throw new Error(`${name}: holds no items`);
  return list;
}

/**
 * @template T
 * @param {string} name of what an error is about
 * @param {() => T} action
 * @returns {T}
 */
function about(name, action) {
  const named = (/** @type {any} */ error) => new Error(`${name}: ${error.message.replace(/^[A-Z]+: /, "")}`);
  try {
    const done = action();
    return done instanceof Promise ? /** @type {T} */ (done.catch((error) => Promise.reject(named(error)))) : done;
  } catch (error) {
    throw named(error);
  }
}
