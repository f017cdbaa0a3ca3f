/** Titles, categories, regions and reasons as people read them. The demo's data speak the language of tills. */

const DEPARTMENTS = {
  "DRUG GM": "Household & care", "MEAT-PCKGD": "Packaged meat", "SEAFOOD-PCKGD": "Packaged seafood", PASTRY: "Bakery",
  NUTRITION: "Natural & organic", FLORAL: "Flowers", SPIRITS: "Wine & spirits", COSMETICS: "Beauty",
  "CHEF SHOPPE": "Chef\u2019s kitchen",
};

const SHORT = {
  frzn: "frozen", brkfst: "breakfast", bkfst: "breakfast", whlsm: "wholesome", bkd: "baked", fd: "food", bn: "beans",
  veg: "vegetables", sald: "salad", drsng: "dressing", sndwch: "sandwich", sprd: "spread", pckgd: "packaged",
  pkgd: "packaged", refrgratd: "chilled", drnks: "drinks", sply: "supplies", misc: "other", sherbts: "sherbets",
  sherbet: "sherbet", pnt: "peanut", btr: "butter", jly: "jelly", frt: "fruit", choc: "chocolate", bev: "drinks",
  carb: "fizzy", pk: "pack", btl: "bottle", ns: "", conv: "", stm: "steamed", mrgrn: "margarine", prods: "products",
  prod: "products", prcssd: "processed", whl: "whole", grnd: "ground", sgl: "single", srv: "serve", btls: "bottles",
  cin: "cinnamon", deod: "deodorant", xtra: "extra", ent: "entr\u00e9es", sngl: "single", boxd: "boxed", crn: "corn",
  "&": "and", refrigerated: "chilled", refrig: "chilled", drnk: "drink", sft: "soft", dnrs: "dinners", mxs: "mixes",
  mx: "mix", tiss: "tissue", dnr: "dinner", mlk: "milk", flvrd: "flavoured", frz: "frozen", tort: "tortilla",
  trsh: "rubbish", bg: "bags", wtr: "water", pwdr: "powder", crystl: "crystal", bnls: "boneless", bnl: "boneless",
  trky: "turkey", chix: "chicken", ckn: "chicken", bf: "beef", oth: "other", chick: "chicken", brd: "breaded", cnd: "canned", plstc: "plastic",
  pwdrs: "powders", pnch: "punch", oj: "orange juice", pkld: "pickled", pickld: "pickled", dogfd: "dog food", catfd: "cat food",
  fds: "foods", cke: "cake", specilaty: "specialty",
};

/** Where the till's words need more than their letters set. All that fit apply, in this order. */
const PHRASES = [
  [/^FLUID MILK WHITE ONLY/, "WHITE MILK"], [/^YOGURT NOT MULTI-PACKS/, "YOGURT CUP"],
  [/^SFT DRNK 2 LITER.*/, "SOFT DRINK, 2 LITER"], [/^SFT DRNK (SINGLE|SNGL).*/, "SOFT DRINK, SINGLE BOTTLE"],
  [/^SFT DRNK MLT.*/, "SOFT DRINKS, MULTI-PACK"], [/^SOFT DRINKS 12.*/, "SOFT DRINKS, 12 CANS"],
  [/^SOFT DRINKS 20.*/, "SOFT DRINKS, 24 CANS"], [/^DAIRY CASE 100% PURE JUICE.*/, "CHILLED PURE JUICE"],
  [/^NON-CRBNTD DRNKING\/MNERAL WATE$/, "STILL WATER"], [/^NON-CARB (FLVRD DRNKNG|WATER FLVR).*/, "FLAVOURED STILL WATER"],
  [/^NATURAL CHEESE EXACT WT /, "CHEESE "], [/^RTS SOUP:.*/, "SOUP, READY TO SERVE"], [/^SW ROLLS\/DAN$/, "SWEET ROLLS"],
  [/^SS ECONOMY ENTREES.*/, "READY MEAL"], [/^FRZN SS PREMIUM ENTREES.*/, "FROZEN READY MEAL"],
  [/^SEMI-SOLID SALAD DRESSING.*/, "SALAD DRESSING"], [/^SGL SV\/VEND MACH SNACKS.*/, "SNACKS, SINGLE SERVE"],
  [/^PLSTC CTLRYTBL.*/, "PLASTIC CUTLERY"], [/^SEAFOOD-FR[EZ]-(IQF )?/, ""],
  [/^DAIRY CASE /, "CHILLED "], [/^MAINSTREAM /, ""], [/^IWS /, "WRAPPED "],
  [/^(SW GDS|PREP FD|CHIX): ?(?=.{4})/, ""], [/^MEAT: ?(.*?)( BULK)?$/, "DELI $1"],
  [/ ?\((BULK|HOT|IQF|SINGLES).*$/, ""], [/ ?\([^)]*$/, ""], [/ (BULK|PKG|ALL)$/, ""], [/ BR$/, " BREAD"],
  [/&/g, " & "], [/^FRD 8PC/, "FRIED CHICKEN"],
];
/** Words that say little without their category: "LEAN" is beef. */
const VAGUE_WORDS = `
  lean primal choice enhanced premium economy red dry other traditional blends regular garden patties butts
  links better super flavored smoked breast miscellaneous select angus sticks pre-cooked entrees organic`;
const VAGUE = new RegExp(`^(${VAGUE_WORDS.trim().split(/\s+/).join("|")})\\b(?! (bread|juice|cookie|bean))`, "i");

const SIZES = [
  [/\bGA\b/g, "gal"], [/\bDZ\b/g, "dozen"],
  [/\b(LB|FL|OZ|CT|PK|ML|FT|IN|SQ|PT|QT|ROLL|L)\b/g, (unit) => unit.toLowerCase()],
];

const prices = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
export const price = (amount) => (amount == null ? "" : prices.format(amount));

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Shouted text in a speaking voice; other text as it is. */
export function tidy(text) {
  if (text !== text.toUpperCase()) return text;
  const long = PHRASES.reduce((phrase, [pattern, words]) => phrase.replace(pattern, words), text);
  const words = long.toLowerCase().replaceAll("/", " / ").replaceAll(":", ": ").replace(/\s*-\s+/g, ", ").split(/\s+/);
  const plain = words.map((word) => SHORT[word] ?? word).filter(Boolean).join(" ");
  return capital(plain.replaceAll(" / ", "\u200a/\u200a").replace(/[\s,/(\u200a]+$/, ""));
}

/** The till's title holds kind, brand and size in one: "POTATO CHIPS National 20 OZ". */
export function nameOf(title, category) {
  const [, kind, brand, rest] = title.match(/^(.+?) (National|Private)(?: (.+))?$/) ?? [null, title, "", ""];
  const size = SIZES.reduce((text, [pattern, word]) => text.replace(pattern, word), rest ?? "").replace(/\s+/g, " ");
  const plain = tidy(kind);
  const name = VAGUE.test(plain) && category ? `${lastPart(category)}, ${plain.toLowerCase()}` : plain;
  return { name, brand: { National: "Brand name", Private: "House brand" }[brand] ?? "", size };
}

export const categoryName = (part) => DEPARTMENTS[part] ?? tidy(part);
export const departmentOf = (category) => category.split(" > ")[0];
export const lastPart = (category) => categoryName(category.split(" > ").at(-1));

let regionWord = "";
export const setRegionWord = (word) => (regionWord = word);
export function regionName(code) {
  if (!code || code === "world") return "everywhere";
  return /^\d+$/.test(code) && regionWord ? `${regionWord} ${code}` : code;
}

const BECAUSE = {
  slist: "Goes with", next_item: "Chosen after", two_steps: "Two steps from", bought_together: "Bought with", content: "Similar to",
  factors: "In the spirit of",
};

const PLAIN = { repeats: "You looked at this", pinned: "Chosen by the shop", sponsored: "Sponsored" };

const POPULAR = {
  category_in_region: ({ place }) => `This aisle\u2019s favourite, ${place}`,
  category: () => "A favourite of this aisle",
  segment: () => "Loved by shoppers like you",
  region: ({ place }) => `Popular in ${place}`,
  parent_region: ({ place }) => `Popular near ${place}`,
  everywhere: () => "Popular everywhere",
  traffic: () => "Well known here",
};

/**
 * Why an item stands there, in words.
 * @param {{source: string, because?: string, level?: string, term?: string}} reason
 * @param {{titleOf: (id: string) => string, region: string | null, context: string}} known
 */
export function reasonInWords({ source, because, level, term }, { titleOf, region, context }) {
  const place = regionName(region);
  if (PLAIN[source]) return PLAIN[source];
  if (term) return `Found for \u201c${term}\u201d`;
  if (because && BECAUSE[source]) return `${BECAUSE[source]} ${titleOf(because)}`;
  if (source === "popularity") return POPULAR[level]?.({ place }) ?? "Popular";
  if (source === "region") return `Asked for more in ${place}`;
  if (source === "category") return context === "category" ? "A pick of this aisle" : "Your kind of aisle";
  return capital(source.replaceAll("_", " ")) + (because ? `: ${titleOf(because)}` : "");
}
