// A worker for the conformance cases alone: messages go to the module as they come, none of the worker's manners in between.

import module from "./scorer.wasm";
import { openFile } from "../../wasm-host/worker/src/loading.js";
import { Manifest } from "../../wasm-host/worker/src/manifest.js";
import { Scorer } from "../../wasm-host/worker/src/scorer.js";
import { kvStore } from "../../wasm-host/worker/src/stores.js";
import { joined, messages } from "./v8_engine.mjs";

async function opened(store) {
  const manifest = new Manifest(await new Response(await store.read("manifest.json")).text());
  const scorer = new Scorer(module);
  for (const file of [...manifest.commonFiles, ...manifest.regionFiles.values()]) {
    await openFile(scorer, store, file, { verify: "chunks" });
  }
  return scorer;
}

export default {
  async fetch(request, env) {
    const store = kvStore(env.SNAPSHOTS);
    const isFresh = new URL(request.url).pathname === "/fresh";
    let scorer = await opened(store);
    const responses = [];
    for (const message of messages(new Uint8Array(await request.arrayBuffer()))) {
      if (isFresh) scorer = await opened(store);
      responses.push(scorer.handle(message).slice());
    }
    return new Response(joined(responses));
  },
};
