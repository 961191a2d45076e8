"""A picture of cost against size, both on scales of powers, as SVG; for light and dark pages."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Points = list[tuple[float, float]]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 64, 24, 36, 48
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .grid { stroke: #d0d7de } .line { fill: none; stroke-width: 2 }
  .a { stroke: #0550ae; fill: #0550ae } .b { stroke: #953800; fill: #953800 }
  .ideal { stroke: #6e7781; stroke-dasharray: 3 5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .grid { stroke: #30363d } .ideal { stroke: #8b949e }
    .a { stroke: #79c0ff; fill: #79c0ff } .b { stroke: #ffa657; fill: #ffa657 }
  }
"""


def log_log(title: str, across: str, upwards: str, series: dict[str, Points]) -> str:
    """At most two series, each a line with dots; dotted beside each, a slope of one."""
    every = [point for points in series.values() for point in points]
    low_x, high_x = _decades(x for x, _ in every)
    low_y, high_y = _decades(y for _, y in every)

    def place(x: float, y: float) -> tuple[float, float]:
        right = (log10(x) - low_x) / (high_x - low_x)
        up = (log10(y) - low_y) / (high_y - low_y)
        return (
            round(LEFT + right * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<text x="{LEFT}" y="20">{title}</text>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{across}</text>',
        f'<text x="{WIDTH - RIGHT}" y="20" text-anchor="end">{upwards}</text>',
    ]
    for power in range(low_x, high_x + 1):
        x, bottom = place(10.0**power, 10.0**low_y)
        parts.append(_line(x, TOP, x, bottom, "grid"))
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{10.0**power:g}</text>')
    for power in range(low_y, high_y + 1):
        x, y = place(10.0**low_x, 10.0**power)
        parts.append(_line(x, y, WIDTH - RIGHT, y, "grid"))
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    for kind, (name, points) in zip("ab", series.items()):
        (first_x, first_y), (last_x, _) = points[0], points[-1]
        ideal = (*place(first_x, first_y), *place(last_x, first_y * last_x / first_x))
        parts.append(_line(*ideal, "ideal"))
        placed = [place(*point) for point in points]
        path = " ".join(f"{x},{y}" for x, y in placed)
        parts.append(f'<polyline class="line {kind}" style="fill: none" points="{path}"/>')
        parts += [f'<circle class="{kind}" cx="{x}" cy="{y}" r="3"/>' for x, y in placed]
        x, y = placed[-1]
        parts.append(f'<text x="{x - 8}" y="{y - 10}" text-anchor="end">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Iterable[float]) -> tuple[int, int]:
    powers = [log10(value) for value in values]
    low, high = floor(min(powers)), ceil(max(powers))
    return low, max(high, low + 1)


def _line(x: float, y: float, to_x: float, to_y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}"/>'
