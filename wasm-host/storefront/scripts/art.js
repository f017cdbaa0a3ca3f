/** The picture of an item: its kind's drawing in its own colours. The same item looks the same every time. */

import { glyphs } from "./glyphs.js";

/** The first pattern that fits title or category names the drawing. Titles come before categories, the particular before the general. */
const kinds = [
  ["banana", /banana|plantain/],
  ["avocado", /avocado|guacamole/],
  ["berries", /berr(y|ies)/],
  ["grapes", /grapes?\b|raisin/],
  ["citrus", /orange|lemon|lime|citrus|clementine|grapefruit|tangerine|melon|pineapple/],
  ["carrot", /carrot/],
  ["tomato", /tomato(?!.*(sauce|soup|juice))|salsa/],
  ["pepper", /peppers?\b(?!.*spice)|cucumber|squash|corn\b/],
  ["onion", /onion|garlic|potato(?!.*(chip|frozen|frzn))|mushroom/],
  ["salad", /salad bar|salad|slaw/],
  ["greens", /lettuce|greens|spinach|broccoli|cauliflower|celery|cabbage|herb|vegetable|organic veg|bean sprout/],
  ["pizza", /pizza/],
  ["icecream", /ice cream|sherbe?t|popsicle|novelties.*(froz|frzn)|cones/],
  ["eggs", /\beggs?\b/],
  ["yogurt", /yogurt|pudding|gelatin|sour cream|cottage/],
  ["butter", /butter(?!.*peanut)(?!.*nut)|margarine/],
  ["cheese", /cheese(?!.*cracker)|cheeses/],
  ["cookie", /cookie|cracker|biscuit|doughnut|donut|graham/],
  ["cake", /cake|pie\b|pies|brownie|sweet goods|pastry/],
  ["sandwich", /sandwich|sub\b|lunch kit|convenien.*meal/],
  ["bun", /bun|roll|bagel|muffin|tortilla|taco|burger|hispanic/],
  ["bread", /bread|toast|flour/],
  ["milk", /milk|cream(?!.*(hair|shav|hand|face|skin))|creamer|juice|drnks/],
  ["drumstick", /chicken|turkey|poultry|wing|drumstick/],
  ["ham", /ham\b|bacon|sausage|lunchmeat|hot dog|frankfurter|bologna|pork|deli meat/],
  ["steak", /beef|steak|meat|lamb|veal/],
  ["fish", /fish|seafood|tuna|salmon|shrimp|crab/],
  ["coffee", /coffee|tea\b|teas\b|cocoa/],
  ["beer", /beer|ales?\b|malt/],
  ["wine", /wine|liquor|spirits|champagne|vodka|whiske?y/],
  ["water", /water(?!melon)/],
  ["tin", /can carb|energy|12.?pk|soft drink.*can/],
  ["soda", /soft drink|soda|isotonic|sport.*drink|tonic|btl carb/],
  ["chips", /chips|snack|pretzel|popcorn|nuts?\b|seeds/],
  ["chocolate", /chocolate|cocoa|candy bar/],
  ["candy", /candy|gum\b|mints?\b|lollipop/],
  ["pasta", /pasta|noodle|macaroni|spaghetti|rice\b|dinner/],
  ["box", /cereal|oat|breakfast|brkfst|baking mix|mixes|granola|pnt btr/],
  ["jar", /jam|jelly|jellies|honey|syrup|sauce|pickle|olive|relish|dip|spice|season|extract|peanut|sprd|spread|condiment/],
  ["bottle", /dressing|drsng|oil\b|oils|vinegar|ketchup|mustard|mayo|shortening/],
  ["can", /soup|bean|canned|shelf stable|stew|chili|fruit -|can\b/],
  ["frozen", /froz|frzn|ice -|ice\b/],
  ["apple", /fruit|apple|pear|peach|plum|nectarine|cherr|mango|kiwi|produce/],
  ["baby", /baby|infant|diaper|formula/],
  ["paw", /pet|dog|cat food|bird|litter|animal/],
  ["paper", /paper|towel|tissue|napkin|plates|cups|foil|wrap(?!.*party)|bags\b|cotton/],
  ["laundry", /laundry|detergent|fabric|bleach|softener/],
  ["spray", /clean|spray|insect|air care|polish|household/],
  ["lipstick", /makeup|cosmetic|nail|lip|eye shadow|mascara|covergirl|maybelline|revlon|loreal/],
  ["tube", /tooth|oral|hand.*body|facial|skin|sun\b|sun care|shav|razor|cream|lotion|deodorant|soap|first aid/],
  ["bottle", /shampoo|hair|bath|fragrance/],
  ["pills", /vitamin|medic|pill|tablet|cold and flu|analges|antacid|laxative|diet|nutrition|supplement|family planning|health/],
  ["flower", /flor|flower|bouquet|rose|carnation/],
  ["plant", /plant|garden|seed|lawn|bulb sets/],
  ["candle", /candle|fragranc/],
  ["card", /card|gift|party|sply|wrap|halloween|christmas|valentine|easter|seasonal/],
  ["magazine", /magazine|book|news|stationery|school|office|photo|video|audio/],
  ["toy", /toy|game|doll/],
  ["bulb", /bulb|batter|electr|lamp|light|hardware/],
  ["pan", /kitchen|cookware|pan\b|houseware|glassware|gadget|grinder|teapot|grill/],
  ["apple", /drinks|food|grocery/],
];

const departments = {
  grocery: "box", produce: "apple", "drug gm": "tube", meat: "steak", "meat-pckgd": "ham", deli: "sandwich", pastry: "cake",
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

const HUES = [4, 22, 40, 88, 140, 168, 196, 216, 252, 286, 322, 346];

/** @returns {SVGElement} decoration: the name beside it says what it is */
export function picture(item) {
  const number = hash(item.id);
  const [ownHue, drawing] = glyphs[kindOf(item.title, item.category)];
  const hue = ownHue === null ? HUES[number % HUES.length] : ownHue + ((number >>> 4) % 15) - 7;
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
  svg.innerHTML = drawing;
  return svg;
}
