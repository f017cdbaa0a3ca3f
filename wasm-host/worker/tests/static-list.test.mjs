import assert from "node:assert/strict";
import { test } from "node:test";

import { StaticList } from "../src/static-list.js";

const items = Array.from({ length: 20 }, (_, number) => ({ item_id: `i${number}` }));
const list = new StaticList({ items, context: "homepage", region: null, generation: "one", work: 7 });
const answer = (query) => JSON.parse(list.answer(new URLSearchParams(query)));
const ids = (row) => row.items.map(({ item_id }) => item_id);

test("ten items, or as many as are wanted and there", () => {
  assert.equal(answer("").items.length, 10);
  assert.deepEqual(ids(answer("n=2")), ["i0", "i1"]);
  assert.equal(answer("n=100").items.length, 20);
  assert.equal(answer("n=nonsense").items.length, 10);
});

test("what the page shows or excludes does not come", () => {
  assert.deepEqual(ids(answer("n=2&exclude=i0,i2&item_id=i1")), ["i3", "i4"]);
});

test("the rest is the document's", () => {
  assert.deepEqual({ ...answer("n=1&context=cart"), items: [] }, { items: [], context: "cart", work: 7, region: null, generation: "one" });
});

test("several places of a page share no item", () => {
  const { placements, ...about } = answer("placements=homepage:2,product:3,search");
  assert.deepEqual(placements.map(ids).map((row) => row.length), [2, 3, 10]);
  assert.equal(new Set(placements.flatMap(ids)).size, 15);
  assert.deepEqual(placements.map(({ context }) => context), ["homepage", "product", "search"]);
  assert.deepEqual(about, { region: null, generation: "one" });
});

test("asking twice gives the same", () => assert.deepEqual(answer("n=3"), answer("n=3")));

test("no list, no answer", () => {
  for (const document of [null, undefined, {}, { items: [] }, { items: "x" }]) {
    assert.equal(new StaticList(document).answer(new URLSearchParams()), null);
  }
});
