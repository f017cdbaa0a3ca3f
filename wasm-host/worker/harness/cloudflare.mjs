/**
 * Runs a Cloudflare Worker's script under that platform's rules, as far as they can be imitated outside of it:
 *
 * - WebAssembly is compiled from a static import alone; compiling from bytes throws, and so does `eval`;
 * - clocks stand still while code runs: they move on when a request comes in or a fetch, a storage read or a timer returns;
 * - there is no `process`, `Buffer`, `require` or file system, and no timer or I/O outside of a request;
 * - when a request has been answered, and all that `waitUntil` was given has settled, its timers and I/O never return;
 * - heap, buffers and wasm memory together stay below 128 MB, or the request fails.
 *
 * Node's flag --experimental-vm-modules has to be set, and --expose-gc to measure memory without what is garbage already.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import vm from "node:vm";

const MEMORY_MAX = 128 * 1000 * 1000;
const KV_VALUE_MAX = 25 << 20;
const WEB = [
  "URL", "URLSearchParams", "Request", "Response", "Headers", "TextEncoder", "TextDecoder", "ReadableStream", "WritableStream",
  "TransformStream", "AbortController", "AbortSignal", "crypto", "CompressionStream", "DecompressionStream", "structuredClone",
  "atob", "btoa", "Blob", "FormData", "Event", "EventTarget", "queueMicrotask", "Intl",
]; // prettier-ignore

export class Isolate {
  /**
   * @param {string} entry path of the worker's main script
   * @param {object} options
   * @param {(isolate: Isolate) => object} options.env bindings
   * @param {(line: string) => void} [options.log] where `console.log` writes
   * @param {Record<string, string>} [options.files] by the name of an imported file, the path of the one to take instead
   */
  constructor(entry, { env, log = () => {}, files = {} }) {
    this._entry = resolve(entry);
    this._env = env(this);
    this._files = files;
    this._clock = Date.now();
    this._current = new AsyncLocalStorage();
    this._modules = new Map();
    this._context = vm.createContext(this._globals(log), { codeGeneration: { strings: false, wasm: false } });
    this.peakBytes = 0;
    /** How many timers and results of I/O came too late. */
    this.dropped = 0;
    globalThis.gc?.();
    this._bytesAtStart = used();
  }

  async start() {
    const module = await this._module(this._entry);
    await module.link((specifier, from) => this._module(join(dirname(from.identifier), specifier)));
    await module.evaluate();
    this._handler = module.namespace.default;
  }

  /**
   * @param {Request} request
   * @param {object} [cf] what the platform knows of the visitor, as `request.cf`
   * @returns {Promise<{ response: Response, background: Promise<void> }>} the answer, and the end of all that `waitUntil` was given
   */
  async fetch(request, cf = {}) {
    const owner = { isOver: false, timers: new Set(), background: [] };
    const context = { waitUntil: (promise) => owner.background.push(promise), passThroughOnException() {} };
    Object.defineProperty(request, "cf", { value: cf });
    this._tick();
    try {
      const response = await this._current.run(owner, () => this._handler.fetch(request, this._env, context));
      this._checkMemory();
      return { response, background: this._settled(owner) };
    } catch (error) {
      await this._settled(owner);
      throw error;
    }
  }

  /** A function that lets time pass when its promise settles, as I/O does. */
  io(call) {
    return async (...args) => {
      const owner = this._owner();
      let result;
      try {
        result = { value: await call(...args) };
      } catch (error) {
        result = { error };
      }
      if (owner.isOver) {
        this.dropped++;
        return new Promise(() => {});
      }
      this._tick();
      this._checkMemory();
      if (result.error) throw result.error;
      return result.value;
    };
  }

  get memoryBytes() {
    return Math.max(0, used() - this._bytesAtStart);
  }

  async _settled(owner) {
    for (let known = -1; known !== owner.background.length; ) {
      known = owner.background.length;
      await Promise.allSettled(owner.background);
    }
    owner.isOver = true;
    this.dropped += owner.timers.size;
    owner.timers.forEach(clearTimeout);
  }

  _owner() {
    const owner = this._current.getStore();
    if (!owner) throw new Error("Disallowed operation called within global scope");
    return owner;
  }

  _checkMemory() {
    if (this.memoryBytes > MEMORY_MAX) globalThis.gc?.();
    const bytes = this.memoryBytes;
    this.peakBytes = Math.max(this.peakBytes, bytes);
    if (this.peakBytes > MEMORY_MAX) throw new Error(`Worker exceeded memory limit: ${this.peakBytes} bytes`);
  }

  _tick() {
    this._clock = Date.now();
  }

  _globals(log) {
    const isolate = this;
    class StillDate extends Date {
      constructor(...args) {
        args.length === 0 ? super(isolate._clock) : super(...args);
      }
      static now() {
        return isolate._clock;
      }
    }
    const globals = Object.fromEntries(WEB.map((name) => [name, globalThis[name]]));
    return Object.assign(globals, {
      Date: StillDate,
      performance: { now: () => isolate._clock, timeOrigin: 0 },
      console: { log, error: log, warn: log },
      fetch: this.io((...args) => fetch(...args)),
      setTimeout: (call, ms, ...args) => {
        const { timers } = isolate._owner();
        const timer = setTimeout(() => {
          timers.delete(timer);
          isolate._tick();
          call(...args);
        }, ms);
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        isolate._current.getStore()?.timers.delete(timer);
        clearTimeout(timer);
      },
      WebAssembly: webAssembly(),
      // Bytes from outside and from inside are the same kind.
      Uint8Array, ArrayBuffer, BigUint64Array, Promise, Error, Map, Set, JSON, Object, Array,
    }); // prettier-ignore
  }

  /** Modules as the platform's bundler knows them: scripts, JSON, and `.wasm` compiled before the worker starts. */
  _module(path) {
    const place = this._files[basename(path)] ?? path;
    // The promise is kept, not the module: importers ask at the same time, and two copies would have two of each class.
    const made = this._modules.get(place) ?? this._load(place);
    this._modules.set(place, made);
    return made;
  }

  async _load(path) {
    const { _context: context } = this;
    if (/\.m?js$/.test(path)) {
      return new vm.SourceTextModule(await readFile(path, "utf8"), { context, identifier: path });
    }
    const value = path.endsWith(".wasm")
      ? await WebAssembly.compile(await readFile(path))
      : JSON.parse(await readFile(path, "utf8"));
    const fill = function () {
      this.setExport("default", value);
    };
    return new vm.SyntheticModule(["default"], fill, { context, identifier: path });
  }
}

/** Bytes of heap, buffers and wasm memories, of this process as a whole. */
function used() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** `WebAssembly` without all that compiles. */
function webAssembly() {
  const forbidden = () => {
    throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
  };
  class Module {
    constructor() {
      forbidden();
    }
  }
  const { Instance, Memory, RuntimeError, CompileError } = WebAssembly;
  const instantiate = async (module, imports) =>
    module instanceof WebAssembly.Module ? new Instance(module, imports) : forbidden();
  const compile = async () => forbidden();
  return { Module, Instance, Memory, RuntimeError, CompileError, instantiate, compile,
    compileStreaming: compile, instantiateStreaming: compile }; // prettier-ignore
}

/**
 * A KV namespace on a folder: a value is a file.
 * @param {Isolate} isolate
 * @param {string} folder
 */
export function folderNamespace(isolate, folder) {
  return {
    get: isolate.io(async (key, type) => {
      if (type !== "stream") throw new Error(`the harness knows no KV type ${type}`);
      let bytes;
      try {
        bytes = await readFile(join(folder, key));
      } catch {
        return null;
      }
      if (bytes.length > KV_VALUE_MAX) throw new Error("Value is larger than 25 MiB");
      return new Blob([bytes]).stream();
    }),
  };
}
