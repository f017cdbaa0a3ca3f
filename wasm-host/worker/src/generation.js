/** One published generation in memory: an instance of the module and the regions open in it. */

import { message as textOf, openFile } from "./loading.js";
import { Manifest } from "./manifest.js";
import { Scorer, ScorerFault } from "./scorer.js";

/** Region files that the module holds at once. */
const REGIONS_MAX = 256;
/** A region whose file could not be opened is tried again after this long. */
const RETRY_REGION_MS = 60_000;

/**
 * @typedef {object} LoadOptions
 * @property {"chunks" | "size"} verify
 * @property {number} regionBytesMax region files held at once
 * @property {number} regionWaitMs how long a request waits for its region's file; later the wider region answers
 * @property {() => number} now milliseconds
 * @property {(event: string, fields: object) => void} log
 * @property {import("./loading.js").LoadTimes} [times]
 */

export class Generation {
  /**
   * @param {WebAssembly.Module} module
   * @param {import("./loading.js").Store} store
   * @param {Manifest} manifest
   * @param {LoadOptions} options
   */
  constructor(module, store, manifest, options) {
    this.manifest = manifest;
    /** @private */
    this._module = module;
    /** @private */
    this._store = store;
    /** @private */
    this._options = options;
    /**
     * The instance that answers; null while it is being replaced.
     * @private
     * @type {Loaded | null}
     */
    this._active = null;
    /**
     * Loads, one at a time: they share the module's buffer.
     * @private
     * @type {Promise<unknown>}
     */
    this._queue = Promise.resolve();
    /**
     * Region codes asked for, the latest last.
     * @private
     * @type {string[]}
     */
    this._recent = [];
    /** @private @type {Map<string, number>} */
    this._failed = new Map();
  }

  /**
   * Opens the base and what belongs to no region.
   * @param {WebAssembly.Module} module
   * @param {import("./loading.js").Store} store
   * @param {Manifest} manifest
   * @param {LoadOptions} options
   * @param {AbortSignal} [signal] gives up
   */
  static async open(module, store, manifest, options, signal) {
    const generation = new Generation(module, store, manifest, options);
    generation._active = await generation._load([], signal);
    return generation;
  }

  get memoryBytes() {
    return this._active?.scorer.memoryBytes ?? 0;
  }

  /**
   * The response to a message, a view that is valid until the next call. Throws `ScorerFault` where this request broke the
   * instance; the next one gets a new one.
   * @param {string} region
   * @param {Uint8Array} message
   */
  async handle(region, message) {
    await this._ensure(region);
    const active = this._active ?? (await this._replace());
    try {
      return active.scorer.handle(message);
    } catch (error) {
      if (error instanceof ScorerFault && this._active === active) {
        this._active = null;
        this._replace().catch(() => {});
      }
      throw error;
    }
  }

  /**
   * Has the region's files open, as far as they can be had in time.
   * @private
   * @param {string} code
   */
  async _ensure(code) {
    const chain = this.manifest.chain(code);
    if (chain.length === 0) return;
    const at = this._recent.indexOf(code);
    if (at >= 0) this._recent.splice(at, 1);
    this._recent.push(code);
    if (this._missing(chain).length === 0) return;
    const loading = this._serially(() => this._openRegions(chain)).catch((error) => {
      this._options.log("region_not_opened", { region: code, reason: textOf(error) });
    });
    await Promise.race([loading, sleep(this._options.regionWaitMs)]);
  }

  /**
   * @private
   * @param {import("./manifest.js").SnapshotFile[]} chain
   */
  _missing(chain) {
    const now = this._options.now();
    return chain.filter((file) => {
      const failed = this._failed.get(file.name);
      return !this._active?.regions.has(file.name) && (failed === undefined || now - failed > RETRY_REGION_MS);
    });
  }

  /**
   * @private
   * @param {import("./manifest.js").SnapshotFile[]} chain
   */
  async _openRegions(chain) {
    const active = this._active;
    if (!active) return;
    const missing = this._missing(chain);
    const bytes = missing.reduce((sum, file) => sum + file.bytes, active.regionBytes);
    if (bytes > this._options.regionBytesMax || active.regions.size + missing.length > REGIONS_MAX) {
      // Nothing can be closed in an instance: a fresh one keeps what was asked for lately.
      this._active = await this._load(this._recentWithin(this._options.regionBytesMax / 2));
      return;
    }
    for (const file of missing) await this._openRegion(active, file);
  }

  /**
   * @private
   * @param {Loaded} loaded
   * @param {import("./manifest.js").SnapshotFile} file
   */
  async _openRegion(loaded, file) {
    try {
      await openFile(loaded.scorer, this._store, file, this._options);
      loaded.regions.add(file.name);
      loaded.regionBytes += file.bytes;
      this._failed.delete(file.name);
    } catch (error) {
      if (error instanceof ScorerFault) throw error;
      this._failed.set(file.name, this._options.now());
      this._options.log("region_answered_by_parent", { region: file.region, reason: textOf(error) });
    }
  }

  /**
   * The codes asked for last whose files fit into `bytesMax` together.
   * @private
   * @param {number} bytesMax
   */
  _recentWithin(bytesMax) {
    /** @type {Set<import("./manifest.js").SnapshotFile>} */
    let files = new Set();
    const kept = [];
    for (const code of [...this._recent].reverse()) {
      const more = new Set([...files, ...this.manifest.chain(code)]);
      const bytes = [...more].reduce((sum, file) => sum + file.bytes, 0);
      if (kept.length > 0 && (bytes > bytesMax || more.size > REGIONS_MAX / 2)) break;
      files = more;
      kept.unshift(code);
    }
    this._recent = kept;
    return [...files];
  }

  /**
   * A new instance after a fault; all who wait share it.
   * @private
   * @returns {Promise<Loaded>}
   */
  async _replace() {
    return this._serially(async () => {
      if (this._active) return this._active;
      this._active = await this._load(this._recentWithin(this._options.regionBytesMax / 2));
      this._options.log("instance_replaced", { generation: this.manifest.generation });
      return this._active;
    });
  }

  /**
   * @private
   * @template T
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  _serially(task) {
    const result = this._queue.then(task);
    this._queue = result.catch(() => {});
    return result;
  }

  /**
   * @private
   * @param {import("./manifest.js").SnapshotFile[]} regions
   * @param {AbortSignal} [signal]
   * @returns {Promise<Loaded>}
   */
  async _load(regions, signal) {
    const loaded = { scorer: new Scorer(this._module), regions: new Set(), regionBytes: 0 };
    const options = { ...this._options, signal };
    for (const file of this.manifest.commonFiles) await openFile(loaded.scorer, this._store, file, options);
    for (const file of regions) await this._openRegion(loaded, file);
    loaded.scorer.warmUp();
    return loaded;
  }
}

/**
 * An instance and the names of the region files open in it. What is open stays open.
 * @typedef {object} Loaded
 * @property {Scorer} scorer
 * @property {Set<string>} regions
 * @property {number} regionBytes
 */

/** @param {number} ms @returns {Promise<void>} */
export function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
