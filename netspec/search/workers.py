"""Processes that judge candidates beside each other."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TYPE_CHECKING, Any, Self

from netspec.search.evaluate import Evaluator
from netspec.search.tally import Tally, tallied

if TYPE_CHECKING:
    from netspec.search.candidates import Search

_AHEAD = 4
"""Pieces of work that wait for each process."""
_mine: list[tuple[Any, Evaluator]] = []


class Workers:
    """One process or several; what they count comes back in the order of the work."""

    def __init__(self, search: Search, size: int) -> None:
        self.search, self.size = search, size
        self._evaluator = Evaluator(search.source, search.space) if size == 1 else None
        self._pool = (
            None if size == 1 else ProcessPoolExecutor(size, initializer=_begin, initargs=(search,))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def tallies(self, work: Iterable[Sequence[int]]) -> Iterator[Tally]:
        """What comes of each list of places in the space's order."""
        if self._evaluator:
            for indexes in work:
                yield _tally(self.search, self._evaluator, indexes)
        if not self._pool:
            return
        waiting: deque[Future[Tally]] = deque()
        for indexes in work:
            waiting.append(self._pool.submit(_judge, indexes))
            if len(waiting) > _AHEAD * self.size:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin(search: Search) -> None:
    gc.enable()
    _mine.append((search, Evaluator(search.source, search.space)))


def _judge(indexes: Sequence[int]) -> Tally:
    search, evaluator = _mine[0]
    return _tally(search, evaluator, indexes)


def _tally(search: Search, evaluator: Evaluator, indexes: Sequence[int]) -> Tally:
    space = search.space
    points = (
        space.points(indexes.start, indexes.stop)
        if isinstance(indexes, range)
        else map(space.point, indexes)
    )
    return tallied(evaluator, search.bounds, search.goals, points)
