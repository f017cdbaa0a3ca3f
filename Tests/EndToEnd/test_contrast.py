"""The contrast of the storefront's colours as Chromium computes them, in both schemes, against WCAG 2.2 AA: 4.5 for text, 3 for large
text (1.4.3) and for what shows where a control is (1.4.11)."""

from __future__ import annotations

import pytest
from builds import MODULE, ROOT
from local_host import running

SETTLED = "document.querySelector('#content[data-settled]')"
STOREFRONT = ROOT / "wasm-host" / "storefront"
PAGES = ("/", "/?product=edam-cheese", "/?category=Dairy", "/?q=tea", "/?cart")
WIDTHS = (360, 500, 768, 1180, 1400)
CONTROLS = "#search input, #region, .stepper, .arrows button, .more, #forget"

# A colour is what a canvas makes of it: sRGB and opacity, whatever the notation. Of a gradient each of its colours counts, wherever it ends.
MEASURE = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = ([red, green, blue, alpha], [r, g, b]) =>
    [red * alpha + r * (1 - alpha), green * alpha + g * (1 - alpha), blue * alpha + b * (1 - alpha), 1];
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const COLORS = /#[0-9a-f]+|(?:rgba?|hsla?|color|oklab|oklch)\\([^()]*\\)/gi;
  /** All that may stand behind what an element holds. */
  const behind = (element) => {
    if (!element) return [[255, 255, 255, 1]];
    const { backgroundColor, backgroundImage } = getComputedStyle(element);
    const gradient = backgroundImage.startsWith("linear-gradient(1") ? backgroundImage.match(COLORS) : null;
    const own = (gradient ?? [backgroundColor]).map(rgba);
    if (own.every(([, , , alpha]) => alpha === 1)) return own;
    return behind(element.parentElement).flatMap((back) => own.map((color) => over(color, back)));
  };
  const opacity = (element) => (element ? getComputedStyle(element).opacity * opacity(element.parentElement) : 1);
  const worst = (color, share, backs) =>
    Math.min(...backs.map((back) => contrast(over([...color.slice(0, 3), color[3] * share], back), back)));
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen, .skip, svg, :disabled")
    && element.getClientRects().length > 0 && getComputedStyle(element).clipPath === "none";
  const low = [];
  const judge = (what, element, ratio, least) => {
    if (ratio < least) low.push(`${what} of ${element.tagName}.${element.className || element.id} ${ratio.toFixed(2)}`);
  };
  let texts = 0;
  for (const element of document.querySelectorAll("body *")) {
    if (!isSeen(element) || ![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    judge("text", element, worst(rgba(style.color), opacity(element), behind(element)), isLarge ? 3 : 4.5);
    texts++;
  }
  for (const input of document.querySelectorAll("input[placeholder]")) {
    const style = getComputedStyle(input, "::placeholder");
    judge("placeholder", input, worst(rgba(style.color), style.opacity * opacity(input), behind(input)), 4.5);
  }
  for (const control of [...document.querySelectorAll(`CONTROLS`)].filter(isSeen)) {
    judge("border", control, worst(rgba(getComputedStyle(control).borderTopColor), 1, behind(control.parentElement)), 3);
  }
  return [texts, [...new Set(low)]];
})()""".replace("CONTROLS", CONTROLS)


@pytest.fixture(scope="module")
def address(small_shop):
    snapshots, goods = small_shop
    with running(snapshots, MODULE, "--allow-overrides", "--storefront", str(STOREFRONT), "--storefront", str(goods)) as address:
        yield address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(chromium_browser, address, scheme):
    media = {"prefers_color_scheme": scheme, "prefers_reduced_motion": "reduce"}
    with chromium_browser.page(1400, 900, **media) as page:
        page.open(address + "/?product=edam-cheese")
        page.wait_for(SETTLED)
        page.click("#ask-consent button[value=session]")
        page.click(".product .add")
        low = {}
        for target in PAGES:
            page.open(address + target)
            page.wait_for(SETTLED)
            for width in WIDTHS:
                page.resize(width, 900)
                texts, found = page.evaluate(MEASURE)
                assert texts > 10
                if found:
                    low[target, width] = found
        assert low == {}


def test_the_question_can_be_read(chromium_browser, address):
    for scheme in ("light", "dark"):
        with chromium_browser.page(1000, 900, prefers_color_scheme=scheme, prefers_reduced_motion="reduce") as page:
            page.open(address + "/")
            page.wait_for(SETTLED)
            assert page.evaluate(MEASURE)[1] == []


def test_the_measure_finds_what_cannot_be_read(chromium_browser, address):
    """White on black is 21, and the grey #767676 on white the lightest that passes (4.54); one more is 4.48."""
    with chromium_browser.page(1000, 900, prefers_color_scheme="light") as page:
        page.open(address + "/")
        page.wait_for(SETTLED)
        for color, is_low in (("#767676", False), ("#777777", True), ("rgb(0 0 0 / 50%)", True), ("rgb(0 0 0 / 60%)", False)):
            page.evaluate(
                "(() => { document.body.innerHTML = '<div><p>Text</p></div>';"
                f"document.querySelector('div').style.background = 'white'; document.querySelector('p').style.color = '{color}'; }})()"
            )
            assert (page.evaluate(MEASURE)[1] != []) == is_low, color
