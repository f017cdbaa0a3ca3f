/** Behind the scenes: what the host knows, why it answers so, and what it took. */

import { picture } from "./art.js";
import { itemOf, titleOf } from "./catalogue.js";
import { element } from "./dom.js";
import { exchanges, forgetSession, region, roundTrips, session, snapshot } from "./host.js";
import { chosenConsent, consentChanged, isRefusedByBrowser, keep, mayStore } from "./memory.js";
import { categoryName, lastPart, reasonInWords, regionName } from "./words.js";

const WIDE = matchMedia("(min-width: 75rem)");
const REASONS = 8;
const SIGNALS = 6;
const INTERESTS = 3;
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit" });
const part = (id) => document.getElementById(id);

/** Whether the host tells of sessions: its answers then list segments. */
let hasSessions = false;

const milliseconds = (value) => (value == null ? "\u2013" : `${value.toFixed(value < 10 ? 2 : 0)} ms`);

function showLatency({ timing, roundTrip }) {
  part("module-time").textContent = milliseconds(timing.module);
  part("host-time").textContent = milliseconds(timing.total);
  part("round-trip").textContent = milliseconds(roundTrip);
  const top = Math.max(...roundTrips, 1);
  const bars = roundTrips.map((value, place) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = Math.max(2, (value / top) * 36);
    const shape = { x: place * 10, y: 38 - height, width: 7, height, rx: 2 };
    for (const [name, number] of Object.entries(shape)) bar.setAttribute(name, number);
    return bar;
  });
  part("round-trips").replaceChildren(...bars);
  part("round-trips-note").textContent = `The last ${bars.length} round trips, the longest ${milliseconds(Math.max(...roundTrips))}`;
}

function showReasons(answer) {
  part("answer-context").textContent = answer.context;
  part("answer-region").textContent = regionName(answer.region);
  part("answer-work").textContent = `${answer.work}`;
  part("generation").textContent = answer.generation.slice(0, 8);
  const top = answer.items[0]?.score || 1;
  const rows = answer.items.slice(0, REASONS).map(({ item_id: id, score, reason }) => {
    const bar = element("span.bar", { "aria-hidden": "true" });
    bar.style.setProperty("--share", Math.max(0.02, score / top));
    return element(
      "li",
      {},
      element("span.thumb", {}, picture(itemOf(id))),
      element(
        "div",
        {},
        element("p", {}, element("strong", {}, titleOf(id)), element("code", { title: "source" }, reason.source.replaceAll("_", " "))),
        element("span", {}, reasonInWords(reason, { titleOf, ...answer })),
        bar,
      ),
    );
  });
  part("reasons").replaceChildren(...rows);
}

/** A cluster is named by the till's categories, which shout. */
const plainly = (name) => name.replace(/[A-Z][A-Z&-]+(?: [A-Z&-]{2,})*/g, categoryName);

/** Segments and offers come with the answers; either may be missing. */
function showSegments(answer) {
  hasSessions = "segments" in answer;
  const segments = answer.segments ?? (answer.segment ? [answer.segment] : []);
  const chips = segments.map(({ name, id, source }) => element("li.chip", {}, source === "cluster" ? plainly(name) : name ?? id));
  part("segments").replaceChildren(...(chips.length ? chips : [element("li.none", {}, "None yet")]));
  const offers = (answer.offers ?? []).map(({ code, expires }) =>
    element("li.offer", {}, element("strong", {}, code), `until ${clock.format(expires * 1000)}`),
  );
  part("offers").replaceChildren(...offers);
  part("offers-part").hidden = !offers.length;
}

function showCount(answer) {
  const count = answer.signals ?? 0;
  part("signals").textContent = mayStore() || count ? `${count} of 64 signals` : "Nothing is kept";
  part("signals-bar").style.setProperty("--share", count / 64);
  part("forget").hidden = !hasSessions || !count;
}

/** The newest signals and the strongest interests, from a host that tells of sessions. */
export async function showSession() {
  if (!hasSessions || !mayStore()) {
    part("newest").replaceChildren();
    return part("interests").replaceChildren();
  }
  const { signals, profile } = await session();
  part("newest").replaceChildren(
    ...signals.slice(0, SIGNALS).map(({ event, item_id: id, query, seconds }) =>
      element(
        "li",
        {},
        element("code", {}, event.replaceAll("_", " ")),
        id ? titleOf(id) : query ? element("em", {}, "words, kept as a hash") : "",
        seconds ? ` ${seconds} s` : "",
      ),
    ),
  );
  part("interests").replaceChildren(
    ...profile.categories.slice(0, INTERESTS).map(({ name, share }) => {
      const bar = element("span.bar", { "aria-hidden": "true" });
      bar.style.setProperty("--share", share);
      return element("li", {}, element("span", {}, lastPart(name)), element("span", {}, `${Math.round(share * 100)} %`), bar);
    }),
  );
}

function showConsent() {
  const isRefused = isRefusedByBrowser();
  const level = isRefused ? "none" : chosenConsent() ?? "none";
  for (const input of part("consent").elements) {
    if (input.type === "radio") Object.assign(input, { checked: input.value === level, disabled: isRefused });
  }
  part("consent-note").textContent = isRefused
    ? "Your browser asks every site not to track you, and this one does not."
    : {
        none: "Nothing is sent, and nothing stored but this choice. Only region and page choose.",
        session: "One cookie keeps what you do here for a day, this tab your cart and region; another cookie keeps this choice.",
        full: "As for this visit; a signed-in shop may know you by name.",
      }[level];
  part("ask-consent").hidden = isRefused || chosenConsent() !== null;
}

async function fillRegions() {
  const { regions, as_of: asOf, items } = await snapshot();
  part("snapshot-line").textContent = `${items.toLocaleString("en")} items, newest event ${day.format(asOf * 1000)}`;
  const byPeople = regions.toSorted((one, other) => other.people - one.people);
  const options = byPeople.map(({ code, people }) =>
    element("option", { value: code }, `${regionName(code)} (${people.toLocaleString("en")} people)`),
  );
  part("region").append(...options);
  part("region").value = region();
}

export const isPanelOpen = () => document.body.classList.contains("panel-open");

function setOpen(isOpen) {
  document.body.classList.toggle("panel-open", isOpen);
  part("panel-toggle").setAttribute("aria-expanded", isOpen);
  part("panel").inert = !isOpen;
}

/**
 * @param {object} actions
 * @param {() => void} actions.refresh after a change of region
 * @param {(level: string) => void} actions.consented after a change of consent
 */
export async function startPanel({ refresh, consented }) {
  exchanges.addEventListener("answer", ({ detail }) => {
    showLatency(detail);
    if (!detail.isMain) return;
    const answer = { ...detail.document, ...detail.document.placements[0] };
    showSegments(answer);
    showReasons(answer);
    showCount(answer);
  });
  part("panel-toggle").addEventListener("click", () => {
    setOpen(!isPanelOpen());
    if (isPanelOpen() && !WIDE.matches) part("panel-heading").focus();
  });
  const close = () => {
    setOpen(false);
    part("panel-toggle").focus();
  };
  part("panel-close").addEventListener("click", close);
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && isPanelOpen()) close();
  });
  part("region").addEventListener("change", ({ target }) => {
    keep("region", target.value);
    refresh();
  });
  const choose = async (level) => {
    await martlet("consent", level);
    consentChanged();
    showConsent();
    consented(level);
  };
  part("consent").addEventListener("change", ({ target }) => choose(target.value));
  part("ask-consent").addEventListener("click", ({ target }) => {
    const level = target.closest("button")?.value;
    if (!level) return;
    choose(level);
    part("content").querySelector("h1")?.focus();
  });
  part("forget").addEventListener("click", async () => {
    await forgetSession();
    refresh();
  });
  setOpen(WIDE.matches);
  WIDE.addEventListener("change", ({ matches }) => setOpen(matches));
  showConsent();
  await fillRegions();
}
