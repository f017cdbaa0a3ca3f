/** The settings of a worker, with their defaults. */

import { CONSENTS } from "./facts.js";

/**
 * @typedef {object} Options
 * @property {WebAssembly.Module | import("./publication.js").ModuleSource} module
 * @property {import("./loading.js").Store} store
 * @property {object | null} [staticList] the answer where there is no snapshot: `fallback.json` of a publication
 * @property {import("./outbox.js").Sink | null} [sink] where consented events go; none: they go nowhere
 * @property {string} [prefix] path under which the worker is mounted, such as `/martlet`
 * @property {string[]} [cors] origins whose pages may ask
 * @property {string | null} [regionHeader] the header in which a proxy or cache in front puts the region, such as `CF-IPCountry`, taken
 *   instead of what the platform says, and by which that cache tells regions apart
 * @property {number} [cacheSeconds] how long a shared cache may keep anonymous answers, which then know no device, referrer or time
 *   zone; 0: not at all. A region that the platform says keeps an answer from being shared
 * @property {number} [refreshSeconds] a newer generation is looked for no oftener
 * @property {number} [loadSeconds] a load that takes longer is given up
 * @property {number} [firstWaitMs] how long requests wait for the first snapshot; then the static list answers
 * @property {number} [regionMegabytes] region files held at once
 * @property {number} [regionWaitMs] how long requests wait for their region's file
 * @property {"chunks" | "size"} [verify]
 * @property {boolean} [metrics] whether `/metrics` answers: on hosts that live long
 * @property {boolean} [hasClock] whether time passes while code runs; false on Cloudflare
 * @property {Partial<import("./facts.js").Policy>} [policy]
 * @property {() => number} [now] milliseconds since 1970
 * @property {(line: string) => void} [writeLog]
 * @property {Record<string, string>} [names] what settings are called where they are set, for errors: otherwise as here
 */

/**
 * What the platform gives with a request.
 * @typedef {import("./facts.js").PlatformFacts & { waitUntil?: (promise: Promise<unknown>) => void }} Platform
 */

const DEFAULTS = {
  prefix: "",
  /** @type {string[]} */
  cors: [],
  /** @type {string | null} */
  regionHeader: null,
  cacheSeconds: 0,
  refreshSeconds: 60,
  loadSeconds: 20,
  firstWaitMs: 5000,
  regionMegabytes: 16,
  regionWaitMs: 250,
  /** @type {"chunks" | "size"} */
  verify: "chunks",
  metrics: false,
  hasClock: true,
  now: () => Date.now(),
  writeLog: (/** @type {string} */ line) => console.log(line),
};

/** @type {import("./facts.js").Policy} */
const POLICY = {
  defaultRegion: "world",
  defaultConsent: "session",
  eventsConsent: "full",
  consentCookie: "martlet_consent",
  allowOverrides: false,
  regionHeader: null,
  sharesAnonymous: false,
  key: null,
};

/** What each setting is called in the environment, after a platform's prefix. */
const VARIABLES = {
  prefix: "PREFIX",
  cors: "CORS",
  regionHeader: "REGION_HEADER",
  cacheSeconds: "CACHE_SECONDS",
  refreshSeconds: "REFRESH_SECONDS",
  regionMegabytes: "REGION_MEGABYTES",
  verify: "VERIFY",
  defaultConsent: "CONSENT",
  eventsConsent: "EVENTS_CONSENT",
};

/**
 * What a platform's entry is set up with from text: environment variables, each with `prefix` before its name but `MARTLET_KEY`, the
 * secret. An empty text is none.
 * @param {(name: string) => string | undefined} read
 * @param {string} prefix
 * @param {{ saysRegion: boolean }} platform whether it says the region by itself: what caches in front cannot know
 */
export function settingsFrom(read, prefix, { saysRegion }) {
  const names = Object.fromEntries(Object.entries(VARIABLES).map(([setting, name]) => [setting, prefix + name]));
  const text = (/** @type {string} */ setting) => read(names[setting]) || undefined;
  const number = (/** @type {string} */ setting) => {
    const value = text(setting);
    return value === undefined ? undefined : numberOf(value);
  };
  const settings = {
    names: { ...names, key: "MARTLET_KEY" },
    prefix: text("prefix"),
    cors: text("cors")?.split(",").map((origin) => origin.trim()).filter(Boolean), // prettier-ignore
    regionHeader: text("regionHeader"),
    cacheSeconds: number("cacheSeconds"),
    refreshSeconds: number("refreshSeconds"),
    regionMegabytes: number("regionMegabytes"),
    verify: /** @type {"chunks" | "size" | undefined} */ (text("verify")),
    policy: {
      key: read("MARTLET_KEY") || null,
      defaultConsent: /** @type {any} */ (text("defaultConsent")),
      eventsConsent: /** @type {any} */ (text("eventsConsent")),
    },
  };
  if (saysRegion && settings.cacheSeconds && !settings.regionHeader) {
    throw new Error(`${names.cacheSeconds}: caches need ${names.regionHeader}, the header in which the CDN in front puts the region`);
  }
  return settings;
}

/**
 * The number that a text says; one that says none stays as it is, for the error that it gets.
 * @param {string} text
 */
export function numberOf(text) {
  const number = text.trim() === "" ? NaN : Number(text);
  return Number.isNaN(number) ? /** @type {any} */ (text) : number;
}

/**
 * All settings, or an error that names the one that cannot hold: deployments set these from text.
 * @param {Options} options
 */
export function resolved({ names = {}, ...options }) {
  const all = withDefaults(options, DEFAULTS);
  const policy = withDefaults(options.policy ?? {}, {
    ...POLICY,
    regionHeader: all.regionHeader,
    sharesAnonymous: all.cacheSeconds > 0,
  });
  const need = (/** @type {boolean} */ holds, /** @type {string} */ setting, /** @type {unknown} */ value, /** @type {string} */ wanted) => {
    if (!holds) throw new Error(`${names[setting] ?? setting}: ${value} is not ${wanted}`);
  };
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const given = /** @type {any} */ (all)[name];
    need(typeof value !== "number" || (Number.isFinite(given) && given >= 0), name, given, "a number from 0");
  }
  for (const origin of all.cors) need(origin === "*" || isOrigin(origin), "cors", origin, "an origin such as https://shop.example, or *");
  need(/^[A-Za-z0-9-]+$/.test(all.regionHeader ?? "X"), "regionHeader", all.regionHeader, "a header's name");
  need(/^(\/[^/?#]+)*$/.test(all.prefix), "prefix", all.prefix, "a path such as /martlet");
  need(["chunks", "size"].includes(all.verify), "verify", all.verify, "chunks or size");
  need(CONSENTS.includes(policy.defaultConsent), "defaultConsent", policy.defaultConsent, CONSENTS.join(", "));
  need(CONSENTS.slice(1).includes(policy.eventsConsent), "eventsConsent", policy.eventsConsent, "session or full");
  const key = policy.key?.trim().replace(/=+$/, "") ?? null;
  // Its value is a secret.
  need(key === null || isKey(key), "key", "the value", "base64url of 16 bytes or more");
  return { ...all, policy: { ...policy, key } };
}

/**
 * As browsers and apps send it: no path, nothing upper-case.
 * @param {string} text
 */
function isOrigin(text) {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\sA-Z]+$/.test(text);
}

/** @param {string} text base64url without padding */
function isKey(text) {
  return /^[A-Za-z0-9_-]{22,}$/.test(text) && text.length % 4 !== 1;
}

/**
 * What is undefined takes the default too.
 * @template {object} T
 * @template {object} U
 * @param {T} given
 * @param {U} defaults
 * @returns {T & U}
 */
function withDefaults(given, defaults) {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return /** @type {any} */ ({ ...defaults, ...Object.fromEntries(set) });
}
