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
  const settings = (...given) => Object.fromEntries(Object.entries(from(...given)).filter(([name]) => name !== "names"));
  assert.deepEqual(settings({ ...variables, MARTLET_KEY: "secret" }), expected);
  const prefixed = Object.fromEntries(Object.entries(variables).map(([name, value]) => [`MARTLET_${name}`, value]));
  assert.deepEqual(settings({ ...prefixed, MARTLET_KEY: "secret" }, "MARTLET_"), expected);
});

test("caching without a region header is refused where the platform says the region, by the names to set", () => {
  assert.throws(() => from({ MARTLET_CACHE_SECONDS: "60" }, "MARTLET_"), /^Error: MARTLET_CACHE_SECONDS: .* MARTLET_REGION_HEADER/);
  assert.equal(from({ CACHE_SECONDS: "60" }, "", { saysRegion: false }).cacheSeconds, 60);
  assert.equal(from({ CACHE_SECONDS: "0" }).cacheSeconds, 0);
});

test("what cannot hold is refused by the name of the variable", () => {
  const wrong = { REFRESH_SECONDS: "a minute", CACHE_SECONDS: "-1", REGION_MEGABYTES: " ", CONSENT: "yes", EVENTS_CONSENT: "none", VERIFY: "all",
    PREFIX: "martlet", REGION_HEADER: "X Country", CORS: "https://a.example, shop" }; // prettier-ignore
  for (const [name, value] of Object.entries(wrong)) {
    const said = name === "CORS" ? "shop" : value;
    for (const prefix of ["", "MARTLET_"]) {
      const settings = () => resolved(from({ [prefix + name]: value }, prefix, { saysRegion: false }));
      assert.throws(settings, (error) => error.message.startsWith(`${prefix}${name}: ${said} is not `), name);
    }
  }
});

test("the secret is base64url of 16 bytes or more, and in no error", () => {
  const key = Buffer.alloc(16, 255).toString("base64url");
  for (const text of [key, `${key}==`, `${key}\n`]) assert.equal(resolved(from({ MARTLET_KEY: text })).policy.key, key);
  for (const text of ["abc", `${key}/`, `${key}A A`, key + "abc"]) {
    assert.throws(() => resolved(from({ MARTLET_KEY: text })), /^Error: MARTLET_KEY: the value is not base64url of 16 bytes or more$/);
  }
});

test("origins are those that browsers send", () => {
  for (const cors of ["*", "https://shop.example", "http://localhost:8080", "capacitor://localhost"]) assert.deepEqual(resolved(from({ CORS: cors })).cors, [cors]);
  for (const cors of ["shop", "shop.example", "https://shop.example/", "HTTPS://shop.example", "https://Shop.example"]) {
    assert.throws(() => resolved(from({ CORS: cors })), /^Error: CORS: .* is not an origin/);
  }
});
