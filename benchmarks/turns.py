"""A whole run: the contestants take turns at each workload."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from benchmarks.measure import MeasurementFailed, allow_many_sockets, measure
from benchmarks.report import short
from benchmarks.results import Median, Results

if TYPE_CHECKING:
    from benchmarks.contestants import Contestant
    from benchmarks.workloads import Workload

__all__ = ("take_turns",)


def take_turns(
    workloads: Sequence[Workload], contestants: Sequence[Contestant], runs: int, share: float, pin: bool
) -> Results:
    """Measure everything, and say on standard error how it goes.

    Args:
        workloads: what to measure, one after the other.
        contestants: who does so, in turns; each does the workloads that it can.
        runs: how many turns.
        share: how much of each workload to do in one measurement; 1 is all.
        pin: give the program and the peer a CPU each.
    """
    allow_many_sockets()
    turns = [
        (workload, contestant)
        for workload in workloads
        for _ in range(runs)
        for contestant in contestants
        if contestant.can(workload)
    ]
    results = Results()
    progress = _Progress(len(turns))
    for workload, contestant in turns:
        if results.failed(workload, contestant):
            progress.say("")
            continue
        try:
            sample = measure(workload, contestant, share, pin)
        except MeasurementFailed as failure:
            results.fail(workload, contestant, str(failure))
            progress.say(f"{workload.name}, {contestant.name}: failed: {failure}\n")
        else:
            results.add(workload, contestant, sample)
            figure = short(workload, Median(sample[workload.figure], 0))
            progress.say(f"{workload.name}, {contestant.name}: {figure}")
    progress.end()
    return results


class _Progress:
    """What is being done: on a terminal in one line, else in many."""

    def __init__(self, total: int) -> None:
        self._done = 0
        self._total = total
        self._before, self._after = ("\r\x1b[K", "") if sys.stderr.isatty() else ("", "\n")

    def say(self, what: str) -> None:
        self._done += 1
        if what:
            print(f"{self._before}[{self._done}/{self._total}] {what}", end=self._after, file=sys.stderr, flush=True)

    def end(self) -> None:
        print(self._before, end="", file=sys.stderr, flush=True)
