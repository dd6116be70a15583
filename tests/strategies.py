"""Whole specs as Hypothesis draws them. Every registered kind of layer takes part by its schema."""

from __future__ import annotations

from functools import cache
from itertools import permutations
from math import prod
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from netspec import compiler, layers, source
from netspec.compiler.plan import Plan
from netspec.layers.base import Composite, Leaf, rank_of
from netspec.layers.roles import Group, Join, Role, Wiring

Entry = Any
"""One item of a list of layers, as YAML would give it."""

LEAVES = [kind for kind in layers.KINDS if issubclass(layers.find(kind) or Leaf, Leaf)]
COMPOSITES = [kind for kind in layers.KINDS if kind not in LEAVES]
# What a place in a whole network draws from: a graph, of up to five nodes, one time in many.
OFTEN = [kind for kind in COMPOSITES if kind != "Graph"] * 3 + ["Graph"]

CHANNELS = [1, 2, 3, 4, 4, 6, 8, 12]
LENGTHS = {0: [], 1: range(1, 31), 2: range(1, 13), 3: range(1, 8)}
MAX_NUMEL = 4096
REALS = [0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 1e-3, -0.5, -1.0, 1.5]

RANKS = {"PixelShuffle": 2, "PixelUnshuffle": 2, "SelfAttention": 1, "ClassToken": 1}
"""Spatial axes of kinds that do not say in their name how many they work on."""


OWN = ("Slice", "Select", "Mean", "Affine", "Scale")
"""Kinds of netspec's own, whose axes are those of a sample."""


def own(kind: str, name: str, shape: tuple[int, ...]) -> list[Any]:
    """Values that fit an argument of a kind of netspec's own."""
    rank = len(shape)
    longest = max(shape)
    if name == "dim":
        several = [[0, rank - 1], [1, 2][: rank - 1], list(range(1, rank)), [-1], [-1, 1]]
        axes = [*range(rank), *range(1, rank), *range(1, rank), -1, -rank, rank, -rank - 1]
        return [*axes, *(one for one in several if one)] if kind == "Mean" else axes
    if name == "index":
        return [0, 0, 1, -1, -1, -2, shape[0] - 1, longest]
    if name in ("start", "stop"):
        near = [1, 2, 3, -1, -2] if name == "start" else [2, 3, 4, -1, -2]
        return [*near * 2, 0, None, longest // 2, longest // 2, longest, -longest]
    lists = [[0.5 + i for i in range(n)] for n in (*shape[:1] * 3, *shape[1:])]
    return [2.0, -1.0, 0, *(one for one in lists if len(one) <= 12)]


def likely(kind: str, name: str, rank: int, shape: tuple[int, ...]) -> list[Any]:
    """Values that fit, for arguments whose schema alone would hardly ever give one."""
    if name in ("dim", "index", "start", "stop", "scale", "shift") and kind in OWN:
        return own(kind, name, shape)
    if name == "dims":
        return [list(order) for order in permutations(range(len(shape)))]
    if name == "num_heads":
        return [1, 2, *(n for n in (3, 4, shape[-1]) if shape[-1] % n == 0)]
    if name == "scale_factor":
        return [1, 2, 3, 2.0, 0.5, 1.5, 1.3, 0.7, [2, 1, 3][:rank], [1.5, 2, 0.5][:rank]]
    if name == "mode" and kind == "Upsample":
        smooth = {1: ["linear"], 2: ["bilinear", "bicubic"], 3: ["trilinear"]}
        return ["nearest", *smooth.get(rank, [])]
    if name == "kernel_size":
        return [1, 2, *([min(k, n) for n in shape[1:]] for k in (1, 2, 3))]
    if name == "norm_type":
        return [1, 2, 2.0, 3, 0.5]
    if name == "padding" and "Pad" in kind:
        return [0, 1, 2, *([n, m] * rank for n in (0, 1, 2, -1) for m in (0, 1))]
    if name == "dim" and kind == "Unflatten":
        return [1]
    if name == "unflattened_size":
        return [[-1], [shape[0], 1], [1, -1], [1, shape[0], 1], [2, -1], [-1, 2, 1]]
    return []


def text(spec: dict[str, Any]) -> str:
    """A spec as YAML."""
    return yaml.safe_dump(spec, sort_keys=False, default_flow_style=None, width=100)


def plan_of(shape: tuple[int, ...], entry: Entry) -> Plan | None:
    """The plan of an entry on a shape; None where check refuses it."""
    spec = {"input": list(shape), "layers": [entry]}
    try:
        return compiler.examine(source.parse(text(spec), "drawn.yaml")).plan
    except Exception:  # for the test to find, in a whole spec
        return None


@st.composite
def inputs(draw: DrawFn, rank: int) -> tuple[int, ...]:
    """The shape of one sample with `rank` spatial axes."""
    lengths = [draw(st.sampled_from(LENGTHS[rank])) for _ in range(rank)]
    return (draw(st.sampled_from(CHANNELS)), *lengths)


@cache
def properties(kind: str) -> dict[str, Any]:
    """The JSON Schema of each argument of a kind, in torch's order."""
    model = layers.find(kind)
    assert model is not None
    schema = model.model_json_schema()
    required = schema.get("required", [])
    found = schema.get("properties", {})
    return {name: found[name] | {"required": name in required} for name in found}


@st.composite
def value(draw: DrawFn, schema: dict[str, Any], rank: int, shape: tuple[int, ...]) -> Any:
    """A value that a schema allows, or one just outside its bounds."""
    if "anyOf" in schema:
        return draw(value(draw(st.sampled_from(schema["anyOf"])), rank, shape))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if "const" in schema:
        return schema["const"]
    types = schema.get("type", "integer")
    kind = draw(st.sampled_from(types)) if isinstance(types, list) else types
    match kind:
        case "null":
            return None
        case "boolean":
            return draw(st.booleans())
        case "number":
            return draw(st.sampled_from(REALS))
        case "array":
            counts = [rank] * 6 + [2 * rank] * 3 + [schema.get("minItems", 1), 2]
            counts = [n for n in [*counts, schema.get("maxItems")] if n]
            item = schema.get("items", {})
            count = draw(st.sampled_from(counts))
            return [draw(value(item, rank, shape)) for _ in range(count)]
        case "integer":
            return draw(integers(schema, shape))
    raise NotImplementedError(f"no strategy for {schema}")


@st.composite
def integers(draw: DrawFn, schema: dict[str, Any], shape: tuple[int, ...]) -> int:
    """A small integer, at times one that the shape suggests or the schema forbids."""
    least = schema.get("minimum", schema.get("exclusiveMinimum", -5) + 1)
    near = [least, least, least + 1, least + 1, least + 2, least + 2, least + 3, least + 4]
    fitting = [n for n in {*shape, *(shape[0] // d for d in (2, 3) if d <= shape[0])} if n <= 30]
    wrong = [0, -1] if least > -1 else []
    pool = near * 3 + fitting + wrong
    return draw(st.sampled_from(pool))


@st.composite
def arguments(draw: DrawFn, kind: str, shape: tuple[int, ...]) -> dict[str, Any]:
    """Arguments of a kind of leaf, those needed and some of the others."""
    rank = rank_of(kind) or len(shape) - 1
    given = {}
    for name, schema in properties(kind).items():
        if not schema["required"] and draw(st.integers(0, 2)):
            continue
        fits = likely(kind, name, rank, shape)
        if fits and draw(st.integers(0, 3)):
            given[name] = draw(st.sampled_from(fits))
        else:
            given[name] = draw(value(schema, rank, shape))
    return given


@st.composite
def leaf(draw: DrawFn, kind: str, shape: tuple[int, ...]) -> Entry:
    """An entry of one kind of leaf in one of the ways to write it."""
    given = draw(arguments(kind, shape))
    if not given:
        return draw(st.sampled_from([kind, {kind: {}}, {kind: None}, {kind: []}]))
    names = list(properties(kind))
    positional = names[: len(given)] == list(given) and draw(st.booleans())
    if not positional:
        return {kind: given}
    values = list(given.values())
    scalar = len(values) == 1 and not isinstance(values[0], list | None)
    return {kind: values[0] if scalar else values}


def suits(kind: str, rank: int) -> bool:
    """Whether a kind's name fits an input of `rank` spatial axes."""
    return rank_of(kind) in (0, rank) or (rank == 0 and kind == "BatchNorm1d")


KINDS_OF_RANK = {rank: [kind for kind in LEAVES if suits(kind, rank)] for rank in range(4)}


@st.composite
def fitting(draw: DrawFn, shape: tuple[int, ...], depth: int) -> tuple[Entry, tuple[int, ...]]:
    """An entry and the shape after it; an entry that check refuses leaves the shape as it is."""
    for attempt in range(3):
        if depth and draw(st.integers(0, 4)) == 0:
            entry = draw(composite(shape, depth - 1))
        else:
            kinds = KINDS_OF_RANK.get(len(shape) - 1, LEAVES)
            entry = draw(leaf(draw(st.sampled_from(kinds)), shape))
        plan = plan_of(shape, entry)
        if plan is None:
            if attempt == 0 and draw(st.integers(0, 9)) == 0:
                return entry, shape
        elif small(plan):
            return entry, plan.output
    return "Identity", shape


def small(plan: Plan) -> bool:
    """Whether it is quick to run."""
    return all(prod(leaf.output.shape) <= MAX_NUMEL for leaf in plan.leaves)


@st.composite
def entries(
    draw: DrawFn, shape: tuple[int, ...], depth: int, least: int = 0, most: int = 3
) -> tuple[list[Entry], tuple[int, ...]]:
    """A list of entries and the shape after it."""
    found = []
    for _ in range(draw(st.integers(least, most))):
        entry, shape = draw(fitting(shape, depth))
        found.append(entry)
    return found, shape


@st.composite
def composite(draw: DrawFn, shape: tuple[int, ...], depth: int, kind: str | None = None) -> Entry:
    """A composite whose paths are made to meet, most of the time."""
    nodes = 8 if kind else 5
    kind = kind or draw(st.sampled_from(OFTEN))
    model = layers.find(kind)
    assert model is not None
    assert issubclass(model, Composite)
    if isinstance(model.role, Wiring):
        return {kind: draw(wired(shape, depth, nodes))}
    given: dict[str, Any] = {}
    form = one_form(draw, kind)
    # What a body makes is a factor of the input.
    alone = (
        model.role.by == "multiply" and "branches" not in dict(form)
        if isinstance(model.role, Join)
        else False
    )
    goal = shape if alone else None
    for name, schema in draw(st.permutations(form)):
        several = schema["items"].get("type") == "array"
        paths = []
        for _ in range(draw(st.integers(schema.get("minItems", 1), 3)) if several else 1):
            path, goal = draw(meeting(kind, model.role, shape, goal, depth))
            paths.append(path)
        if several or paths[0] or name == model.whole:
            given[name] = paths if several else paths[0]
    alone = list(given) == [model.whole] and draw(st.booleans())
    return {kind: given[model.whole] if alone else given}


def one_form(draw: DrawFn, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The arguments of a composite in one of the ways to write it: branches, or what is named."""
    found = properties(kind)
    several = draw(st.booleans()) if len(found) > 1 else "branches" in found
    return [(name, schema) for name, schema in found.items() if (name == "branches") == several]


@st.composite
def wired(draw: DrawFn, shape: tuple[int, ...], depth: int, most: int = 5) -> dict[str, Any]:
    """Nodes that read each other, some of them crossing, most of the time so that they meet."""
    shapes, nodes, unread = {"input": shape}, dict[str, Any](), list[str]()

    def node(sources: list[str], shape: tuple[int, ...], join: str | None = None) -> None:
        found, end = draw(entries(shape, depth, most=2))
        name = f"n{len(nodes)}"
        plain = sources == ["input"] and draw(st.booleans())
        written: dict[str, Any] = {"from": sources[0] if join is None else sources}
        written |= {"join": join} if join else {}
        written |= {"layers": found} if found or draw(st.booleans()) else {}
        nodes[name] = found if plain else written
        shapes[name] = end
        unread[:] = [*(one for one in unread if one not in sources), name]

    for _ in range(draw(st.integers(1, most))):
        first = draw(st.sampled_from(list(shapes)))
        join = draw(st.sampled_from([None, "add", "concat", "multiply"]))
        if join is None:
            node([first], shapes[first])
            continue
        skip = int(join == "concat")
        alike = [one for one in shapes if shapes[one][skip:] == shapes[first][skip:]]
        sources = draw(st.lists(st.sampled_from(alike), min_size=2, max_size=3))
        channels = sum(shapes[one][0] for one in sources) if skip else shapes[sources[0]][0]
        node(sources, (channels, *shapes[first][1:]), join)
    last, *others = reversed(unread)
    if others:
        # What nobody reads yet meets at the end.
        goal = shapes[last]
        for other in others:
            bridged = {"from": other, "layers": draw(bridge(shapes[other], goal))}
            nodes[f"to_{other}"] = bridged
        ends = [last, *(f"to_{other}" for other in others)]
        nodes["out"] = {"from": ends, "join": draw(st.sampled_from(["add", "concat"]))}
    return nodes


@st.composite
def meeting(
    draw: DrawFn,
    kind: str,
    role: Role,
    shape: tuple[int, ...],
    goal: tuple[int, ...] | None,
    depth: int,
) -> tuple[list[Entry], tuple[int, ...]]:
    """A path through a composite that ends where the others do, and where that is."""
    found, end = draw(entries(shape, depth, most=3 if goal is None else 2))
    match role:
        case Group():
            return found, end
        case Join(by="add"):
            if goal is None or end == goal:
                return found, end
            # The identity is the path that is written least.
            found, end = draw(st.sampled_from([([], shape), (found, end)]))
            return found + (draw(bridge(end, goal)) if end != goal else []), goal
        case Join(by="concat"):
            if goal is None or end[1:] == goal[1:]:
                return found, goal or end
            return found + draw(bridge(end, (end[0], *goal[1:]))), goal
        case Join(by="multiply"):
            if goal is None:
                return found, end
            return found + draw(bridge(end, goal, gate=True)), goal
    raise NotImplementedError(f"no strategy draws {kind}")


@st.composite
def bridge(
    draw: DrawFn, shape: tuple[int, ...], goal: tuple[int, ...], gate: bool = False
) -> list[Entry]:
    """Entries that lead from one shape to another, if there are layers that can."""
    rank = len(goal) - 1
    if len(shape) != len(goal):
        return []
    if rank == 0:
        return [{"Linear": goal[0]}]
    if gate and draw(st.booleans()):
        goal = (goal[0], *(draw(st.sampled_from([1, n])) for n in goal[1:]))
    if draw(st.integers(0, 3)) == 0:
        adapt = {f"AdaptiveAvgPool{rank}d": {"output_size": list(goal[1:])}}
        return [adapt, {f"Conv{rank}d": [goal[0], 1]}]
    steps = [max(n // m, 1) for n, m in zip(shape[1:], goal[1:], strict=True)]
    pads = [max(-(-((m - 1) * s + 1 - n) // 2), 0)
            for n, m, s in zip(shape[1:], goal[1:], steps, strict=True)]  # fmt: skip
    kernels = [n + 2 * p - (m - 1) * s
               for n, m, s, p in zip(shape[1:], goal[1:], steps, pads, strict=True)]  # fmt: skip
    given = {"out_channels": goal[0], "kernel_size": kernels, "stride": steps, "padding": pads}
    return [{f"Conv{rank}d": given}]


@st.composite
def networks(draw: DrawFn, rank: int) -> dict[str, Any]:
    """A spec of a few layers, composites nested."""
    shape = draw(inputs(rank))
    found, _ = draw(entries(shape, depth=3, least=1, most=6))
    return {"input": list(shape), "layers": named(draw, found)}


@st.composite
def reordered(draw: DrawFn) -> dict[str, Any]:
    """A spec whose axes get another order twice; in one of two they are equally long."""
    shape = draw(inputs(draw(st.sampled_from([1, 1, 2, 2, 2, 3]))))
    if draw(st.booleans()):
        shape = (max(shape[0], 2),) * len(shape)
    found, end = draw(entries(shape, depth=1, most=2))
    for _ in range(2):
        order = draw(st.permutations(range(len(end))))
        more, end = draw(entries(tuple(end[i] for i in order), depth=2, least=1))
        found += [{"Permute": list(order)}, *more]
    return {"input": list(shape), "layers": found}


def one(kind: str, shape: tuple[int, ...]) -> st.SearchStrategy[Entry]:
    """An entry of one kind."""
    return composite(shape, 1, kind) if kind in COMPOSITES else leaf(kind, shape)


@st.composite
def around(draw: DrawFn, kind: str) -> dict[str, Any]:
    """A spec with a layer of one kind between others."""
    rank = rank_of(kind) or RANKS.get(kind) or draw(st.integers(0, 3))
    if kind == "BatchNorm1d" and draw(st.booleans()):
        rank = 0
    shape = draw(inputs(rank))
    before, middle = draw(entries(shape, depth=0, most=1))
    subject = draw(one(kind, middle))
    plan = plan_of(middle, subject)
    if plan is None and draw(st.integers(0, 2)):
        subject = draw(one(kind, middle))
        plan = plan_of(middle, subject)
    after = []
    if plan is not None and small(plan):
        after, _ = draw(entries(plan.output, depth=0, most=1))
    return {"input": list(shape), "layers": [*before, subject, *after]}


def named(draw: DrawFn, found: list[Entry]) -> list[Entry]:
    """Entries, some with a name."""
    return [
        {**(entry if isinstance(entry, dict) else {entry: None}), "name": f"part{i}"}
        if draw(st.integers(0, 5)) == 0
        else entry
        for i, entry in enumerate(found)
    ]


@st.composite
def disguises(draw: DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A spec, and the same network written with variables, a block with arguments and copies."""
    spec = draw(networks(draw(st.integers(0, 3))))
    items = [unnamed(entry) for entry in spec["layers"]]
    start = draw(st.integers(0, len(items) - 1))
    end = draw(st.integers(start + 1, len(items)))
    copies = draw(st.integers(1, 3))
    inside, after = items[start:end], items[end:]
    plain = [*items[:start], *inside * copies, *after]
    given: dict[str, Any] = {}
    block = [hidden(draw, entry, given) for entry in inside]
    names = {f"v{i}": value for i, value in enumerate(given.values()) if draw(st.booleans())}
    passed = {
        name: f"$v{i}" if f"v{i}" in names else value
        for i, (name, value) in enumerate(given.items())
    }
    use = {"unit": passed} | ({"repeat": copies} if copies > 1 else {})
    disguised = {
        "input": spec["input"],
        "vars": names,
        "blocks": {"unit": {"args": dict.fromkeys(given), "layers": block}},
        "layers": [*items[:start], use, *after],
    }
    return {"input": spec["input"], "layers": plain}, disguised


def unnamed(entry: Entry) -> Entry:
    return {k: v for k, v in entry.items() if k != "name"} if isinstance(entry, dict) else entry


def hidden(draw: DrawFn, entry: Entry, given: dict[str, Any]) -> Entry:
    """An entry whose numbers are arguments of a block; `given` takes their values."""
    if isinstance(entry, str):
        return entry
    ((kind, values),) = entry.items()
    if kind in COMPOSITES or not isinstance(values, dict):
        return entry
    found = {}
    for key, old in values.items():
        found[key] = old
        if isinstance(old, int) and not isinstance(old, bool) and draw(st.booleans()):
            name = f"a{len(given)}"
            ways = [
                (f"${name}", old),
                (f"$({name} + 2)", old - 2),
                (f"$({name} // 2)", old * 2),
                (f"$(max({name}, {old - 1}))", old),
                (f"$(-{name})", -old),
            ]
            found[key], given[name] = draw(st.sampled_from(ways))
    return {kind: found}
