/** Follows what is published: serves the newest generation that can be served, and swaps without losing a request. */

import { Shared, within } from "./deadline.js";
import { Generation } from "./generation.js";
import { DamagedFile, message as textOf } from "./loading.js";
import { MANIFEST_NAME, Manifest } from "./manifest.js";

/** Where nothing at all is served, it is looked for this often. */
const RETRY_MS = 5_000;
/** What could not be served is tried again after pauses that double, up to this, and up to the second where nothing is served. */
const REFUSED_MS_MAX = 15 * 60_000;
const UNSERVED_MS_MAX = 60_000;

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
    /**
     * The manifest whose generation could not be served, and from when on it is worth another try.
     * @private
     * @type {{ text: string, tries: number, until: number } | null}
     */
    this._refused = null;
  }

  /**
   * The generation that answers. Only where there is none do requests wait; otherwise a newer one is looked for in the background.
   * @param {(promise: Promise<unknown>) => void} waitUntil
   * @returns {Promise<Generation | null>} null where none can be had in time
   */
  async generation(waitUntil) {
    const { firstWaitMs, now } = this._options;
    if (this._refreshing.isRunning || now() - this._checkedAt >= this._pauseMs) {
      await this._refreshing.runAwaiting(this.current ? 0 : firstWaitMs, waitUntil);
    }
    return this.current;
  }

  /** @private */
  get _pauseMs() {
    const { refreshMs } = this._options;
    return this.current ? refreshMs : Math.min(refreshMs, RETRY_MS);
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
      if (await within(loadMs, (signal) => this._takeOver(signal))) this.failingSince = null;
    } catch (error) {
      this.failingSince ??= now();
      const serving = this.current?.manifest.generation ?? null;
      log("generation_not_served", { reason: textOf(error), serving });
    }
  }

  /**
   * @private
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} whether what is published is served; false while it is not tried again
   */
  async _takeOver(signal) {
    const stream = await this._store.read(MANIFEST_NAME, signal);
    if (!stream) throw new DamagedFile(`${MANIFEST_NAME}: not there`);
    const text = await Manifest.textOf(stream);
    const manifest = new Manifest(text);
    if (manifest.generation === this.current?.manifest.generation) return true;
    if (!this._isTriedNow(text)) return false;
    if (typeof this._module === "function") this._module = await this._module();
    const generation = await Generation.open(this._module, this._store, manifest, this._options, signal);
    if (signal.aborted) return false;
    this.current = generation;
    this._refused = null;
    this._options.log("generation_served", { generation: manifest.generation, built: manifest.built });
    return true;
  }

  /**
   * Whole files are not downloaded at every look to be refused again: a manifest that is tried counts as refused until it is served.
   * @private
   * @param {string} text
   */
  _isTriedNow(text) {
    const time = this._options.now();
    const refused = this._refused?.text === text ? this._refused : null;
    if (refused && time < refused.until) return false;
    const tries = refused?.tries ?? 0;
    const pause = Math.min(this._pauseMs * 2 ** tries, this.current ? REFUSED_MS_MAX : UNSERVED_MS_MAX);
    this._refused = { text, tries: tries + 1, until: time + pause };
    return true;
  }
}
