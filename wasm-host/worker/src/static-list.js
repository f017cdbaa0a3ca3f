/** The last resort: a list that ships with the worker, for the time before any snapshot has come. */

const COUNT = 10;

export class StaticList {
  /** @param {any} document an answer of `/recommendations`, as `martlet build` writes it to `fallback.json` */
  constructor(document) {
    /** @private */
    this._document = Array.isArray(document?.items) && document.items.length > 0 ? document : null;
  }

  /**
   * What the module would answer, as far as one list goes: `n`, `exclude`, `item_id` and `placements` hold.
   * @param {URLSearchParams} query
   * @returns {string | null} null where there is no list
   */
  answer(query) {
    if (!this._document) return null;
    const { items, context: _, work, ...about } = this._document;
    const excluded = new Set([...(query.get("exclude")?.split(",") ?? []), query.get("item_id")]);
    const left = items.filter((/** @type {any} */ item) => !excluded.has(item.item_id));
    /**
     * No item comes twice.
     * @param {string | null} context
     * @param {string | null} n
     */
    const row = (context, n) => ({ items: left.splice(0, count(n)), context: context || "homepage", work });
    const placements = query.get("placements");
    if (!placements) return JSON.stringify({ ...row(query.get("context"), query.get("n")), ...about });
    const rows = placements.split(",").map((placement) => {
      const [context, n] = placement.split(":");
      return row(context, n ?? query.get("n"));
    });
    return JSON.stringify({ placements: rows, ...about });
  }
}

/** @param {string | null} text */
function count(text) {
  const wanted = Number(text ?? COUNT);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : COUNT;
}
