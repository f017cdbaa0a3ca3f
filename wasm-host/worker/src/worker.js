/** The core: a request of the platform becomes a message to the module, and its response the platform's. */

import { BadValue, factsOf } from "./facts.js";
import { message as textOf } from "./loading.js";
import { Problem, checkedBody, entityTag, isShared, matches, setCORS, setCaching, setPreflight } from "./manners.js";
import { parseResponse, requestMessage } from "./message.js";
import { Metrics } from "./metrics.js";
import { resolved } from "./options.js";
import { Outbox } from "./outbox.js";
import { Publication } from "./publication.js";
import { StaticList } from "./static-list.js";

/** @typedef {import("./options.js").Options} Options */
/** @typedef {import("./options.js").Platform} Platform */

/** @param {Options} options */
export function createWorker(options) {
  return new Worker(options);
}

const OUTBOX = { delayMs: 500, queueMax: 10_000, retryMs: 500 };
const SAFE_METHODS = ["GET", "HEAD"];
/** What exists, of the module and of the worker itself: any other path can hold anything, and does not go into the log. */
const ROUTES = ["/recommendations", "/events", "/session", "/snapshot", "/healthz", "/metrics"];
const ALL_METHODS = "GET, HEAD, POST, DELETE, OPTIONS";

class Worker {
  /** @param {Options} options */
  constructor(options) {
    const { policy, ...others } = resolved(options);
    /** @private */
    this._options = others;
    /** @private */
    this._policy = policy;
    /** @private */
    this._now = others.now;
    const log = this._log.bind(this);
    this.publication = new Publication(options.module, options.store, {
      verify: others.verify,
      regionBytesMax: others.regionMegabytes * 2 ** 20,
      regionWaitMs: others.regionWaitMs,
      refreshMs: others.refreshSeconds * 1000,
      loadMs: others.loadSeconds * 1000,
      firstWaitMs: others.firstWaitMs,
      now: others.now,
      log,
    });
    this.outbox = options.sink ? new Outbox(options.sink, { ...OUTBOX, now: others.now, log }) : null;
    /** @private */
    this._staticList = new StaticList(options.staticList ?? null);
    this.metrics = new Metrics();
  }

  /**
   * Answers every request under the prefix. Never throws: whatever fails, there is an answer.
   * @param {Request} request
   * @param {Platform} [platform]
   * @returns {Promise<Response>}
   */
  async fetch(request, platform = {}) {
    const started = this._clock();
    const url = new URL(request.url);
    const path = url.pathname;
    /** @type {Record<string, unknown>} */
    const entry = { method: request.method, path: this._route(path) };
    let response;
    try {
      response = await this._answer(request, url, platform, entry);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(500, "Internal Server Error", "the host failed");
      if (problem !== error) entry.error = textOf(error);
      response = problem.response();
    }
    const headers = response.headers;
    setCORS(headers, request.headers.get("origin"), this._options.cors);
    if (response.status === 204 && headers.has("allow")) setPreflight(headers, headers.get("allow") ?? "");
    const trace = traceOf(request);
    const ms = this._clock() - started;
    if (isShared(headers)) headers.delete("server-timing");
    else {
      if (trace) headers.set("traceparent", trace);
      if (this._options.hasClock) headers.append("server-timing", `total;dur=${ms.toFixed(3)}`);
    }
    this.metrics.count(request.method, response.status, ms);
    this._log("request", { ...entry, status: response.status, ...(this._options.hasClock ? { ms } : {}), trace });
    return response;
  }

  /**
   * @private
   * @param {Request} request
   * @param {URL} url
   * @param {Platform} platform
   * @param {Record<string, unknown>} entry
   */
  async _answer(request, url, platform, entry) {
    if (!url.pathname.startsWith(`${this._options.prefix}/`)) {
      throw new Problem(404, "Not Found", `nothing but ${this._options.prefix}/ is here`);
    }
    url.pathname = url.pathname.slice(this._options.prefix.length);
    if (this._options.metrics && url.pathname === "/metrics" && SAFE_METHODS.includes(request.method)) {
      return this.metrics.response(this);
    }
    const waitUntil = platform.waitUntil ?? ((promise) => void promise.catch(() => {}));
    const body = await checkedBody(request, url.pathname + url.search);
    const facts = this._facts(request, url, platform);
    entry.consent = facts.consent;
    const generation = await this.publication.generation(waitUntil);
    entry.generation = generation?.manifest.generation ?? null;
    // A region that is none can hold anything, as a path can.
    const isRegion = facts.region === this._policy.defaultRegion || generation?.manifest.regions.has(facts.region);
    entry.region = isRegion ? facts.region : "other";
    if (!generation) return this._degraded(request, url, entry, "no snapshot");
    const isEvents = request.method === "POST" && url.pathname === "/events";
    const wantsEvents = this.outbox !== null && isEvents && facts.isLogged;
    const headers = facts.headers;
    if (wantsEvents) headers.push(["martlet-want", "events"]);
    const method = request.method === "HEAD" ? "GET" : request.method;
    const messageFor = (/** @type {string} */ region) =>
      requestMessage(method, facts.target, [...headers, ["martlet-region", region]], body);
    const startedModule = this._clock();
    let answer;
    try {
      answer = parseResponse(await generation.handle(facts.region, messageFor, waitUntil));
    } catch (error) {
      entry.error = textOf(error);
      return this._degraded(request, url, entry, "the scorer failed");
    }
    const moduleMs = this._clock() - startedModule;
    if (wantsEvents) this._takeEvents(answer, facts, waitUntil);
    const response = await this._response(request, answer, url.pathname === "/recommendations" ? facts : null);
    if (this._options.hasClock) response.headers.set("server-timing", `module;dur=${moduleMs.toFixed(3)}`);
    const { failingSince } = this.publication;
    if (failingSince !== null) {
      const seconds = (/** @type {number} */ since) => Math.max(0, Math.round((this._now() - since) / 1000));
      const age = seconds(Date.parse(generation.manifest.built));
      entry.stale_seconds = seconds(failingSince);
      response.headers.set("martlet-stale", `${entry.stale_seconds}${Number.isNaN(age) ? "" : `;age=${age}`}`);
    }
    return response;
  }

  /**
   * @private
   * @param {Request} request
   * @param {URL} url
   * @param {Platform} platform
   */
  _facts(request, url, platform) {
    try {
      return factsOf(request, url, platform, this._policy, this._now());
    } catch (error) {
      if (error instanceof BadValue) throw new Problem(400, "Bad Request", error.message, error.field);
      throw error;
    }
  }

  /**
   * The client's answer to a message of the module's.
   * @private
   * @param {Request} request
   * @param {import("./message.js").Answer} answer
   * @param {import("./facts.js").Facts | null} facts null where caches keep no answers
   */
  async _response(request, answer, facts) {
    const headers = new Headers();
    for (const [name, value] of answer.headers) if (name !== "content-length") headers.append(name, value);
    if (request.method === "OPTIONS" && answer.status === 405) {
      const methods = headers.get("allow") ?? "";
      const allow = [methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
      return new Response(null, { status: 204, headers: { allow } });
    }
    if (answer.status === 200 && SAFE_METHODS.includes(request.method)) {
      if (facts) setCaching(headers, answer.body, facts, this._options);
      if (!(headers.get("cache-control") ?? "").includes("no-store")) {
        const tag = await entityTag(answer.body);
        headers.set("etag", tag);
        if (matches(request.headers.get("if-none-match"), tag)) return new Response(null, { status: 304, headers });
      }
    }
    // A status such as 204 takes no body, not even an empty one.
    const hasBody = request.method !== "HEAD" && answer.body.length > 0;
    return new Response(hasBody ? answer.body : null, { status: answer.status, headers });
  }

  /**
   * The static list where recommendations are asked for, otherwise a problem. A page may ask for it from another origin.
   * @private
   * @param {Request} request
   * @param {URL} url
   * @param {Record<string, unknown>} entry
   * @param {string} reason
   */
  _degraded(request, url, entry, reason) {
    entry.degraded = reason;
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: ALL_METHODS } });
    const asksForItems = url.pathname === "/recommendations" && SAFE_METHODS.includes(request.method);
    const body = asksForItems ? this._staticList.answer(url.searchParams) : null;
    if (body === null) throw new Problem(503, "Service Unavailable", reason);
    const headers = { "content-type": "application/json", "cache-control": "no-store", "martlet-degraded": reason };
    return new Response(request.method === "HEAD" ? null : body, { headers });
  }

  /**
   * Takes the events, as the module has understood them, out of the answer and hands them on.
   * @private
   * @param {import("./message.js").Answer} answer
   * @param {import("./facts.js").Facts} facts
   * @param {(promise: Promise<unknown>) => void} waitUntil
   */
  _takeEvents(answer, facts, waitUntil) {
    if (answer.status !== 200) return;
    const { events, visit, ...rest } = JSON.parse(new TextDecoder().decode(answer.body));
    answer.body = new TextEncoder().encode(JSON.stringify(rest));
    if (!Array.isArray(events) || !this.outbox) return;
    const user = facts.headers.find(([name]) => name === "martlet-user")?.[1];
    const region = facts.loggedRegion;
    const common = { session_id: visit, ...(user ? { user_id: user } : {}), ...(region ? { region } : {}) };
    this.outbox.add(events.map((event) => ({ event_id: crypto.randomUUID(), ...event, ...common })), waitUntil);
  }

  /**
   * @private
   * @param {string} path
   */
  _route(path) {
    const { prefix } = this._options;
    return path.startsWith(prefix) && ROUTES.includes(path.slice(prefix.length)) ? path : "other";
  }

  /** @private */
  _clock() {
    return this._options.hasClock ? performance.now() : 0;
  }

  /**
   * One JSON line, without personal data: no query, no token, no user, no address.
   * @private
   * @param {string} event
   * @param {object} fields
   */
  _log(event, fields) {
    this._options.writeLog(JSON.stringify({ time: new Date(this._now()).toISOString(), event, ...fields }));
  }
}

/**
 * W3C trace context is passed through as it came.
 * @param {Request} request
 */
function traceOf(request) {
  const trace = request.headers.get("traceparent");
  return trace && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(trace) ? trace : undefined;
}
