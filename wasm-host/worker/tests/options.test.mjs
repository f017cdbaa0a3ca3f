import assert from "node:assert/strict";
import { test } from "node:test";

import { resolved, settingsFrom } from "../src/options.js";

const OF_ENTRY = { saysRegion: true };
const from = (variables, prefix = "", platform = OF_ENTRY) => settingsFrom((name) => variables[name], prefix, platform);

test("what is not set, or empty, has the defaults", () => {
  const defaults = resolved({});
  const names = ["PREFIX", "CORS", "REGION_HEADER", "CACHE_SECONDS", "REFRESH_SECONDS", "REGION_MEGABYTES", "VERIFY", "CONSENT", "EVENTS_CONSENT", "MARTLET_KEY"]; // prettier-ignore
  for (const variables of [{}, Object.fromEntries(names.map((name) => [name, ""]))]) assert.deepEqual(resolved(from(variables)), defaults);
});

test("every setting of an entry comes from its variable, the secret under one name everywhere", () => {
  const variables = {
    PREFIX: "/m", CORS: "https://a.example, https://b.example ,", REGION_HEADER: "X-Country", CACHE_SECONDS: "30", REFRESH_SECONDS: "90",
    REGION_MEGABYTES: "8", VERIFY: "size", CONSENT: "none", EVENTS_CONSENT: "session",
  }; // prettier-ignore
  const expected = {
    prefix: "/m", cors: ["https://a.example", "https://b.example"], regionHeader: "X-Country", cacheSeconds: 30, refreshSeconds: 90,
    regionMegabytes: 8, verify: "size", policy: { key: "secret", defaultConsent: "none", eventsConsent: "session" },
  }; // prettier-ignore
  assert.deepEqual(from({ ...variables, MARTLET_KEY: "secret" }), expected);
  const prefixed = Object.fromEntries(Object.entries(variables).map(([name, value]) => [`MARTLET_${name}`, value]));
  assert.deepEqual(from({ ...prefixed, MARTLET_KEY: "secret" }, "MARTLET_"), expected);
});

test("caching without a region header is refused where the platform says the region, by the names to set", () => {
  assert.throws(() => from({ MARTLET_CACHE_SECONDS: "60" }, "MARTLET_"), /^Error: MARTLET_CACHE_SECONDS: .* MARTLET_REGION_HEADER/);
  assert.equal(from({ CACHE_SECONDS: "60" }, "", { saysRegion: false }).cacheSeconds, 60);
  assert.equal(from({ CACHE_SECONDS: "0" }).cacheSeconds, 0);
});

test("text that is no number is refused by name", () => {
  assert.throws(() => resolved(from({ REFRESH_SECONDS: "a minute" })), /^Error: refreshSeconds: NaN is not a number from 0/);
});
