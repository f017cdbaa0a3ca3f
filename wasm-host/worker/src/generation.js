/** One published generation in memory: an instance of the module and the regions open in it. */

import { Shared, within } from "./deadline.js";
import { Loaded } from "./loaded.js";
import { DamagedFile, message as textOf } from "./loading.js";
import { Manifest } from "./manifest.js";
import { ScorerFault } from "./scorer.js";

/** Region files that the module holds at once. */
const REGIONS_MAX = 256;
/** A region whose file could not be opened is tried again after this long. */
const RETRY_REGION_MS = 60_000;
/** A broken instance that could not be replaced is tried again after this long. */
const RETRY_INSTANCE_MS = 5_000;

/**
 * @typedef {object} LoadOptions
 * @property {"chunks" | "size"} verify
 * @property {number} loadMs a load that takes longer is given up
 * @property {number} regionBytesMax region files held at once
 * @property {number} regionWaitMs how long requests wait for their region's file; later the wider region answers
 * @property {() => number} now milliseconds
 * @property {(event: string, fields: object) => void} log
 * @property {import("./loading.js").LoadTimes} [times]
 */

/** @typedef {import("./loading.js").Store} Store */
/** @typedef {import("./manifest.js").SnapshotFile} SnapshotFile */
/** @typedef {(promise: Promise<unknown>) => void} WaitUntil */

export class Generation {
  /**
   * @param {WebAssembly.Module} module
   * @param {Store} store
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
     * The instance that a request has broken, and since when there is no other.
     * @private
     * @type {{ loaded: Loaded, failedAt: number } | null}
     */
    this._broken = null;
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
    /** @private @type {Map<string, Shared>} */
    this._loading = new Map();
    /** @private @type {Map<string, number>} */
    this._failed = new Map();
  }

  /**
   * Opens the base and what belongs to no region.
   * @param {WebAssembly.Module} module
   * @param {Store} store
   * @param {Manifest} manifest
   * @param {LoadOptions} options
   * @param {AbortSignal} [signal] gives up
   */
  static async open(module, store, manifest, options, signal) {
    const generation = new Generation(module, store, manifest, options);
    generation._active = await generation._load([], store, { ...options, signal });
    return generation;
  }

  get memoryBytes() {
    return this._active?.scorer.memoryBytes ?? 0;
  }

  /**
   * The response to a message, a copy: others are answered before the caller goes on. Throws `ScorerFault` where this request broke the
   * instance; the next one gets a new one.
   * @param {string} region
   * @param {(region: string) => Uint8Array} messageFor the message that speaks of a region: where the visitor's own file is not open, of
   *   its parent
   * @param {WaitUntil} waitUntil
   */
  async handle(region, messageFor, waitUntil) {
    await this._ensure(region, waitUntil);
    const active = this._active ?? (await this._replace());
    const message = messageFor(this._answering(active, region));
    try {
      return active.scorer.handle(message).slice();
    } catch (error) {
      if (error instanceof ScorerFault && this._active === active) {
        this._active = null;
        this._broken = { loaded: active, failedAt: -Infinity };
        waitUntil(this._replace().catch(() => {}));
      }
      throw error;
    }
  }

  /**
   * The region's own code, or the nearest of its parents' whose file is open.
   * @private
   * @param {Loaded} loaded
   * @param {string} code
   */
  _answering(loaded, code) {
    const chain = this.manifest.chain(code).reverse();
    const at = chain.findIndex((file) => loaded.has(file));
    return at > 0 ? /** @type {string} */ (chain[at].region) : code;
  }

  /**
   * Has the region's files open, as far as they can be had in time.
   * @private
   * @param {string} code
   * @param {WaitUntil} waitUntil
   */
  async _ensure(code, waitUntil) {
    const chain = this.manifest.chain(code);
    if (chain.length === 0) return;
    const at = this._recent.indexOf(code);
    if (at >= 0) this._recent.splice(at, 1);
    this._recent.push(code);
    if (!this._active || this._missing(this._active, chain).length === 0) return;
    let loading = this._loading.get(code);
    if (!loading) {
      loading = new Shared(() => this._openRegions(code, chain), 2 * this._options.loadMs, this._options.now);
      this._loading.set(code, loading);
    }
    await loading.runAwaiting(this._options.regionWaitMs, waitUntil);
  }

  /**
   * @private
   * @param {Loaded} loaded
   * @param {SnapshotFile[]} chain
   */
  _missing(loaded, chain) {
    const now = this._options.now();
    return chain.filter((file) => {
      const failed = this._failed.get(file.name);
      return !loaded.has(file) && (failed === undefined || now - failed > RETRY_REGION_MS);
    });
  }

  /**
   * @private
   * @param {string} code
   * @param {SnapshotFile[]} chain
   */
  async _openRegions(code, chain) {
    const { regionBytesMax, loadMs, now, log } = this._options;
    /** @type {SnapshotFile[]} */
    let missing = [];
    try {
      await this._serially(async () => {
        const active = this._active;
        if (!active) return;
        missing = this._missing(active, chain);
        const bytes = missing.reduce((sum, file) => sum + file.bytes, active.regionBytes);
        if (bytes <= regionBytesMax && active.regionCount + missing.length <= REGIONS_MAX) {
          await within(loadMs, (signal) => this._openEach(active, missing, this._store, { ...this._options, signal }));
        } else {
          // Nothing can be closed in an instance: a fresh one keeps what was asked for lately.
          this._active = await this._copy(active);
        }
      });
    } catch (error) {
      log("region_not_opened", { region: code, reason: textOf(error) });
      if (!(error instanceof ScorerFault)) {
        for (const file of missing) this._failed.set(file.name, now());
      } else if (this._active) {
        this._broken = { loaded: this._active, failedAt: -Infinity };
        this._active = null;
      }
    } finally {
      this._loading.delete(code);
    }
  }

  /**
   * Opens region files. For one that cannot be opened its parent answers.
   * @private
   * @param {Loaded} loaded
   * @param {SnapshotFile[]} files
   * @param {Store} store
   * @param {LoadOptions & { signal?: AbortSignal }} options
   */
  async _openEach(loaded, files, store, options) {
    for (const file of files) {
      try {
        await loaded.open(store, file, options);
        this._failed.delete(file.name);
      } catch (error) {
        this._failed.set(file.name, options.now());
        options.log("region_answered_by_parent", { region: file.region, reason: textOf(error) });
        if (error instanceof ScorerFault || options.signal?.aborted) throw error;
      }
    }
  }

  /**
   * The files of the codes asked for last, as many as fit into half of the bound.
   * @private
   */
  _recentFiles() {
    /** @type {Set<SnapshotFile>} */
    let files = new Set();
    const kept = [];
    for (const code of [...this._recent].reverse()) {
      const more = new Set([...files, ...this.manifest.chain(code)]);
      const bytes = [...more].reduce((sum, file) => sum + file.bytes, 0);
      if (kept.length > 0 && (bytes > this._options.regionBytesMax / 2 || more.size > REGIONS_MAX / 2)) break;
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
  _replace() {
    return this._serially(async () => {
      if (this._active) return this._active;
      const broken = this._broken;
      const { now, log } = this._options;
      if (broken && now() - broken.failedAt < RETRY_INSTANCE_MS) throw new ScorerFault("the instance could not be replaced");
      try {
        this._active = await this._copy(broken?.loaded ?? null, "chunks");
      } catch (error) {
        if (broken) broken.failedAt = now();
        log("instance_not_replaced", { generation: this.manifest.generation, reason: textOf(error) });
        throw error;
      }
      this._broken = null;
      log("instance_replaced", { generation: this.manifest.generation });
      return this._active;
    });
  }

  /**
   * A fresh instance with the files of another: from its memory, or where that is not as the manifest says, from the store.
   * @private
   * @param {Loaded | null} from
   * @param {"chunks" | "size"} [verify]
   */
  async _copy(from, verify = this._options.verify) {
    /** @param {Store} store @param {"chunks" | "size"} verify */
    const load = (store, verify) =>
      within(this._options.loadMs, (signal) => this._load(this._recentFiles(), store, { ...this._options, verify, signal }));
    if (from) {
      try {
        return await load(from.asStore(this._store), verify);
      } catch (error) {
        if (!(error instanceof DamagedFile || error instanceof ScorerFault)) throw error;
      }
    }
    return load(this._store, this._options.verify);
  }

  /**
   * @private
   * @template T
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  _serially(task) {
    // Loads end by themselves, but one whose request was dropped does not.
    const before = within(2 * this._options.loadMs, () => this._queue.then(() => {})).catch(() => {});
    const result = before.then(task);
    this._queue = result.catch(() => {});
    return result;
  }

  /**
   * @private
   * @param {SnapshotFile[]} regions
   * @param {Store} store
   * @param {LoadOptions & { signal?: AbortSignal }} options
   * @returns {Promise<Loaded>}
   */
  async _load(regions, store, options) {
    const loaded = new Loaded(this._module);
    for (const file of this.manifest.commonFiles) await loaded.open(store, file, options);
    await this._openEach(loaded, this._missing(loaded, regions), store, options);
    loaded.scorer.warmUp();
    return loaded;
  }
}
