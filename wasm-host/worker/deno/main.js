/**
 * Martlet on Deno Deploy and under `deno serve`.
 *
 *     SNAPSHOTS=https://… deno serve --allow-net --allow-read --allow-env main.js
 */

import fallback from "../assets/fallback.json" with { type: "json" };
import { collectorSink } from "../src/outbox.js";
import { httpStore } from "../src/stores.js";
import { createWorker } from "../src/worker.js";

const env = (name) => Deno.env.get(name) || undefined;
const snapshots = env("SNAPSHOTS") ?? new URL("../assets/snapshots/", import.meta.url).href;

/** A folder beside the code. */
function folderStore(folder) {
  return {
    async read(name, signal) {
      try {
        const file = await Deno.open(new URL(name, folder), { read: true });
        signal?.addEventListener("abort", () => file.close(), { once: true });
        return file.readable;
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
  varyOn: env("REGION_HEADER") ? [env("REGION_HEADER")] : [],
  refreshSeconds: Number(env("REFRESH_SECONDS") ?? 60),
  metrics: env("METRICS") === "1",
  policy: {
    key: env("MARTLET_KEY") ?? null,
    allowOverrides: env("ALLOW_OVERRIDES") === "1",
    defaultConsent: /** @type {any} */ (env("CONSENT") ?? "session"),
  },
});

export default {
  fetch(request) {
    const header = env("REGION_HEADER");
    return worker.fetch(request, { region: header ? request.headers.get(header) : null });
  },
};
