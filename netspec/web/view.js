"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const home = document.getElementById("picker");
  const size = data.input.slice(1), last = size.length - 1;
  const make = (tag, attributes, ...inside) => {
    const svg = ["svg", "rect", "path"].includes(tag);
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const spread = (runs) => runs.flatMap(([a, step, n]) => Array.from({ length: n }, (_, i) => a + step * i));
  const never = data.never.map((runs) => new Set(spread(runs)));
  const cache = new Map();
  const units = (at) => {
    if (!cache.has(at)) {
      const [first, end, masks] = data.units[at];
      cache.set(at, {
        first: spread(first), last: spread(end),
        masks: masks && masks.flatMap(([hex, n]) => Array(n).fill(BigInt("0x" + hex))),
      });
    }
    return cache.get(at);
  };
  const reads = (u, i, pixel) => {
    const bit = pixel - u.first[i];
    if (bit < 0 || pixel > u.last[i]) return false;
    return !u.masks || Boolean((u.masks[i] >> BigInt(bit)) & 1n);
  };
  const stretches = (n, has) => {
    const found = [];
    for (let i = 0; i < n; i++) {
      if (!has(i)) continue;
      const before = found[found.length - 1];
      if (before && before[1] === i - 1) before[1] = i; else found.push([i, i]);
    }
    return found;
  };
  const index = (along, u) => (along === null || u.first.length === 1 ? 0 : unit[along]);
  const picture = (rows, columns) => rows.map(([a, b]) => columns.map(([c, d]) =>
    `M${c} ${a}H${d + 1}V${b + 1}H${c}Z`).join("")).join("");
  const said = (runs) => runs.length ? runs.map(([a, b]) => a === b ? a : `${a}–${b}`).slice(0, 12).join(", ") + (runs.length > 12 ? ", …" : "") : "none";
  const names = last === 1 ? ["rows", "columns"] : last === 0 ? ["positions"] : size.map((_, i) => `axis ${i}`);

  let layer, unit, pixel = null, slices = [];
  home.hidden = false;
  const title = make("h2", { id: "reads" }, "What a unit reads");
  if (!size.length) {
    home.append(title, make("p", {}, "The input has no spatial axes: there are no pixels to pick."));
    return;
  }
  const choice = make("select", { id: "layer" });
  data.layers.forEach((one, i) => choice.append(make("option", { value: i }, `${one.name} ${one.kind} (${one.shape.join(", ")})`)));
  const map = (label) => make("svg", { class: "map", tabindex: 0, role: "application", "aria-label": label });
  const unitMap = map("units of the layer: arrow keys pick one"), pixelMap = map("pixels of the input: arrow keys pick one");
  const sliders = make("div"), cuts = make("div"), told = make("p", { role: "status", id: "told" }), readers = make("p", { role: "status", id: "readers" });
  home.append(title, make("label", {}, "Layer ", choice), sliders, make("div", { class: "maps" },
    make("figure", {}, make("figcaption", {}, "Units of the layer"), unitMap),
    make("figure", {}, make("figcaption", {}, "Pixels of the input"), pixelMap, cuts)), told, readers,
    make("p", { class: "hint" }, "Click or use the arrow keys on either side. Filled: read. Dashed: the field on an input without borders. Grey: no output reads it."));

  const dims = () => [...new Set(layer.axes.map((axis) => axis[2]).filter((along) => along !== null))].sort((a, b) => a - b);
  const range = (where, label, n, value, set) => {
    const input = make("input", { type: "range", min: 0, max: n - 1 });
    input.value = value;
    input.addEventListener("input", () => { set(Number(input.value)); draw(); });
    where.append(make("label", {}, label + " ", input));
  };
  const frame = (svg, left, top, width, height) => {
    svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    svg.setAttribute("preserveAspectRatio", width > 12 * height ? "none" : "xMidYMid meet");
    svg.setAttribute("height", width > 12 * height ? 48 : 320);
  };
  const box = (kind, x, y, width, height) => make("rect", { class: kind, x, y, width, height });
  const affine = (axis) => {
    if (axis[1] === null) return null;
    const [lo, hi, advance] = data.fields[axis[1]], i = index(axis[2], units(axis[0]));
    const phase = i % lo.length, shift = Math.floor(i / lo.length) * (advance || 0);
    return lo[phase] === null ? null : [lo[phase] + shift, hi[phase] + shift];
  };
  const margin = (a) => a < 0 ? 0 : Math.ceil(size[a] / 4);

  function draw() {
    const own = dims(), shown = own.slice(-2), wide = shown.length ? layer.shape[shown[shown.length - 1]] : 1;
    const high = shown.length > 1 ? layer.shape[shown[0]] : 1;
    const read = layer.axes.map((axis, a) => {
      const u = units(axis[0]), i = index(axis[2], u);
      return stretches(size[a], (p) => reads(u, i, p));
    });
    frame(unitMap, 0, 0, wide, high);
    unitMap.replaceChildren(box("sheet", 0, 0, wide, high));
    if (pixel) {
      const before = unit, hits = [];
      for (let y = 0; y < high; y++) for (let x = 0; x < wide; x++) {
        unit = { ...before };
        if (shown.length) unit[shown[shown.length - 1]] = x;
        if (shown.length > 1) unit[shown[0]] = y;
        if (layer.axes.every((axis, a) => { const u = units(axis[0]); return reads(u, index(axis[2], u), pixel[a]); })) hits.push(`M${x} ${y}h1v1h-1Z`);
      }
      unit = before;
      unitMap.append(make("path", { class: "reader", d: hits.join("") }));
      readers.textContent = `Pixel (${pixel.join(", ")}) is read by ${hits.length} of ${wide * high} units shown`;
    } else readers.textContent = "";
    unitMap.append(box("at", shown.length ? unit[shown[shown.length - 1]] : 0, shown.length > 1 ? unit[shown[0]] : 0, 1, 1));

    const rows = last ? size[last - 1] : 1, columns = size[last], down = margin(last - 1), side = margin(last);
    frame(pixelMap, -side, -down, columns + 2 * side, rows + 2 * down);
    const here = slices.every((p, a) => read[a].some(([b, c]) => b <= p && p <= c));
    const gone = slices.some((p, a) => never[a].has(p));
    const dark = [...stretches(columns, (p) => gone || never[last].has(p)).map(([a, b]) => box("unread", a, 0, b - a + 1, rows)),
      ...(last ? stretches(rows, (p) => never[last - 1].has(p)).map(([a, b]) => box("unread", 0, a, columns, b - a + 1)) : [])];
    const lit = here ? picture(last ? read[last - 1] : [[0, 0]], read[last]) : "";
    pixelMap.replaceChildren(box("sheet", 0, 0, columns, rows), ...dark, make("path", { class: "lit", d: lit }));
    const fields = layer.axes.map(affine), x = fields[last], y = last ? fields[last - 1] : [0, 0];
    if (x && y) pixelMap.append(box("affine", x[0], y[0], x[1] - x[0] + 1, y[1] - y[0] + 1));
    if (pixel) pixelMap.append(box("at", pixel[last], last ? pixel[last - 1] : 0, 1, 1));
    const count = read.reduce((n, runs) => n * runs.reduce((m, [a, b]) => m + b - a + 1, 0), 1);
    const place = own.length ? `Unit (${own.map((d) => unit[d]).join(", ")})` : "Every unit";
    told.textContent = `${place} of ${layer.name} reads ${count} pixels: ${names.map((n, a) => `${n} ${said(read[a])}`).join("; ")}. Without borders: ${names.map((n, a) => `${n} ${fields[a] ? fields[a].join(" to ") : "no single field"}`).join("; ")}.` +
      (layer.everywhere ? " It depends on the whole map too, through statistics or gates." : "");
  }
  function choose(at) {
    layer = data.layers[at];
    unit = {};
    dims().forEach((d) => { unit[d] = Math.floor(layer.shape[d] / 2); });
    sliders.replaceChildren();
    dims().slice(0, -2).forEach((d) => range(sliders, `Unit along axis ${d}`, layer.shape[d], unit[d], (v) => { unit[d] = v; }));
    draw();
  }
  const clamp = (value, n) => Math.max(0, Math.min(n - 1, value));
  const listen = (svg, put, move) => {
    const at = (event) => {
      const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      put(Math.floor(p.x), Math.floor(p.y));
      draw();
    };
    svg.addEventListener("pointerdown", (event) => { svg.focus({ preventScroll: true }); at(event); });
    svg.addEventListener("pointermove", (event) => { if (event.buttons) at(event); });
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      move(...step);
      draw();
    });
  };
  const putUnit = (x, y) => {
    const shown = dims().slice(-2);
    if (shown.length) unit[shown[shown.length - 1]] = clamp(x, layer.shape[shown[shown.length - 1]]);
    if (shown.length > 1) unit[shown[0]] = clamp(y, layer.shape[shown[0]]);
  };
  listen(unitMap, putUnit, (dx, dy) => {
    const shown = dims().slice(-2);
    putUnit((unit[shown[shown.length - 1]] || 0) + dx, (shown.length > 1 ? unit[shown[0]] : 0) + dy);
  });
  const putPixel = (x, y) => {
    pixel = [...slices, ...(last ? [clamp(y, size[last - 1])] : []), clamp(x, size[last])];
  };
  listen(pixelMap, putPixel, (dx, dy) => {
    const from = pixel || size.map((n) => n >> 1);
    putPixel(from[last] + dx, (last ? from[last - 1] : 0) + dy);
  });
  slices = size.slice(0, -2).map((n) => n >> 1);
  slices.forEach((p, a) => range(cuts, `Slice along ${names[a]}`, size[a], p, (v) => {
    slices[a] = v;
    if (pixel) pixel[a] = v;
  }));
  choice.addEventListener("change", () => choose(Number(choice.value)));
  if (data.layers.length) choose(0);
})();
