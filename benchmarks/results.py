"""What was measured, and what it says: medians, their spread, ratios."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.workloads import WORKLOADS, Workload

if TYPE_CHECKING:
    from benchmarks.contestants import Contestant
    from benchmarks.measure import Sample

__all__ = ("Median", "Results")


@dataclass(frozen=True)
class Median:
    """The median of several values, and their spread: the median of the distances from it."""

    value: float
    spread: float

    @classmethod
    def of(cls, values: list[float]) -> Median | None:
        """Return the median of *values*, None if there are none."""
        if not values:
            return None
        median = statistics.median(values)
        return cls(median, statistics.median(abs(value - median) for value in values))


class Results:
    """The samples of a run, by workload and contestant, in the order in which they were taken."""

    def __init__(self) -> None:
        self._samples: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
        self.failures: dict[tuple[str, str], str] = {}

    def add(self, workload: Workload, contestant: Contestant, sample: Sample) -> None:
        """Add what was measured once."""
        self._samples[workload.name, contestant.name].append(sample)

    def fail(self, workload: Workload, contestant: Contestant, why: str) -> None:
        """Remember that *contestant* failed."""
        self.failures[workload.name, contestant.name] = why

    def failed(self, workload: Workload, contestant: Contestant) -> bool:
        """Tell whether *contestant* has failed."""
        return (workload.name, contestant.name) in self.failures

    def median(self, workload: Workload, contestant: Contestant, figure: str) -> Median | None:
        """Return the median of *figure* ("wall", "cpu", "p50", "p99", "memory"), None if it was not measured."""
        samples = self._samples.get((workload.name, contestant.name), ())
        return Median.of([sample[figure] for sample in samples if figure in sample])

    def ratio(self, workload: Workload, ours: Contestant, theirs: Contestant, figure: str) -> Median | None:
        """Return how much better *ours* is than *theirs* by *figure*: 2 is twice as fast, or half the memory.

        Each two measurements that followed one another are compared, so that what slows the machine down for a while
        slows down both; the median is that of the ratios.
        """
        pairs = zip(
            self._samples.get((workload.name, ours.name), ()),
            self._samples.get((workload.name, theirs.name), ()),
            strict=False,
        )
        return Median.of([their[figure] / our[figure] for our, their in pairs if our.get(figure) and their.get(figure)])

    def suite(self) -> Any:
        """Return all that was measured as a `pyperf.BenchmarkSuite`, which pyperf's commands can read."""
        import pyperf  # type: ignore[import-untyped, import-not-found, unused-ignore]

        order = {workload.name: index for index, workload in enumerate(WORKLOADS)}
        benchmarks = []
        machine = {name: value for name, value in pyperf.Run([1.0]).get_metadata().items() if name in _MACHINE}
        for (workload, contestant), samples in sorted(self._samples.items(), key=lambda item: order[item[0][0]]):
            for figure in samples[0]:
                described = machine | {
                    "name": f"{workload}, {contestant}, {figure}",
                    "unit": "byte" if figure == "memory" else "second",
                }
                values = [sample[figure] or 1e-12 for sample in samples]
                runs = [pyperf.Run([value], metadata=described, collect_metadata=False) for value in values]
                benchmarks.append(pyperf.Benchmark(runs))
        return pyperf.BenchmarkSuite(benchmarks)


_MACHINE = {"cpu_count", "cpu_model_name", "date", "platform", "python_implementation", "python_version", "cpu_freq"}
