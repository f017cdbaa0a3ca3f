/**
 * Martlet on Deno Deploy and under `deno serve`.
 *
 *     SNAPSHOTS=https://… deno serve --allow-net --allow-read --allow-env deno/main.js
 */

import fallback from "../assets/fallback.json" with { type: "json" };
import { collectorSink } from "../src/outbox.js";
import { httpStore } from "../src/stores.js";
import { createWorker } from "../src/worker.js";

const env = (name) => Deno.env.get(name) || undefined;
const snapshots = env("SNAPSHOTS") ?? new URL("../assets/snapshots/", import.meta.url).href;
const regionHeader = env("REGION_HEADER");

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
  prefix: env("PREFIX"),
  cors: env("CORS")?.split(","),
  varyOn: regionHeader ? [regionHeader] : [],
  cacheSeconds: Number(env("CACHE_SECONDS") ?? 0),
  refreshSeconds: Number(env("REFRESH_SECONDS") ?? 60),
  metrics: env("METRICS") === "1",
  policy: {
    key: env("MARTLET_KEY") ?? null,
    allowOverrides: env("ALLOW_OVERRIDES") === "1",
    defaultConsent: env("CONSENT"),
    eventsConsent: env("EVENTS_CONSENT"),
  },
});

export default {
  fetch: (request) => worker.fetch(request, { region: regionHeader ? request.headers.get(regionHeader) : null }),
};
