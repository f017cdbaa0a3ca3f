/** The picture of an item: its kind's drawing in its own colours. The same item looks the same every time. */

import { glyphs } from "./glyphs.js";

/** The first pattern that fits title or category names the drawing. Titles come before categories, the particular before the general. */
const kinds = [
  ["filter", /coffee filter/],
  ["tin", /pk can|can carb|energy drink/],
  ["soda", /soft drink|sft drnk|isotonic|soda|tonic/],
  ["jar", /sauce|\bdips?\b|salsa|peanut butter|pnt btr|honey\b|\bjam|jell(y|ies)|catsup|ketchup|mustard|syrup|pickle|olives?\b|relish|spices|seasoning$/],
  ["bottle", /\boils?\b|vinegar|dressings?\b|drsng|mayonn/],
  ["cake", /\bcakes?\b(?! mix)|\bpies?\b|brownie|sweet goods|sw gds/],
  ["cookie", /cookie|cracker|biscuit|doughnut|donut|graham/],
  ["chips", /chips\b|pretzel|popcorn|(?<!loaf\/)snacks?\b|\bnuts?\b|peanuts/],
  ["box", /(bread|cake|muffin|stuffing|seasoning|baking|dessert)s? mix|cereal|oatmeal|granola|sugar|sweetn|\bsalt\b|flour|cigar|tobacco|pancake/],
  ["pasta", /pasta|noodle|macaroni|spaghetti|ramen|\brice\b/],
  ["icecream", /ice cream|sherbe?t|popsicle|novelties/],
  ["pizza", /pizza/],
  ["can", /soup|canned|\bbeans?\b(?!.*coffee)|stew|chili|broth/],
  ["coffee", /coffee(?!.*creamer)|\bteas?\b|cocoa/],
  ["milk", /juice|\bdrnks?\b|pnch|cider|creamer|\bmilk/],
  ["banana", /banana|plantain/],
  ["avocado", /avocado|guacamole/],
  ["berries", /berr(y|ies)/],
  ["tomato", /tomato/],
  ["grapes", /grapes?\b|raisin/],
  ["pineapple", /pineapple/],
  ["kiwi", /kiwi/],
  ["mango", /mango|papaya/],
  ["melon", /melon|cantaloupe|honeydew/],
  ["citrus", /orange|lemon|\blimes?\b|citrus|clementine|grapefruit|tangerine/],
  ["carrot", /carrot/],
  ["corn", /\bcorn\b/],
  ["mushroom", /mushroom/],
  ["potato", /potato/],
  ["cucumber", /cucumber|squash|zucchini|pickles/],
  ["pepper", /peppers\b/],
  ["onion", /onion|garlic/],
  ["salad", /salad|slaw/],
  ["greens", /lettuce|greens|spinach|broccoli|cauliflower|celery|cabbage|\bherbs?\b|vegetable|asparagus|radish|\bpeas\b/],
  ["eggs", /\beggs?\b/],
  ["yogurt", /yogurt|pudding|gelatin|sour cream|cottage/],
  ["butter", /butter|margarine/],
  ["cheese", /cheese/],
  ["sandwich", /sandwich|lunch kit/],
  ["drumstick", /chicken|turkey|poultry|\bwings?\b|chix|drums\b/],
  ["fish", /fish|seafood|tuna|salmon|shrimp|crab/],
  ["bread", /bread|toast/],
  ["ham", /\bham\b|bacon|sausage|lunchmeat|hot dogs|frankfurter|bologna|\bpork\b|deli meat|salami|smoked/],
  ["bun", /\bbuns?\b|rolls?\b|bagel|muffin|tortilla|taco|burger|hispanic/],
  ["steak", /beef|steak|lamb|veal|\bribs?\b|\bmeat\b(?!.*frozen)/],
  ["beer", /beer|\bales?\b|malt/],
  ["wine", /wine|liquor|spirits|champagne|vodka|whiske?y/],
  ["water", /water/],
  ["chocolate", /chocolate|morsels|candy bar/],
  ["candy", /candy|\bgum\b|\bmints?\b|marshmallow/],
  ["frozen", /froz|frzn|\bice\b/],
  ["magazine", /magazine|newspaper|\bbooks?|stationery|school|photo|video|audio/],
  ["card", /\bcards?\b|gift|party|halloween|christmas|valentine|easter|seasonal/],
  ["baby", /baby|infant|diaper/],
  ["paw", /\bpet\b|\bdogs?\b|\bcats?\b|\bbird|litter|animal/],
  ["laundry", /laundry|detergent|fabric|bleach|softener/],
  ["paper", /paper|towel|tissue|napkin|plates|\bcups\b|foil|wraps|\bbags\b|cotton/],
  ["spray", /clean|spray|insect|air care|polish/],
  ["lipstick", /makeup|cosmetic|\bnail|\blips?\b|mascara|covergirl|maybelline|revlon/],
  ["bottle", /shampoo|\bhair|bath|fragrance/],
  ["tube", /tooth|oral|hand.*body|facial|skin|\bsun |shav|razor|lotion|deodorant|soap|first aid/],
  ["pills", /vitamin|medic|\bpill|tablet|cold and flu|analges|antacid|laxative|diet|nutrition|supplement|health/],
  ["plant", /plants?\b|garden center|lawn/],
  ["flower", /flor|flower|bouquet|\broses?\b|carnation/],
  ["candle", /candle/],
  ["toy", /\btoys?\b|game|doll|diecast/],
  ["bulb", /bulb|batter(y|ies)|electr|\blamp|lighting|hardware/],
  ["pan", /kitchen|cookware|\bpan\b|houseware|gadget|grinder|teapot|grill|prepared|prep fd|entree|heat.serve/],
  ["apple", /apple|fruit|pear|peach|plum|nectarine|cherr|produce/],
];

const departments = {
  grocery: "bag", produce: "apple", "drug gm": "tube", meat: "steak", "meat-pckgd": "ham", deli: "sandwich", pastry: "cake",
  cosmetics: "lipstick", nutrition: "pills", floral: "flower", seafood: "fish", "seafood-pckgd": "fish", spirits: "wine",
  "salad bar": "salad", "garden center": "plant", restaurant: "pan", "chef shoppe": "pizza", "frozen grocery": "frozen",
};

/** A small hash of a text: 32 bits, FNV-1a. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

export function kindOf(title, category) {
  const [department, rest] = category.toLowerCase().split(" > ");
  for (const text of [title.toLowerCase(), rest ?? "", department]) {
    const found = text && kinds.find(([, pattern]) => pattern.test(text));
    if (found) return found[0];
  }
  return departments[department] ?? "bag";
}

/** What a title says of the colour of fruit and vegetables. */
const GROWN = new Set(["apple", "citrus", "melon", "grapes", "pepper", "onion", "potato", "cucumber"]);
const COLOURS = [
  [/\bred\b|cherr|cranb|watermelon/, 356], [/granny|green|kiwi|\blimes?\b|pear|honeydew|white seedless|grapes white/, 92],
  [/yellow|gold|lemon|corn|pineapple/, 48], [/orange|peach|nectarine|mango|apricot|cantaloupe|clementine|sweet/, 28], [/plum|black|blue|purple/, 284],
];

const HUES = [4, 22, 40, 88, 140, 168, 196, 216, 252, 286, 322, 346];

/** @returns {SVGElement} decoration: the name beside it says what it is */
export function picture(item) {
  const number = hash(item.id);
  const kind = kindOf(item.title, item.category);
  const [ownHue, drawing] = glyphs[kind];
  const told = GROWN.has(kind) ? COLOURS.find(([pattern]) => pattern.test(item.title.toLowerCase()))?.[1] : undefined;
  const hue = (told ?? ownHue) === null ? HUES[number % HUES.length] : (told ?? ownHue) + ((number >>> 4) % 15) - 7;
  const turn = ((number >>> 9) % 13) - 6;
  const size = 0.92 + ((number >>> 14) % 9) / 60;
  const [x, y, radius] = [34 + ((number >>> 17) % 52), 36 + ((number >>> 20) % 40), 40 + ((number >>> 24) % 14)];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 120 120");
  svg.setAttribute("class", "art");
  svg.setAttribute("aria-hidden", "true");
  svg.style.setProperty("--hue", hue);
  svg.style.setProperty("--hue2", (hue + 150 + ((number >>> 6) % 60)) % 360);
  svg.innerHTML = `<circle class="spot" cx="${x}" cy="${y}" r="${radius}"/><ellipse class="floor" cx="60" cy="103" rx="32" ry="4.5"/>
    <g transform="rotate(${turn} 60 62) translate(${60 - 60 * size} ${62 - 62 * size}) scale(${size})">${drawing}</g>`;
  return svg;
}

/** A department's small sign. */
export function sign(department) {
  const kind = departments[department.toLowerCase()] ?? kindOf("", department);
  const svg = picture({ id: kind, title: "", category: department });
  const [hue, drawing] = glyphs[kind];
  svg.style.setProperty("--hue", hue ?? 168);
  svg.setAttribute("viewBox", "14 12 92 96");
  svg.innerHTML = drawing;
  return svg;
}
