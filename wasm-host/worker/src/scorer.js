/** An instance of the scorer module. The module has no imports and owns its memory: a host writes only where it was told to. */

export const ABI_VERSION = 1;

/** The module will not open a file, and says why. The instance still works. */
export class Refused extends Error {}

/** The instance trapped or broke the ABI: it must not be used again. */
export class ScorerFault extends Error {}

/**
 * @typedef {object} ScorerExports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} _initialize
 * @property {() => number} martlet_abi_version
 * @property {(size: number) => number} martlet_reserve
 * @property {(kind: number, size: number) => number} martlet_open
 * @property {(size: number) => number} martlet_request
 * @property {(size: number) => number} martlet_handle
 * @property {() => number} martlet_response
 * @property {() => void} martlet_warm_up
 */

export class Scorer {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    const instance = guarded("instantiate", () => new WebAssembly.Instance(module, {}));
    /** @private */
    this._exports = /** @type {ScorerExports} */ (/** @type {unknown} */ (instance.exports));
    guarded("_initialize", () => this._exports._initialize());
    const version = this._exports.martlet_abi_version();
    if (version !== ABI_VERSION) {
      throw new ScorerFault(`the module speaks ABI version ${version}, this host ${ABI_VERSION}`);
    }
  }

  /** Bytes of the instance's memory, which only ever grows. */
  get memoryBytes() {
    return this._exports.memory.buffer.byteLength;
  }

  /**
   * Room for a file. The module may move no byte of it, but its memory may grow with any call: take a `window` anew each time.
   * @param {number} size
   * @returns {number} the address
   */
  reserve(size) {
    const address = guarded("martlet_reserve", () => this._exports.martlet_reserve(size)) >>> 0;
    if (address === 0) throw new Refused(`the module has no room for a file of ${size} bytes`);
    return address;
  }

  /**
   * Opens the file of `size` bytes that stands in the buffer reserved last.
   * @param {number} kind
   * @param {number} size
   */
  open(kind, size) {
    const length = guarded("martlet_open", () => this._exports.martlet_open(kind, size)) >>> 0;
    if (length > 0) throw new Refused(new TextDecoder().decode(this._response(length)));
  }

  /**
   * The response message to a request message. Valid until the next call: copy what has to stay.
   * @param {Uint8Array} message
   */
  handle(message) {
    const address = guarded("martlet_request", () => this._exports.martlet_request(message.length)) >>> 0;
    if (address === 0) throw new Refused(`the module does not take a request of ${message.length} bytes`);
    this.window(address, message.length).set(message);
    return this._response(guarded("martlet_handle", () => this._exports.martlet_handle(message.length)) >>> 0);
  }

  /** Runs what a first request would, so that no visitor waits for it. */
  warmUp() {
    guarded("martlet_warm_up", () => this._exports.martlet_warm_up());
  }

  /**
   * @param {number} address
   * @param {number} size
   */
  window(address, size) {
    if (address + size > this.memoryBytes) {
      throw new ScorerFault(`the module names ${size} bytes at ${address}, outside of its memory`);
    }
    return new Uint8Array(this._exports.memory.buffer, address, size);
  }

  /**
   * @private
   * @param {number} length
   */
  _response(length) {
    return this.window(this._exports.martlet_response() >>> 0, length);
  }
}

/**
 * @template T
 * @param {string} name
 * @param {() => T} call
 * @returns {T}
 */
function guarded(name, call) {
  try {
    return call();
  } catch (error) {
    throw new ScorerFault(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
