"""The candidates of a space that keep to what is asked, found without building any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from netspec.compiler import compile
from netspec.compiler.plan import Plan
from netspec.diagnostic import NetspecError, UsageError
from netspec.language.given import Spec, given
from netspec.search.bounds import Bound, bound
from netspec.search.candidate import check_places, without_expectations, written
from netspec.search.front import Goal, goals
from netspec.search.halving import around
from netspec.search.space import Point, Space, space
from netspec.search.tally import Tally
from netspec.search.workers import Workers
from netspec.source import Source

TRIES = 200_000
"""Candidates that are looked at where nothing else is said."""
_CHUNK = 4096
Progress = Callable[[int, int], None]
"""Told how many candidates are done, and how many there are to do."""


class Search(NamedTuple):
    """What is looked for, and in what."""

    source: Source
    space: Space
    bounds: Sequence[Bound] = ()
    goals: Sequence[Goal] = ()
    sample: int | None = None
    tries: int = TRIES
    seed: int = 0

    @property
    def whole(self) -> bool:
        """Whether every candidate is looked at."""
        return self.space.size <= self.tries


class Found(NamedTuple):
    """What a search has found."""

    search: Search
    tally: Tally

    def text(self, point: Point) -> Source:
        """The spec of a candidate, with the comments of the file."""
        return written(self.search.source, self.search.space, point)


class NothingKept(NetspecError):
    """No candidate keeps to what is asked."""

    exit_code = 1


def asked(
    source: Source,
    vary: Sequence[str] | Mapping[str, Any],
    keep: Sequence[str] = (),
    minimize: Sequence[str] = (),
    maximize: Sequence[str] = (),
    *,
    expect: bool = True,
    **more: Any,
) -> Search:
    """What these words ask for; UsageError where they make no sense of the spec.

    Without `expect` what the spec expects beside its layers is not held against candidates.
    """
    found = space(vary)
    bounds = [one for one in map(bound, keep) if one is not None]
    wanted = goals(minimize, maximize)
    if not isinstance(source.data, dict):
        compile(source)  # which says what is wrong with it
    source = source if expect else without_expectations(source)
    check_places(source, found)
    return Search(source, found, bounds, wanted, **more)


def run(search: Search, workers: int = 1, progress: Progress | None = None) -> Found:
    """Look for what a search asks for."""
    tally = Tally(search.bounds, search.goals)
    told = progress or (lambda done, of: None)
    with Workers(search, workers) as pool:
        if search.sample is not None:
            _draw(search, search.sample, tally, pool, told)
        elif search.whole:
            size = search.space.size
            chunks = (range(at, min(at + _CHUNK, size)) for at in range(0, size, _CHUNK))
            for part in pool.tallies(chunks):
                tally.add(part)
                told(tally.tried, size)
        else:
            _approach(search, tally, pool, told)
    return Found(search, tally)


def _draws(search: Search) -> Iterator[int]:
    """Points in a random order, each once."""
    random, size = Random(search.seed), search.space.size  # noqa: S311
    if search.whole:
        yield from random.sample(range(size), size)
        return
    seen = set[int]()
    while len(seen) < search.tries:
        index = random.randrange(size)
        if index not in seen:
            seen.add(index)
            yield index


def _chunked(indexes: Iterable[int], size: int) -> Iterator[list[int]]:
    chunk: list[int] = []
    for index in indexes:
        chunk.append(index)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _draw(search: Search, number: int, tally: Tally, pool: Workers, told: Progress) -> None:
    """The first of a random order that are kept, which are a uniform draw of all that are."""
    most = min(search.tries, search.space.size)
    for chunk in _chunked(_draws(search), max(64, min(_CHUNK, number))):
        for part in pool.tallies(_chunked(chunk, max(1, len(chunk) // pool.size))):
            tally.add(part)
        told(tally.tried, most)
        if tally.total >= number:
            break
    if tally.goals:
        return
    del tally.kept[number:]


def _approach(search: Search, tally: Tally, pool: Workers, told: Progress) -> None:
    """Draw at random; with goals, spend half of the tries on steps from the best of those."""
    seen = set[int]()
    draws = search.tries // 2 if search.goals else search.tries
    for part in pool.tallies(_chunked(_some(_draws(search), draws, seen), _CHUNK)):
        tally.add(part)
        told(tally.tried, search.tries)
    if not search.goals:
        return
    stepped = set[Point]()
    while tally.tried < search.tries:
        best = [kept.point for kept in tally.best]
        if not best and tally.nearest:
            best = [tally.nearest.kept.point]
        new = [point for point in best if point not in stepped]
        stepped.update(new)
        steps = (search.space.place(near) for point in new for near in around(search.space, point))
        fresh = [index for index in dict.fromkeys(steps) if index not in seen]
        fresh = fresh[: search.tries - tally.tried]
        if not fresh:
            return
        seen.update(fresh)
        for part in pool.tallies(_chunked(fresh, _CHUNK)):
            tally.add(part)
            told(tally.tried, search.tries)


def _some(indexes: Iterator[int], most: int, seen: set[int]) -> Iterator[int]:
    for _ in range(most):
        index = next(indexes)
        seen.add(index)
        yield index


def candidates(
    spec: Spec | None = None,
    vary: Sequence[str] | Mapping[str, Any] = (),
    keep: Sequence[str] = (),
    *,
    text: str | None = None,
    minimize: Sequence[str] | str = (),
    maximize: Sequence[str] | str = (),
    sample: int | None = None,
    tries: int = TRIES,
    seed: int = 0,
    workers: int = 1,
    expect: bool = True,
) -> Iterator[Plan]:
    """Plans of the candidates that keep to what is asked: all, a sample, or the Pareto front.

    `vary` has the values of each place, such as `{"vars.width": "4..40"}`, and `keep` bounds such
    as `params <= 8k`. Raises UsageError for what makes no sense of the spec; where nothing is kept
    there are no plans.
    """
    read = given(spec, text=text)
    least, most = ([one] if isinstance(one, str) else one for one in (minimize, maximize))
    if tries < 1 or (sample is not None and sample < 1):
        raise UsageError("sample and tries are 1 or more")
    settings = {"sample": sample, "tries": tries, "seed": seed}
    search = asked(read, vary, keep, least, most, expect=expect, **settings)
    found = run(search, workers)
    return (compile(found.text(kept.point)) for kept in found.tally.best)
