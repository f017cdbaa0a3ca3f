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
const snapshots = env("SNAPSHOTS") ?? new URL("../assets/snapshots/", import.meta.url).href;
// Nothing here says a region but that header.
const { policy, ...settings } = settingsFrom(env, "", { saysRegion: false });

/** A folder beside the code. */
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
