/** What HTTP asks of a host: validation, caching, CORS, problems, limits. */

import { LIMITS } from "./message.js";

/** Becomes an `application/problem+json` answer of the host's own. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} title
   * @param {string} detail
   * @param {string} [field]
   */
  constructor(status, title, detail, field) {
    super(detail);
    this.status = status;
    this.title = title;
    this.field = field;
  }

  response() {
    const { status, title, field } = this;
    const document = { type: "about:blank", title, status, detail: this.message, ...(field ? { field } : {}) };
    const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
    if (status === 503) headers.set("retry-after", "1");
    return new Response(JSON.stringify(document), { status, headers });
  }
}

/**
 * The body, within the limits of a message.
 * @param {Request} request
 * @param {string} target
 * @returns {Promise<Uint8Array>}
 */
export async function checkedBody(request, target) {
  if (target.length > LIMITS.target) throw new Problem(414, "URI Too Long", "the request target is longer than 8 KB");
  let headerBytes = 0;
  for (const [name, value] of request.headers) headerBytes += name.length + value.length + 4;
  if (headerBytes > LIMITS.headers) {
    throw new Problem(431, "Request Header Fields Too Large", "the request headers are longer than 32 KB");
  }
  if (!request.body) return new Uint8Array(0);
  const tooLarge = () => new Problem(413, "Content Too Large", "the request body is longer than 64 KB");
  if (Number(request.headers.get("content-length") ?? 0) > LIMITS.body) throw tooLarge();
  const reader = request.body.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > LIMITS.body) {
      await reader.cancel().catch(() => {});
      throw tooLarge();
    }
    parts.push(value);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/**
 * Whether and how long an answer may be kept by others. What is said to one visitor is nobody else's; an anonymous answer is
 * everybody's in this region and on this page: where it was asked for, whoever asks, otherwise for those who send neither token nor
 * refusal. A region that no header of the request tells, caches cannot know. Offers are never shared: a signed code is for the
 * visitor who has earned it.
 * @param {Headers} headers
 * @param {Uint8Array} body JSON
 * @param {import("./facts.js").Facts} facts
 * @param {{ cacheSeconds: number, regionHeader: string | null }} options
 */
export function setCaching(headers, body, { isAnonymous, isForAll, isRegionTold }, { cacheSeconds, regionHeader }) {
  if (!isAnonymous || !isRegionTold || cacheSeconds === 0 || headers.has("set-cookie")) return;
  if ("offers" in JSON.parse(new TextDecoder().decode(body))) return void headers.set("cache-control", "private, no-store");
  headers.set("cache-control", `public, max-age=0, s-maxage=${cacheSeconds}`);
  const visitor = isForAll ? [] : ["Cookie", "Martlet-Session", "Sec-GPC"];
  headers.set("vary", ["Accept", ...visitor, ...(regionHeader ? [regionHeader] : [])].join(", "));
}

/**
 * Whether caches may keep an answer: then nothing in it is about the request that happened to come first.
 * @param {Headers} headers
 */
export function isShared(headers) {
  return (headers.get("cache-control") ?? "").startsWith("public");
}

/**
 * A weak tag of the body.
 * @param {Uint8Array} body
 */
export async function entityTag(body) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  return `W/"${[...digest.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
}

/**
 * @param {string | null} ifNoneMatch
 * @param {string} tag
 */
export function matches(ifNoneMatch, tag) {
  if (!ifNoneMatch) return false;
  const opaque = (/** @type {string} */ text) => text.trim().replace(/^W\//, "");
  return ifNoneMatch.split(",").some((candidate) => candidate.trim() === "*" || opaque(candidate) === opaque(tag));
}

/**
 * Allows pages of other origins to ask, where the configuration names them.
 * @param {Headers} headers
 * @param {string | null} origin
 * @param {string[]} allowed origins, or `*` for every one (then without cookies)
 */
export function setCORS(headers, origin, allowed) {
  if (allowed.length === 0) return;
  if (!allowed.includes("*")) headers.append("vary", "Origin");
  if (!origin || !(allowed.includes("*") || allowed.includes(origin))) return;
  headers.set("access-control-allow-origin", allowed.includes("*") ? "*" : origin);
  headers.set("access-control-expose-headers", "ETag, Martlet-Session, Martlet-Stale, Martlet-Degraded, Server-Timing");
  if (!allowed.includes("*")) headers.set("access-control-allow-credentials", "true");
}

/**
 * The answer to a preflight, as to any OPTIONS.
 * @param {Headers} headers
 * @param {string} allowed methods
 */
export function setPreflight(headers, allowed) {
  headers.set("allow", allowed);
  if (!headers.has("access-control-allow-origin")) return;
  headers.set("access-control-allow-methods", allowed);
  headers.set("access-control-allow-headers", "Content-Type, Martlet-Session, Traceparent");
  headers.set("access-control-max-age", "86400");
}
