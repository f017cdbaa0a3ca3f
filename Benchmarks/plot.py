"""A small line plot as SVG, readable on light and dark ground."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 44, 48


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    low: float
    high: float
    """The interval of `y`."""


STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600 }
  .grid { stroke: #8885; fill: none }
  .line { stroke: #1f6feb; stroke-width: 2; fill: none }
  .interval { stroke: #1f6feb; opacity: 0.5; stroke-width: 2 }
  circle { fill: #1f6feb }
  @media (prefers-color-scheme: dark) {
    text { fill: #ccc }
    .line, .interval { stroke: #6cb6ff }
    circle { fill: #6cb6ff }
  }
"""


def plot(title: str, unit: str, points: list[Point]) -> str:
    """`points` in the order of `x`, whose axis begins at 0; the other axis shows what there is."""
    step = _step(max(point.high for point in points) - min(point.low for point in points))
    bottom = math.floor(min(point.low for point in points) / step)
    top = math.ceil(max(point.high for point in points) / step)
    x_max = points[-1].x

    def x(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * value / x_max, 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / step - bottom) / (top - bottom), 1)

    parts = [f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>']
    for line in range(bottom, top + 1):
        at = y(line * step)
        parts.append(f'<path class="grid" d="M{LEFT} {at}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{line * step:.{_digits(step)}f}</text>')
    parts.append('<path class="line" d="M' + " L".join(f"{x(point.x)} {y(point.y)}" for point in points) + '"/>')
    for point in points:
        parts.append(f'<path class="interval" d="M{x(point.x)} {y(point.low)}V{y(point.high)}"/>')
        parts.append(f'<circle cx="{x(point.x)}" cy="{y(point.y)}" r="4"/>')
        parts.append(f'<text x="{x(point.x)}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{point.x:g}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 8}" text-anchor="middle">{escape(unit)}</text>')
    body = "\n".join(f"  {part}" for part in parts)
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">'
    return f"{frame}\n  <title>{escape(title)}</title>\n  <style>{STYLE}  </style>\n{body}\n</svg>\n"


def _step(span: float) -> float:
    """Of 1, 2 and 5 times a power of ten what divides `span` into some five parts."""
    rough = max(span, 1e-6) / 5
    power = 10 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _digits(step: float) -> int:
    return max(0, -math.floor(math.log10(step)))
