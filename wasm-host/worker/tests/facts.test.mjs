import assert from "node:assert/strict";
import { test } from "node:test";

import { BadValue, factsOf } from "../src/facts.js";

const NOW = 1_700_000_000_000;
const POLICY = { defaultRegion: "world", defaultConsent: "session", eventsConsent: "full", consentCookie: "martlet_consent", allowOverrides: false,
  regionHeader: null, sharesAnonymous: false, key: null }; // prettier-ignore

function facts(headers = {}, { path = "/recommendations", platform = {}, policy = {} } = {}) {
  const request = new Request(`https://shop.test${path}`, { headers });
  const made = factsOf(request, new URL(request.url), platform, { ...POLICY, ...policy }, NOW);
  return { ...made, named: Object.fromEntries(made.headers) };
}

test("a client asserts nothing: its Martlet-* headers are dropped, but the token", () => {
  const forged = ["Time", "Region", "Consent", "Seed", "User", "Session-Id", "Device", "Referrer", "Zone", "Key", "Want"];
  const client = Object.fromEntries(forged.map((name) => [`Martlet-${name}`, "forged"]));
  const { headers, named, region } = facts({ ...client, "Martlet-Session": "token" });
  assert.ok(!headers.some(([, value]) => value.includes("forged")));
  assert.equal(named["martlet-session"], "token");
  assert.equal(named["martlet-time"], String(NOW));
  assert.equal(region, "world");
});

test("only what is on the allow-list is passed on", () => {
  const { headers } = facts({ Accept: "text/html", "X-Forwarded-For": "192.0.2.1", Authorization: "secret", "User-Agent": "x" });
  assert.deepEqual(headers.map(([name]) => name).sort(), [
    "accept", "martlet-consent", "martlet-device", "martlet-seed", "martlet-time",
  ]); // prettier-ignore
});

test("of the cookies, the module sees the session alone", () => {
  assert.equal(facts({ Cookie: "a=1; martlet_session=tok; id=7" }).named.cookie, "martlet_session=tok");
  assert.equal(facts({ Cookie: "xmartlet_session=no" }).named.cookie, undefined);
});

test("consent comes from the shop's cookie, and Sec-GPC refuses whatever it says", () => {
  assert.equal(facts({ Cookie: "martlet_consent=full" }).consent, "full");
  assert.equal(facts({ Cookie: "martlet_consent2=full" }).consent, "session");
  for (const value of ["anything", "denied", "", "Full"]) assert.equal(facts({ Cookie: `martlet_consent=${value}` }).consent, "none");
  assert.equal(facts({ Cookie: "choice=none" }, { policy: { consentCookie: "choice" } }).consent, "none");
  const refused = facts({ Cookie: "martlet_consent=full; martlet_session=t", "Sec-GPC": "1" }, { platform: { user: "u1" } });
  assert.equal(refused.consent, "none");
  assert.equal(refused.named["martlet-consent"], "none");
  assert.equal(refused.named["martlet-user"], undefined);
  assert.ok(refused.isAnonymous);
});

test("events are handed on from the consent on that the shop wants", () => {
  const logged = (eventsConsent) =>
    ["none", "session", "full"].filter((level) => facts({ Cookie: `martlet_consent=${level}` }, { policy: { eventsConsent } }).isLogged);
  assert.deepEqual([logged("full"), logged("session")], [["full"], ["session", "full"]]);
  assert.ok(!facts({ Cookie: "martlet_consent=full", "Sec-GPC": "1" }).isLogged);
});

test("a user is asserted with full consent only", () => {
  const platform = { user: "u1" };
  assert.equal(facts({}, { platform }).named["martlet-user"], undefined);
  assert.equal(facts({ Cookie: "martlet_consent=full" }, { platform }).named["martlet-user"], "u1");
});

test("a session that the shop keeps is asserted unless the visitor refuses", () => {
  const platform = { session: "s1" };
  const kept = facts({}, { platform });
  assert.equal(kept.named["martlet-session-id"], "s1");
  assert.ok(!kept.isAnonymous);
  assert.equal(facts({ "Sec-GPC": "1" }, { platform }).named["martlet-session-id"], undefined);
});

test("who is anonymous", () => {
  assert.ok(facts().isAnonymous);
  assert.ok(!facts({ Cookie: "martlet_session=t" }).isAnonymous);
  assert.ok(!facts({ "Martlet-Session": "t" }).isAnonymous);
  assert.ok(facts({ Cookie: "martlet_session=t; martlet_consent=none" }).isAnonymous);
});

test("answers that are shared depend on region and page alone", () => {
  const headers = { "User-Agent": "Mobile", Referer: "https://www.google.com/" };
  const options = { platform: { region: "DE", timeZone: "Europe/Berlin" }, policy: { sharesAnonymous: true } };
  const shared = facts(headers, options).named;
  assert.equal(facts(headers, options).region, "DE");
  assert.deepEqual([shared["martlet-device"], shared["martlet-referrer"], shared["martlet-zone"]], [undefined, undefined, undefined]);
  const known = facts({ ...headers, "Martlet-Session": "t" }, options).named;
  assert.deepEqual([known["martlet-device"], known["martlet-referrer"], known["martlet-zone"]], ["mobile", "search", "60"]);
});

test("an answer for all depends on page and region alone, and nothing of the visitor reaches the module", () => {
  const headers = {
    "User-Agent": "Mobile", Referer: "https://www.google.com/", Cookie: "martlet_session=t; martlet_consent=full", "Martlet-Session": "t",
    "Sec-GPC": "1", Accept: "application/json",
  }; // prettier-ignore
  const platform = { region: "DE", timeZone: "Europe/Berlin", user: "u1", session: "s1" };
  const { named, ...all } = facts(headers, { path: "/recommendations?n=3&anonymous=1", platform });
  const stranger = facts({ Accept: "application/json" }, { path: "/recommendations?n=3&anonymous=1", platform: { region: "DE" } });
  const { "martlet-seed": _, ...passed } = named;
  const { "martlet-seed": __, ...others } = stranger.named;
  assert.deepEqual(passed, others);
  assert.deepEqual(Object.keys(passed).sort(), ["accept", "martlet-consent", "martlet-time"]);
  assert.deepEqual([all.target, all.region, all.consent, all.isAnonymous, all.isForAll, all.isLogged], ["/recommendations?n=3", "DE", "none", true, true, false]); // prettier-ignore
  assert.ok(!facts(headers, { path: "/recommendations?anonymous=0" }).isForAll);
});

test("a region header is taken instead of what the platform says, and may be UTF-8", () => {
  const policy = { regionHeader: "X-Country" };
  const platform = { region: "DE" };
  const bytes = Buffer.from("Åland").toString("latin1");
  const told = facts({ "X-Country": bytes }, { platform, policy });
  assert.deepEqual([told.region, told.loggedRegion, told.isRegionTold], ["Åland", "Åland", true]);
  assert.deepEqual([facts({}, { platform, policy }).region, facts({}, { platform, policy }).isRegionTold], ["world", true]);
  assert.deepEqual([facts({}, { platform }).region, facts({}, { platform }).isRegionTold], ["DE", false]);
  assert.ok(facts().isRegionTold, "everybody is in the same one");
});

test("region and time of the query hold where they are allowed, and never reach the module", () => {
  const path = "/recommendations?n=3&region=S%C3%BCd&context=home+page&time=2024-01-01T00:00:00Z&%72egion=";
  const closed = facts({}, { path, platform: { region: "DE" } });
  assert.equal(closed.target, "/recommendations?n=3&context=home+page");
  assert.equal(closed.region, "DE");
  const open = facts({}, { path: "/recommendations?region=S%C3%BCd&time=1704067200", policy: { allowOverrides: true } });
  assert.equal(open.region, "Süd");
  assert.equal(open.target, "/recommendations");
  assert.equal(open.named["martlet-time"], "1704067200000");
});

test("at a time of its own a request gets nothing signed", () => {
  const policy = { allowOverrides: true, eventsConsent: "session", key: "c2VjcmV0" };
  const chosen = facts({}, { path: "/?time=2030-01-01", policy });
  assert.deepEqual([chosen.isLogged, chosen.named["martlet-key"]], [false, undefined]);
  const others = [facts({}, { path: "/?region=DE", policy }), facts({}, { path: "/?time=2030-01-01", policy: { ...policy, allowOverrides: false } })];
  for (const { isLogged, named } of others) assert.deepEqual([isLogged, named["martlet-key"]], [true, "c2VjcmV0"]);
});

test("values that cannot stand in a header name their field", () => {
  const policy = { allowOverrides: true };
  for (const [path, field] of [["/?time=tomorrow", "time"], ["/?region=a%0D%0AMartlet-User:%20x", "region"], [`/?region=${"x".repeat(257)}`, "region"]]) {
    assert.throws(() => facts({}, { path, policy }), (error) => error instanceof BadValue && error.field === field); // prettier-ignore
  }
});

test("devices", () => {
  const device = (agent, more = {}) => facts({ "User-Agent": agent, ...more }).named["martlet-device"];
  assert.equal(device("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile/15E148"), "mobile");
  assert.equal(device("Mozilla/5.0 (iPad; CPU OS 17_0) Mobile/15E148"), "tablet");
  assert.equal(device("Mozilla/5.0 (Linux; Android 14; SM-X910) Safari"), "tablet");
  assert.equal(device("Mozilla/5.0 (Linux; Android 14) Mobile Safari"), "mobile");
  assert.equal(device("Mozilla/5.0 (X11; Linux x86_64)"), "desktop");
  assert.equal(device("Mozilla/5.0 (X11)", { "Sec-CH-UA-Mobile": "?1" }), "mobile");
  assert.equal(facts().named["martlet-device"], undefined);
});

test("the kind of page that led here", () => {
  const kind = (referer, dest) => facts({ Referer: referer, ...(dest ? { "Sec-Fetch-Dest": dest } : {}) }).named["martlet-referrer"];
  assert.equal(kind("https://www.google.co.uk/search?q=secret"), "search");
  assert.equal(kind("https://l.instagram.com/"), "social");
  assert.equal(kind("https://mail.example.org/"), "email");
  assert.equal(kind("https://example.org/"), undefined);
  assert.equal(kind("https://notgoogle.example/"), undefined);
  assert.equal(kind("https://shop.test/p/1", "document"), "internal");
  // A script's request always names the shop's own page.
  assert.equal(kind("https://shop.test/p/1", "empty"), undefined);
  assert.equal(facts({ "Sec-Fetch-Dest": "document" }).named["martlet-referrer"], "direct");
});

test("time zones become minutes east of UTC, in summer and winter", () => {
  const zone = (timeZone, time) =>
    facts({}, { path: `/?time=${time}`, platform: { timeZone }, policy: { allowOverrides: true } }).named["martlet-zone"];
  assert.equal(zone("Europe/Berlin", "2024-07-01"), "120");
  assert.equal(zone("Europe/Berlin", "2024-01-01"), "60");
  assert.equal(zone("America/St_Johns", "2024-01-01"), "-210");
  assert.equal(zone("UTC", "2024-01-01"), "0");
  assert.equal(zone("Moon/Base", "2024-01-01"), undefined);
});

test("the seed is another one each time", () => {
  const seeds = new Set(Array.from({ length: 50 }, () => facts().named["martlet-seed"]));
  assert.equal(seeds.size, 50);
  for (const seed of seeds) assert.ok(/^\d+$/.test(seed) && BigInt(seed) < 2n ** 64n);
});
