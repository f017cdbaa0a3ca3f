/** An instance of the module and the files open in it. What is open stays open. */

import { openFile } from "./loading.js";
import { CHUNK_BYTES } from "./manifest.js";
import { Scorer } from "./scorer.js";

/** @typedef {import("./loading.js").Store} Store */
/** @typedef {import("./manifest.js").SnapshotFile} SnapshotFile */

export class Loaded {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.scorer = new Scorer(module);
    /** Region files. */
    this.regionCount = 0;
    this.regionBytes = 0;
    /**
     * By name, where a file lies in the module's memory.
     * @private
     * @type {Map<string, { address: number, bytes: number }>}
     */
    this._files = new Map();
  }

  /** @param {SnapshotFile} file */
  has(file) {
    return this._files.has(file.name);
  }

  /**
   * @param {Store} store
   * @param {SnapshotFile} file
   * @param {Parameters<typeof openFile>[3]} options
   */
  async open(store, file, options) {
    const address = await openFile(this.scorer, store, file, options);
    this._files.set(file.name, { address, bytes: file.bytes });
    if (file.region === null) return;
    this.regionCount++;
    this.regionBytes += file.bytes;
  }

  /**
   * What is open here, as a store for another instance: nothing has to come over the network again.
   * @param {Store} otherwise
   * @returns {Store}
   */
  asStore(otherwise) {
    const { scorer, _files: files } = this;
    return {
      async read(name, signal) {
        const file = files.get(name);
        if (!file) return otherwise.read(name, signal);
        let at = 0;
        /** @type {UnderlyingSource<Uint8Array>} */
        const source = {
          pull(controller) {
            if (at === file.bytes) return controller.close();
            const size = Math.min(CHUNK_BYTES, file.bytes - at);
            controller.enqueue(scorer.window(file.address + at, size));
            at += size;
          },
        };
        // Nothing is read ahead: the memory may move.
        return new ReadableStream(source, { highWaterMark: 0 });
      },
    };
  }
}
