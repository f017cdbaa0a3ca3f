/**
 * What the host asserts of a request, in `Martlet-*` headers, and what of the client's headers it passes on. A client must not be
 * able to assert: of its own `Martlet-*` headers only `Martlet-Session` goes through, the token of callers without cookies, which
 * proves itself.
 */

const PASSED_ON = ["accept", "content-type", "martlet-session", "sec-gpc"];
const SESSION_COOKIE = "martlet_session";
const WORLD = "world";
export const CONSENTS = ["none", "session", "full"];
const REFERRER_HOSTS = {
  search: /(^|\.)(google|bing|duckduckgo|ecosia|yahoo|baidu|yandex|qwant)\.[a-z.]+$/,
  social: /(^|\.)(facebook|instagram|tiktok|pinterest|reddit|linkedin|youtube|x|t)\.[a-z]+$/,
  email: /(^|\.)(mail|outlook)\./,
};
const VALUE_BYTES_MAX = 256;
/** Of the query, what the host reads itself. */
const HOST_PARAMETERS = ["region", "time", "anonymous"];

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
 * @property {string | null} [timeZone] by IANA name, such as `Europe/Berlin`
 * @property {string | null} [user] the id of a signed-in user, which the shop has checked
 * @property {string | null} [session] the id of the session that the shop keeps for a visitor without cookies
 */

/**
 * @typedef {object} Policy
 * @property {string} defaultRegion
 * @property {"none" | "session" | "full"} defaultConsent
 * @property {"session" | "full"} eventsConsent from which consent on events are handed on
 * @property {string} consentCookie the cookie in which the shop's banner keeps what the visitor agreed to
 * @property {boolean} allowOverrides for trying out: `?region=` and `?time=` choose region and time
 * @property {string | null} regionHeader the header in which a proxy in front puts the region
 * @property {boolean} sharesAnonymous answers to visitors of whom nothing is known may be kept by caches: they depend on region and page
 *   alone, not on device, referrer or time zone
 * @property {string | null} key secret for MACs and keyed hashes, base64url
 */

/**
 * @typedef {object} Facts
 * @property {string} region
 * @property {string | null} loggedRegion what the platform or the request said of it; null where the default stands in, and for the
 *   world, which no event log calls a region
 * @property {string} consent what is left of it where `Sec-GPC` refuses
 * @property {string} target path and query without what the host has read itself
 * @property {boolean} isLogged whether events may be handed on: not below the consent that the shop wants for it, nor at a time that the
 *   request has chosen
 * @property {boolean} isAnonymous nothing of this visitor is known to the module: the answer is everybody's
 * @property {boolean} isForAll the request has asked for everybody's answer: who sends it makes no difference
 * @property {boolean} isRegionTold by the request itself, or nowhere: a cache can tell regions apart
 * @property {[string, string][]} headers for the module, all but the region
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
  const { regionHeader } = policy;
  const placedRegion = regionHeader ? headerText(request.headers.get(regionHeader)) : platform.region;
  const saidRegion = override.region || placedRegion || null;
  const region = plain("region", saidRegion ?? policy.defaultRegion);
  const isForAll = url.searchParams.getAll("anonymous").pop() === "1";
  const consent = isForAll || request.headers.get("sec-gpc") === "1" ? "none" : consentOf(request, policy);
  const user = consent === "full" && platform.user ? plain("user", platform.user) : null;
  const session = consent !== "none" && platform.session ? plain("session", platform.session) : null;
  const token = isForAll ? null : cookie(request, SESSION_COOKIE);
  const isNamed = user !== null || session !== null || token !== null || request.headers.has("martlet-session");
  const isKnown = consent !== "none" && isNamed;
  /** @type {[string, string | null][]} */
  const headers = (isForAll ? ["accept"] : PASSED_ON).map((name) => [name, request.headers.get(name)]);
  const isTimeChosen = override.time !== null;
  const time = override.time ?? now;
  headers.push(
    ["cookie", token === null ? null : `${SESSION_COOKIE}=${token}`],
    ["martlet-time", String(time)],
    ["martlet-consent", consent],
    ["martlet-seed", seed()],
    ["martlet-user", user],
    ["martlet-session-id", session],
    ["martlet-key", isTimeChosen ? null : policy.key],
  );
  if (isKnown || !(isForAll || policy.sharesAnonymous)) {
    headers.push(
      ["martlet-device", deviceOf(request)],
      ["martlet-referrer", referrerOf(request, url)],
      ["martlet-zone", platform.timeZone ? zoneMinutes(platform.timeZone, time) : null],
    );
  }
  const given = /** @type {[string, string][]} */ (headers.filter(([, value]) => value !== null));
  const isLogged = !isTimeChosen && ["full", policy.eventsConsent].includes(consent);
  const loggedRegion = region === WORLD ? null : saidRegion;
  const isRegionTold = regionHeader !== null || override.region !== null || !platform.region;
  const target = targetOf(url);
  return { region, loggedRegion, consent, target, isLogged, isAnonymous: !isKnown, isForAll, isRegionTold, headers: given };
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
    .filter((part) => part !== "" && !HOST_PARAMETERS.includes(decoded(part.split("=")[0])));
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
 * A choice that is none of these, such as a banner's own word for a refusal, is no consent.
 * @param {Request} request
 * @param {Policy} policy
 */
function consentOf(request, policy) {
  const value = cookie(request, policy.consentCookie);
  if (value === null) return policy.defaultConsent;
  return CONSENTS.includes(value) ? value : "none";
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
 * The kind of page that led here; its address goes no further. A script's request names the page that the script runs on, which
 * says nothing of how the visitor came.
 * @param {Request} request
 * @param {URL} url
 */
function referrerOf(request, url) {
  const isScript = request.headers.get("sec-fetch-dest") === "empty";
  const referrer = request.headers.get("referer");
  if (!referrer) return request.headers.get("sec-fetch-dest") === "document" ? "direct" : null;
  let host;
  try {
    host = new URL(referrer).hostname;
  } catch {
    return null;
  }
  if (host === url.hostname) return isScript ? null : "internal";
  for (const [kind, hosts] of Object.entries(REFERRER_HOSTS)) if (hosts.test(host)) return kind;
  return null;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const zones = new Map();

/**
 * Minutes east of UTC, null for a zone that is unknown here.
 * @param {string} timeZone
 * @param {number} time milliseconds since 1970
 */
function zoneMinutes(timeZone, time) {
  try {
    let format = zones.get(timeZone);
    if (!format) zones.set(timeZone, (format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })));
    const name = format.formatToParts(time).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours, minutes] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? ["", "+", "0", "0"];
    return `${sign === "-" ? "-" : ""}${Number(hours) * 60 + Number(minutes)}`;
  } catch {
    return null;
  }
}

/**
 * A header's value that may be UTF-8: platforms give its bytes as one character each.
 * @param {string | null} value
 * @returns {string | null} null for an empty one too
 */
export function headerText(value) {
  if (!value || /[^\u0000-\u00ff]/.test(value)) return value || null;
  return new TextDecoder().decode(Uint8Array.from(value, (character) => character.charCodeAt(0)));
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
