/** Follows what is published: serves the newest generation that can be served, and swaps without losing a request. */

import { Shared, within } from "./deadline.js";
import { Generation } from "./generation.js";
import { DamagedFile, message as textOf } from "./loading.js";
import { MANIFEST_NAME, Manifest } from "./manifest.js";

/** Where nothing at all is served, it is looked for this often. */
const RETRY_MS = 5_000;

/**
 * @typedef {object} PublicationOptions
 * @property {number} refreshMs a newer generation is looked for no oftener than this
 * @property {number} firstWaitMs how long requests wait where nothing is served yet
 */

/** @typedef {() => Promise<WebAssembly.Module>} ModuleSource */

export class Publication {
  /**
   * @param {WebAssembly.Module | ModuleSource} module a source is asked with the first snapshot
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
    /** @private */
    this._refreshing = new Shared(() => this._refresh(), 2 * options.loadMs, options.now);
    /** @private */
    this._checkedAt = -Infinity;
  }

  /**
   * The generation that answers. Only where there is none do requests wait; otherwise a newer one is looked for in the background.
   * @param {(promise: Promise<unknown>) => void} waitUntil
   * @returns {Promise<Generation | null>} null where none can be had in time
   */
  async generation(waitUntil) {
    const { refreshMs, firstWaitMs, now } = this._options;
    const pause = this.current ? refreshMs : Math.min(refreshMs, RETRY_MS);
    if (this._refreshing.isRunning || now() - this._checkedAt >= pause) {
      await this._refreshing.runAwaiting(this.current ? 0 : firstWaitMs, waitUntil);
    }
    return this.current;
  }

  /** Takes over what is published, if that changed. What cannot be served changes nothing but `failingSince`. Never throws. */
  refresh() {
    return this._refreshing.run();
  }

  /** @private */
  async _refresh() {
    const { log, now, loadMs } = this._options;
    this._checkedAt = now();
    try {
      await within(loadMs, (signal) => this._takeOver(signal));
      this.failingSince = null;
    } catch (error) {
      this.failingSince ??= now();
      const serving = this.current?.manifest.generation ?? null;
      log("generation_not_served", { reason: textOf(error), serving });
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
    if (typeof this._module === "function") this._module = await this._module();
    const generation = await Generation.open(this._module, this._store, manifest, this._options, signal);
    if (signal.aborted) return;
    this.current = generation;
    this._options.log("generation_served", { generation: manifest.generation, built: manifest.built });
  }
}
