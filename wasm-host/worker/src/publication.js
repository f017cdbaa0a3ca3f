/** Follows what is published: serves the newest generation that can be served, and swaps without losing a request. */

import { Generation } from "./generation.js";
import { DamagedFile, message as textOf } from "./loading.js";
import { MANIFEST_NAME, Manifest } from "./manifest.js";

/**
 * @typedef {object} PublicationOptions
 * @property {number} refreshMs a newer generation is looked for no oftener than this
 * @property {number} loadMs a generation that takes longer to come is given up
 */

export class Publication {
  /**
   * @param {WebAssembly.Module} module
   * @param {import("./loading.js").Store} store
   * @param {import("./generation.js").LoadOptions & PublicationOptions} options
   */
  constructor(module, store, options) {
    /**
     * A request takes it once and keeps it to its end.
     * @type {Generation | null}
     */
    this.current = null;
    /**
     * Since when, in milliseconds, the published generation could not be had or served.
     * @type {number | null}
     */
    this.failingSince = null;
    /** @private */
    this._module = module;
    /** @private */
    this._store = store;
    /** @private */
    this._options = options;
    /** @private @type {Promise<void> | null} */
    this._refreshing = null;
    /** @private */
    this._checkedAt = -Infinity;
  }

  /**
   * The generation that answers. Only the first request waits for one; later ones look for a newer one in the background.
   * @param {(promise: Promise<unknown>) => void} waitUntil
   * @returns {Promise<Generation | null>} null where none can be had
   */
  async generation(waitUntil) {
    const isDue = this._options.now() - this._checkedAt >= this._options.refreshMs;
    if (isDue || this._refreshing) {
      const refreshing = this.refresh();
      if (this.current) waitUntil(refreshing);
      else await refreshing;
    }
    return this.current;
  }

  /** Takes over what is published, if that changed. What cannot be served changes nothing but `failingSince`. Never throws. */
  refresh() {
    this._refreshing ??= this._refresh().finally(() => {
      this._refreshing = null;
    });
    return this._refreshing;
  }

  /** @private */
  async _refresh() {
    const { log, now, loadMs } = this._options;
    this._checkedAt = now();
    const abort = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not there within ${loadMs} ms`)), loadMs);
    });
    try {
      await Promise.race([this._takeOver(abort.signal), late]);
      this.failingSince = null;
    } catch (error) {
      abort.abort();
      this.failingSince ??= now();
      const serving = this.current?.manifest.generation ?? null;
      log("generation_not_served", { reason: textOf(error), serving });
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @private
   * @param {AbortSignal} signal
   */
  async _takeOver(signal) {
    const stream = await this._store.read(MANIFEST_NAME, signal);
    if (!stream) throw new DamagedFile(`${MANIFEST_NAME}: not there`);
    const manifest = new Manifest(await new Response(stream).text());
    if (manifest.generation === this.current?.manifest.generation) return;
    const generation = await Generation.open(this._module, this._store, manifest, this._options, signal);
    if (signal.aborted) return;
    this.current = generation;
    this._options.log("generation_served", { generation: manifest.generation, built: manifest.built });
  }
}
