/**
 * Martlet on Deno Deploy and under `deno serve`.
 *
 *     SNAPSHOTS=https://… deno serve --allow-net --allow-read --allow-env deno/main.js
 */

import fallback from "../assets/fallback.json" with { type: "json" };
import { settingsFrom } from "../src/options.js";
import { collectorSink } from "../src/outbox.js";
import { httpStore } from "../src/stores.js";
import { createWorker } from "../src/worker.js";

const env = (name) => Deno.env.get(name) || undefined;
const snapshots = addressOf(env("SNAPSHOTS"));
// Nothing here says a region but that header.
const { policy, ...settings } = settingsFrom(env, "", { saysRegion: false });

/** An address, or the path of a folder; by default the folder beside the code. */
function addressOf(text) {
  if (text === undefined) return new URL("../assets/snapshots/", import.meta.url).href;
  if (/^(https?|file):/.test(text)) return text;
  const path = text.split("/").map(encodeURIComponent).join("/");
  const folder = new URL(path, `file://${Deno.cwd()}/`);
  let isFolder = false;
  try {
    isFolder = Deno.statSync(folder).isDirectory;
  } catch {
    // It is said below.
  }
  if (!isFolder) throw new Error(`SNAPSHOTS: ${text} is neither a folder nor an address`);
  return folder.href;
}

/** Files of a folder. */
function folderStore(folder) {
  return {
    async read(name) {
      try {
        return (await Deno.open(new URL(name, folder))).readable;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
  };
}

const worker = createWorker({
  module: await WebAssembly.compile(await Deno.readFile(new URL("../assets/scorer.wasm", import.meta.url))),
  store: snapshots.startsWith("file:") ? folderStore(snapshots.replace(/\/?$/, "/")) : httpStore(snapshots),
  staticList: fallback,
  sink: env("COLLECTOR_URL") ? collectorSink(env("COLLECTOR_URL")) : null,
  ...settings,
  metrics: env("METRICS") === "1",
  policy: { ...policy, allowOverrides: env("ALLOW_OVERRIDES") === "1" },
});

export default { fetch: (request) => worker.fetch(request) };
