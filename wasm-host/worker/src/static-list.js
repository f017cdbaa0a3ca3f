/** The last resort: a list that ships with the worker, for the time before any snapshot has come. */

export class StaticList {
  /** @param {any} document an answer of `/recommendations`, as `martlet build` writes it to `fallback.json` */
  constructor(document) {
    /** @private */
    this._document = Array.isArray(document?.items) && document.items.length > 0 ? document : null;
  }

  /**
   * @param {URLSearchParams} query
   * @returns {string | null} null where there is no list
   */
  answer(query) {
    if (!this._document) return null;
    const excluded = new Set([...(query.get("exclude")?.split(",") ?? []), query.get("item_id")]);
    const wanted = Number(query.get("n") ?? 10);
    const limit = Number.isInteger(wanted) && wanted > 0 ? wanted : 10;
    const items = this._document.items.filter((/** @type {any} */ item) => !excluded.has(item.item_id)).slice(0, limit);
    return JSON.stringify({ ...this._document, items, context: query.get("context") ?? "homepage" });
  }
}
