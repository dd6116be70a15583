"use strict";
(() => {
  const netspec = (globalThis.netspec ||= {});
  const spread = (runs) => runs.flatMap(([first, step, n]) => Array.from({ length: n }, (_, i) => first + step * i));
  const hull = (set) => {
    const found = [];
    for (const i of set) {
      const before = found[found.length - 1];
      if (before && before[1] === i - 1) before[1] = i; else found.push([i, i]);
    }
    return found;
  };

  /* A network's exact units, out of the data of its page. */
  netspec.model = (data) => {
    const size = data.input.slice(1), cache = new Map();
    const units = (at) => {
      if (!cache.has(at)) {
        const [first, last, masks] = data.units[at];
        cache.set(at, {
          first: spread(first), last: spread(last),
          masks: masks && masks.flatMap(([hex, n]) => Array(n).fill(BigInt("0x" + hex))),
        });
      }
      return cache.get(at);
    };
    const has = (u, i, pixel) => {
      const bit = pixel - u.first[i];
      return bit >= 0 && pixel <= u.last[i] && (!u.masks || Boolean((u.masks[i] >> BigInt(bit)) & 1n));
    };
    const index = (axis, unit) => (axis[2] === null || units(axis[0]).first.length === 1 ? 0 : unit[axis[2]]);
    const pixels = (u, i) => {
      const found = [];
      for (let p = u.first[i]; p <= u.last[i]; p++) if (has(u, i, p)) found.push(p);
      return found;
    };
    /* The units that read any position of a set. */
    const hitting = (u, set) => {
      const most = Math.max(...u.last, ...set) + 2, before = new Uint32Array(most + 1), hits = [];
      for (const p of set) before[p + 1] = 1;
      for (let p = 0; p < most; p++) before[p + 1] += before[p];
      u.first.forEach((first, i) => {
        if (u.last[i] < first || before[u.last[i] + 1] === before[first]) return;
        if (!u.masks || set.some((p) => has(u, i, p))) hits.push(i);
      });
      return hits;
    };
    const model = {
      data, size, layers: data.layers,
      never: data.never.map((runs) => new Set(spread(runs))),
      find: (name) => data.layers.find((layer) => layer.name === name),
      /* Axes of a layer's shape along which its units differ. */
      along: (layer) => [...new Set(layer.axes.map((axis) => axis[2]).filter((d) => d !== null))].sort((a, b) => a - b),
      /* The unit in the middle, or what is left of another one that still exists. */
      unit: (layer, wanted) => Object.fromEntries(model.along(layer).map((d) => [d,
        wanted && wanted[d] >= 0 && wanted[d] < layer.shape[d] ? wanted[d] : Math.floor(layer.shape[d] / 2)])),
      /* For each axis of the input, the stretches [first, last] that a unit reads. */
      reads: (layer, unit) => layer.axes.map((axis) => hull(pixels(units(axis[0]), index(axis, unit)))),
      /* For each axis, first and last pixel on an input without borders; null where none is single. */
      field: (layer, unit) => layer.axes.map((axis) => {
        if (axis[1] === null) return null;
        const [lo, hi, advance] = data.fields[axis[1]], i = index(axis, unit);
        const phase = i % lo.length, shift = Math.floor(i / lo.length) * (advance || 0);
        return lo[phase] === null ? null : [lo[phase] + shift, hi[phase] + shift];
      }),
      /* Positions along axis d of a layer whose units may read a pixel, if the other axes agree. */
      readers: (layer, pixel, d) => Array.from({ length: layer.shape[d] }, (_, i) => i).filter((i) =>
        layer.axes.every((axis, a) => axis[2] !== d || has(units(axis[0]), units(axis[0]).first.length === 1 ? 0 : i, pixel[a]))),
      /* Whether the axes that every unit reads alike have a pixel. */
      everywhere: (layer, pixel) => layer.axes.every((axis, a) => axis[2] !== null || has(units(axis[0]), 0, pixel[a])),
      /* Positions of each place behind a layer whose units read one of its units, for each axis of
         the input; only places with such units are there. The layers come first among places. */
      behind: (layer, unit) => {
        const from = data.layers.indexOf(layer), found = new Map();
        found.set(from, layer.axes.map((axis) => [axis[2] === null ? 0 : unit[axis[2]]]));
        for (const [source, reader, link] of data.links) {
          const before = found.get(source);
          if (!before || reader === from) continue;
          const after = before.map((set, a) => hitting(units(data.reads[link][a]), set));
          if (after.some((set) => !set.length)) continue;
          const other = found.get(reader);
          found.set(reader, other ? after.map((set, a) => [...new Set([...set, ...other[a]])].sort((x, y) => x - y)) : after);
        }
        found.delete(from);
        return found;
      },
      /* Positions along an axis of a layer, or null for all of them, out of what `behind` gives. */
      positions: (layer, sets, d) => {
        const all = Array.from({ length: layer.shape[d] }, (_, i) => i);
        return layer.axes.reduce((left, axis, a) => (axis[2] !== d || units(axis[0]).first.length === 1 ? left : left.filter((i) => sets[a].includes(i))), all);
      },
    };
    return model;
  };
  netspec.stretches = hull;
  netspec.spread = spread;

  /* An element, SVG where it is called so, with attributes and what is inside. */
  netspec.make = (tag, attributes, ...inside) => {
    const svg = ["svg", "g", "rect", "path", "text", "image", "circle", "title"].includes(tag);
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
})();
