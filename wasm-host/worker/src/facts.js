/**
 * What the host asserts of a request, in `Martlet-*` headers, and what of the client's headers it passes on. A client must not be
 * able to assert: of its own `Martlet-*` headers only `Martlet-Session` goes through, the token of callers without cookies, which
 * proves itself.
 */

const PASSED_ON = ["accept", "content-type", "martlet-session", "sec-gpc"];
const SESSION_COOKIE = "martlet_session";
const CONSENTS = ["none", "session", "full"];
const VALUE_BYTES_MAX = 256;

/** A value cannot be used; `field` names it. */
export class BadValue extends Error {
  /**
   * @param {string} field
   * @param {string} reason
   */
  constructor(field, reason) {
    super(reason);
    this.field = field;
  }
}

/**
 * What the platform knows of a visitor.
 * @typedef {object} PlatformFacts
 * @property {string | null} [region] such as the country by IP address
 * @property {string | null} [user] the id of a signed-in user, which the shop has checked
 */

/**
 * @typedef {object} Policy
 * @property {string} defaultRegion
 * @property {"none" | "session" | "full"} defaultConsent
 * @property {string} consentCookie the cookie in which the shop's banner keeps what the visitor agreed to
 * @property {boolean} allowOverrides for trying out: `?region=` and `?time=` choose region and time
 * @property {string | null} key secret for MACs and keyed hashes, base64url
 */

/**
 * @typedef {object} Facts
 * @property {string} region
 * @property {string} consent
 * @property {string} target path and query without what the host has read itself
 * @property {boolean} isAnonymous nothing of this visitor is known to the module: the answer is everybody's
 * @property {[string, string][]} headers for the module
 */

/**
 * @param {Request} request
 * @param {URL} url
 * @param {PlatformFacts} platform
 * @param {Policy} policy
 * @param {number} now milliseconds since 1970
 * @returns {Facts}
 */
export function factsOf(request, url, platform, policy, now) {
  const override = policy.allowOverrides ? overrides(url) : { region: null, time: null };
  const region = plain("region", override.region ?? platform.region ?? policy.defaultRegion);
  const consent = consentOf(request, policy);
  const user = consent === "full" && platform.user ? plain("user", platform.user) : null;
  const token = cookie(request, SESSION_COOKIE);
  /** @type {[string, string][]} */
  const headers = [];
  for (const name of PASSED_ON) {
    const value = request.headers.get(name);
    if (value !== null) headers.push([name, value]);
  }
  if (token !== null) headers.push(["cookie", `${SESSION_COOKIE}=${token}`]);
  headers.push(["martlet-time", String(override.time ?? now)], ["martlet-region", region], ["martlet-consent", consent]);
  headers.push(["martlet-seed", seed()]);
  const device = deviceOf(request);
  if (device) headers.push(["martlet-device", device]);
  const referrer = referrerOf(request, url);
  if (referrer) headers.push(["martlet-referrer", referrer]);
  if (user) headers.push(["martlet-user", user]);
  if (policy.key) headers.push(["martlet-key", policy.key]);
  const isRefused = consent === "none" || request.headers.get("sec-gpc") === "1";
  const hasSession = token !== null || request.headers.has("martlet-session") || user !== null;
  return { region, consent: isRefused ? "none" : consent, target: targetOf(url), isAnonymous: isRefused || !hasSession, headers };
}

/** @param {URL} url */
function overrides(url) {
  const region = url.searchParams.getAll("region").pop() || null;
  const text = url.searchParams.getAll("time").pop() || null;
  if (text === null) return { region, time: null };
  const number = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
  const time = Number.isNaN(number) ? Date.parse(text) : number >= 1e11 ? number : number * 1000;
  if (!(time >= 0)) throw new BadValue("time", "not a time: give ISO 8601, or unix seconds or milliseconds");
  return { region, time };
}

/**
 * Parts of a query stay as they were written; only whole parameters go.
 * @param {URL} url
 */
function targetOf(url) {
  const kept = url.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "" && !["region", "time"].includes(decoded(part.split("=")[0])));
  return kept.length > 0 ? `${url.pathname}?${kept.join("&")}` : url.pathname;
}

/** @param {string} name */
function decoded(name) {
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return name;
  }
}

/**
 * @param {Request} request
 * @param {Policy} policy
 */
function consentOf(request, policy) {
  const value = cookie(request, policy.consentCookie);
  return value !== null && CONSENTS.includes(value) ? value : policy.defaultConsent;
}

/**
 * @param {Request} request
 * @param {string} name
 */
export function cookie(request, name) {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/**
 * A guess from client hint and user agent.
 * @param {Request} request
 */
function deviceOf(request) {
  const agent = request.headers.get("user-agent") ?? "";
  if (/iPad|Tablet/.test(agent) || (agent.includes("Android") && !agent.includes("Mobile"))) return "tablet";
  if (request.headers.get("sec-ch-ua-mobile") === "?1" || agent.includes("Mobi")) return "mobile";
  return agent ? "desktop" : null;
}

/**
 * The kind of page that led here; its address goes no further.
 * @param {Request} request
 * @param {URL} url
 */
function referrerOf(request, url) {
  const referrer = request.headers.get("referer");
  if (!referrer) return null;
  let host;
  try {
    host = new URL(referrer).hostname;
  } catch {
    return null;
  }
  if (host === url.hostname) return "internal";
  if (/(^|\.)(google|bing|duckduckgo|ecosia|yahoo|baidu|yandex|qwant)\.[a-z.]+$/.test(host)) return "search";
  if (/(^|\.)(facebook|instagram|tiktok|pinterest|reddit|linkedin|youtube|x|t)\.[a-z.]+$/.test(host)) return "social";
  if (/(^|\.)(mail|outlook)\./.test(host)) return "email";
  return null;
}

/**
 * A value that can stand in a header.
 * @param {string} field
 * @param {string} value
 */
function plain(field, value) {
  if (new TextEncoder().encode(value).length > VALUE_BYTES_MAX || /[\u0000-\u001f\u007f]/.test(value)) {
    throw new BadValue(field, `longer than ${VALUE_BYTES_MAX} bytes, or with control characters`);
  }
  return value;
}

/** 64 random bits, in decimal. */
function seed() {
  return crypto.getRandomValues(new BigUint64Array(1))[0].toString();
}
