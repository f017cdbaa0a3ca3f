/** What the shop itself keeps: in this tab, and only with consent; without, until the page is left. */

const CONSENT = /\bmartlet_consent=(none|session|full)\b/;
const values = new Map();

/** What the visitor has chosen; null before the choice. */
export const chosenConsent = () => document.cookie.match(CONSENT)?.[1] ?? null;
export const isRefusedByBrowser = () => Boolean(navigator.globalPrivacyControl);
export const mayStore = () => !isRefusedByBrowser() && ["session", "full"].includes(chosenConsent());

export function recall(key, standard) {
  if (!values.has(key) && mayStore()) {
    const text = sessionStorage.getItem(`shop.${key}`);
    if (text !== null) values.set(key, JSON.parse(text));
  }
  return values.has(key) ? values.get(key) : standard;
}

export function keep(key, value) {
  values.set(key, value);
  if (mayStore()) sessionStorage.setItem(`shop.${key}`, JSON.stringify(value));
}

/** After a change of consent: what is held goes into the tab's storage, or all of it goes. */
export function consentChanged() {
  if (!mayStore()) return sessionStorage.clear();
  for (const [key, value] of values) keep(key, value);
}
