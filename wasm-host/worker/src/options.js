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

/**
 * What a platform's entry is set up with from text: environment variables, each with `prefix` before its name but `MARTLET_KEY`, the
 * secret. An empty text is none.
 * @param {(name: string) => string | undefined} read
 * @param {string} prefix
 * @param {{ saysRegion: boolean }} platform whether it says the region by itself: what caches in front cannot know
 */
export function settingsFrom(read, prefix, { saysRegion }) {
  const text = (/** @type {string} */ name) => read(prefix + name) || undefined;
  const number = (/** @type {string} */ name) => {
    const value = text(name);
    return value === undefined ? undefined : Number(value);
  };
  const settings = {
    prefix: text("PREFIX"),
    cors: text("CORS")?.split(",").map((origin) => origin.trim()).filter(Boolean), // prettier-ignore
    regionHeader: text("REGION_HEADER"),
    cacheSeconds: number("CACHE_SECONDS"),
    refreshSeconds: number("REFRESH_SECONDS"),
    regionMegabytes: number("REGION_MEGABYTES"),
    verify: /** @type {"chunks" | "size" | undefined} */ (text("VERIFY")),
    policy: {
      key: read("MARTLET_KEY") || null,
      defaultConsent: /** @type {any} */ (text("CONSENT")),
      eventsConsent: /** @type {any} */ (text("EVENTS_CONSENT")),
    },
  };
  if (saysRegion && settings.cacheSeconds && !settings.regionHeader) {
    throw new Error(`${prefix}CACHE_SECONDS: caches need ${prefix}REGION_HEADER, the header in which the CDN in front puts the region`);
  }
  return settings;
}

/**
 * All settings, or an error that names the one that cannot hold: deployments set these from text.
 * @param {Options} options
 */
export function resolved(options) {
  const all = withDefaults(options, DEFAULTS);
  const policy = withDefaults(options.policy ?? {}, {
    ...POLICY,
    regionHeader: all.regionHeader,
    sharesAnonymous: all.cacheSeconds > 0,
  });
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const given = /** @type {any} */ (all)[name];
    need(typeof value !== "number" || (Number.isFinite(given) && given >= 0), name, given, "a number from 0");
  }
  need(/^[A-Za-z0-9-]+$/.test(all.regionHeader ?? "X"), "regionHeader", all.regionHeader, "a header's name");
  need(/^(\/[^/?#]+)*$/.test(all.prefix), "prefix", all.prefix, "a path such as /martlet");
  need(["chunks", "size"].includes(all.verify), "verify", all.verify, "chunks or size");
  need(CONSENTS.includes(policy.defaultConsent), "defaultConsent", policy.defaultConsent, CONSENTS.join(", "));
  need(CONSENTS.slice(1).includes(policy.eventsConsent), "eventsConsent", policy.eventsConsent, "session or full");
  return { ...all, policy };
}

/**
 * @param {boolean} condition
 * @param {string} name
 * @param {unknown} value
 * @param {string} wanted
 */
function need(condition, name, value, wanted) {
  if (!condition) throw new Error(`${name}: ${value} is not ${wanted}`);
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
