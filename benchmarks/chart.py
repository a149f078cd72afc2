"""The ratios as a picture: an SVG of bars, light or dark as its reader prefers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.contestants import Contestant
    from benchmarks.results import Median, Results
    from benchmarks.workloads import Workload

__all__ = ("chart",)

_COLOURS = {"v34": "#b07aa1", "v37": "#4e79a7", "v38": "#59a14f", "v313": "#f28e2b"}
_STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #333 }
    line { stroke: #ccc }
    .one { stroke: #d62728 }
    .spread { stroke: #333 }
    .long { font-size: 10px }
    @media (prefers-color-scheme: dark) {
      text { fill: #ddd } line { stroke: #555 } .one { stroke: #ff6b6b } .spread { stroke: #ddd }
    }"""
_LABELS = 290
_PLOT = 560
# Longer bars end here, and the ratio is written at their end.
_MOST = 4
_SCALE = _PLOT / _MOST
_BAR = 9
_GAP = 12
_TOP = 56


def chart(
    results: Results, workloads: Sequence[Workload], ours: Sequence[Contestant], rival_of: Mapping[str, Contestant]
) -> str:
    """Return an SVG of how *ours* compare with their rivals, a group of bars for each workload."""
    rivals = " and ".join(dict.fromkeys(rival.name for rival in rival_of.values()))
    groups = []
    for workload in workloads:
        bars = [(our.name, results.ratio(workload, our, rival_of[our.name], workload.figure)) for our in ours]
        known = [(name, ratio) for name, ratio in bars if ratio is not None]
        if known and workload.aim is not None:
            groups.append((workload.title, known))
    parts = [_legend([our.name for our in ours], rivals)]
    y = _TOP
    for title, group in groups:
        middle = y + len(group) * _BAR / 2 + 4
        parts.append(f'<text x="{_LABELS - 8}" y="{middle:.0f}" text-anchor="end">{escape(title)}</text>')
        for name, ratio in group:
            parts.append(_bar(name, ratio, y))
            y += _BAR
        y += _GAP
    ticks = [_tick(value, y) for value in range(_MOST + 1)]
    width = _LABELS + _PLOT + 40
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y + 24}" role="img">',
            f"  <title>Ratio to {escape(rivals)}</title>",
            f"  <style>{_STYLE}\n  </style>",
            *(f"  {part}" for part in ticks + parts),
            "</svg>",
            "",
        )
    )


def _legend(names: Sequence[str], rivals: str) -> str:
    parts = [f'<text x="{_LABELS}" y="16">times as fast as {escape(rivals)}; above 1 is faster</text>']
    for index, name in enumerate(names):
        x = _LABELS + 70 * index
        parts.append(f'<rect x="{x}" y="24" width="10" height="10" fill="{_COLOURS[name]}"/>')
        parts.append(f'<text x="{x + 15}" y="33">{escape(name)}</text>')
    return "".join(parts)


def _bar(name: str, ratio: Median, y: int) -> str:
    said = f"<title>{name}: {ratio.value:.2f} ±{ratio.spread:.2f}</title>"
    length = min(ratio.value, _MOST) * _SCALE
    bar = f'<rect x="{_LABELS}" y="{y}" width="{length:.1f}" height="{_BAR - 1}" fill="{_COLOURS[name]}">{said}</rect>'
    if ratio.value > _MOST:
        return f'{bar}<text class="long" x="{_LABELS + length + 4:.1f}" y="{y + _BAR - 1}">{ratio.value:.3g}</text>'
    low, high = (_LABELS + (ratio.value + way * ratio.spread) * _SCALE for way in (-1, 1))
    middle = y + _BAR / 2
    return f'{bar}<line class="spread" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'


def _tick(value: int, bottom: int) -> str:
    x = _LABELS + value * _SCALE
    kind = ' class="one"' if value == 1 else ""
    return (
        f'<line{kind} x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{bottom}"/>'
        f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{value}</text>'
    )
