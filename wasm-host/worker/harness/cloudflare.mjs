/**
 * Runs a Cloudflare Worker's script under that platform's rules, as far as they can be imitated outside of it:
 *
 * - WebAssembly is compiled from a static import alone; compiling from bytes throws;
 * - clocks stand still while code runs: they move on when a request comes in or a fetch, a storage read or a timer returns;
 * - there is no `process`, `Buffer`, `require` or file system, and no timer or fetch outside of a request;
 * - heap and wasm memory together stay below 128 MB, or the request fails.
 *
 * Node's flag --experimental-vm-modules has to be set.
 */

import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import vm from "node:vm";

const MEMORY_MAX = 128 * 1000 * 1000;
const WEB = [
  "URL", "URLSearchParams", "Request", "Response", "Headers", "TextEncoder", "TextDecoder", "ReadableStream", "WritableStream",
  "TransformStream", "AbortController", "AbortSignal", "crypto", "CompressionStream", "DecompressionStream", "structuredClone",
  "atob", "btoa", "Blob", "FormData", "Event", "EventTarget", "queueMicrotask",
]; // prettier-ignore

export class Isolate {
  /**
   * @param {string} entry path of the worker's main script
   * @param {{ env: (isolate: Isolate) => object, log?: (line: string) => void }} options bindings, and where `console.log` writes
   */
  constructor(entry, { env, log = () => {} }) {
    this._entry = resolve(entry);
    this._env = env(this);
    this._clock = Date.now();
    this._requests = 0;
    this._modules = new Map();
    /** @type {WeakRef<WebAssembly.Memory>[]} */
    this._memories = [];
    this._context = vm.createContext(this._globals(log), { codeGeneration: { strings: false, wasm: false } });
    this._heapAtStart = process.memoryUsage().heapUsed;
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
   * @returns {Promise<{ response: Response, background: Promise<unknown> }>} the answer, and what `waitUntil` was given
   */
  async fetch(request, cf = {}) {
    this._tick();
    this._requests++;
    Object.defineProperty(request, "cf", { value: cf });
    const background = [];
    const context = { waitUntil: (promise) => background.push(promise), passThroughOnException() {} };
    try {
      const response = await this._handler.fetch(request, this._env, context);
      this._checkMemory();
      return { response, background: Promise.all(background) };
    } finally {
      this._requests--;
    }
  }

  /** A function that lets time pass when its promise settles, as I/O does. */
  io(call) {
    return async (...args) => {
      if (this._requests === 0) throw new Error("Disallowed operation called within global scope");
      try {
        return await call(...args);
      } finally {
        this._tick();
      }
    };
  }

  get memoryBytes() {
    const wasm = this._memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
    return wasm + Math.max(0, process.memoryUsage().heapUsed - this._heapAtStart);
  }

  _checkMemory() {
    if (this.memoryBytes > MEMORY_MAX) throw new Error(`Worker exceeded memory limit: ${this.memoryBytes} bytes`);
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
    const globals = Object.fromEntries(WEB.filter((name) => name in globalThis).map((name) => [name, globalThis[name]]));
    return Object.assign(globals, {
      Date: StillDate,
      performance: { now: () => isolate._clock, timeOrigin: 0 },
      console: { log, error: log, warn: log },
      fetch: this.io((...args) => fetch(...args)),
      setTimeout: (call, ms, ...args) => {
        if (isolate._requests === 0) throw new Error("Disallowed operation called within global scope");
        return setTimeout(() => (isolate._tick(), call(...args)), ms);
      },
      clearTimeout,
      WebAssembly: this._webAssembly(),
      // Bytes from outside and from inside are the same kind.
      Uint8Array, ArrayBuffer, BigUint64Array, Promise, Error, Map, Set, JSON, Object, Array,
    }); // prettier-ignore
  }

  _webAssembly() {
    const isolate = this;
    const forbidden = () => {
      throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
    };
    class Module {
      constructor() {
        forbidden();
      }
    }
    class Instance extends WebAssembly.Instance {
      constructor(module, imports) {
        super(module, imports);
        for (const value of Object.values(this.exports)) {
          if (value instanceof WebAssembly.Memory) isolate._memories.push(new WeakRef(value));
        }
      }
    }
    return { Module, Instance, Memory: WebAssembly.Memory, compile: forbidden, instantiate: forbidden,
      compileStreaming: forbidden, instantiateStreaming: forbidden, RuntimeError: WebAssembly.RuntimeError }; // prettier-ignore
  }

  /** Modules as the platform's bundler knows them: scripts, JSON, and `.wasm` compiled before the worker starts. */
  async _module(path) {
    const known = this._modules.get(path);
    if (known) return known;
    const made = await this._load(path);
    this._modules.set(path, made);
    return made;
  }

  async _load(path) {
    const { _context: context } = this;
    if (path.endsWith(".js")) {
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

/**
 * A KV namespace on a folder: a value is a file, at most 25 MiB.
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
      if (bytes.length > 25 << 20) throw new Error("Value is larger than 25 MiB");
      return new Blob([bytes]).stream();
    }),
  };
}
