"use strict";
(() => {
  const { make, stretches } = globalThis.netspec;
  const clamp = (value, n) => Math.max(0, Math.min(n - 1, value));
  const box = (kind, x, y, width, height) => make("rect", { class: kind, x, y, width, height });
  const cells = (rows, columns) => rows.map(([a, b]) => columns.map(([c, d]) => `M${c} ${a}H${d + 1}V${b + 1}H${c}Z`).join("")).join("");
  const said = (runs) => runs.length ? runs.map(([a, b]) => (a === b ? a : `${a}–${b}`)).slice(0, 12).join(", ") + (runs.length > 12 ? ", …" : "") : "none";
  const frame = (svg, left, top, width, height) => {
    svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    svg.setAttribute("preserveAspectRatio", width > 12 * height ? "none" : "xMidYMid meet");
    svg.setAttribute("height", width > 12 * height ? 48 : 320);
  };
  const listen = (svg, put, move) => {
    const at = (event) => {
      const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      put(Math.floor(p.x), Math.floor(p.y));
    };
    svg.addEventListener("pointerdown", (event) => { svg.focus({ preventScroll: true }); at(event); });
    svg.addEventListener("pointermove", (event) => { if (event.buttons) at(event); });
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      move(...step);
    });
  };

  /* The picker of units and pixels, in an element of its own; `changed(choice)` hears each choice. */
  globalThis.netspec.picker = (root, changed) => {
    let model, layer, unit = {}, pixel = null, slices = [];
    const choice = make("select"), sliders = make("div"), cuts = make("div");
    const unitMap = make("svg", { class: "map units", tabindex: 0, role: "application", "aria-label": "units of the layer: arrow keys pick one" });
    const pixelMap = make("svg", { class: "map pixels", tabindex: 0, role: "application", "aria-label": "pixels of the input: arrow keys pick one" });
    const told = make("p", { class: "told", role: "status" }), readers = make("p", { class: "told", role: "status" });
    const none = make("p", {}, "The input has no spatial axes: there are no pixels to pick.");
    const all = make("div", {}, make("label", {}, "Layer ", choice), sliders,
      make("div", { class: "maps" },
        make("figure", {}, make("figcaption", {}, "Units of the layer"), unitMap),
        make("figure", {}, make("figcaption", {}, "Pixels of the input"), pixelMap, cuts)), told, readers,
      make("p", { class: "hint" }, "Click or use the arrow keys on either side. Filled: read. Dashed: the field on an input without borders. Grey: no output reads it."));
    root.append(make("h2", {}, "What a unit reads"), none, all);

    const shown = () => model.along(layer).slice(-2);
    const chosen = () => ({ layer: layer ? layer.name : null, unit: { ...unit }, pixel });
    const range = (where, label, n, value, set) => {
      const input = make("input", { type: "range", min: 0, max: n - 1 });
      input.value = value;
      input.addEventListener("input", () => { set(Number(input.value)); settle(); });
      where.append(make("label", {}, label + " ", input));
    };
    const settle = () => { draw(); changed(chosen()); };

    function drawUnits() {
      const [d, e] = shown().length > 1 ? shown() : [null, shown()[0] ?? null];
      const wide = e === null ? 1 : layer.shape[e], high = d === null ? 1 : layer.shape[d];
      frame(unitMap, 0, 0, wide, high);
      unitMap.replaceChildren(box("sheet", 0, 0, wide, high));
      readers.textContent = "";
      if (pixel) {
        const hidden = model.along(layer).slice(0, -2).every((f) => model.readers(layer, pixel, f).includes(unit[f]));
        const hit = hidden && model.everywhere(layer, pixel);
        const rows = !hit ? [] : d === null ? [0] : model.readers(layer, pixel, d);
        const columns = !hit ? [] : e === null ? [0] : model.readers(layer, pixel, e);
        unitMap.append(make("path", { class: "reader", d: cells(stretches(rows), stretches(columns)) }));
        readers.textContent = `Pixel (${pixel.join(", ")}) is read by ${rows.length * columns.length} of ${wide * high} units shown`;
      }
      unitMap.append(box("at", e === null ? 0 : unit[e], d === null ? 0 : unit[d], 1, 1));
    }
    function draw() {
      drawUnits();
      const { size } = model, last = size.length - 1, read = model.reads(layer, unit), fields = model.field(layer, unit);
      const rows = last ? size[last - 1] : 1, columns = size[last], margin = (n) => (n === undefined ? 0 : Math.ceil(n / 4));
      const down = margin(size[last - 1]), side = margin(columns);
      frame(pixelMap, -side, -down, columns + 2 * side, rows + 2 * down);
      const here = slices.every((p, a) => read[a].some(([b, c]) => b <= p && p <= c));
      const gone = slices.some((p, a) => model.never[a].has(p));
      const left = (n, a) => stretches(Array.from({ length: n }, (_, p) => p).filter((p) => gone || model.never[a].has(p)));
      pixelMap.replaceChildren(box("sheet", 0, 0, columns, rows),
        ...left(columns, last).map(([a, b]) => box("unread", a, 0, b - a + 1, rows)),
        ...(last ? left(rows, last - 1) : []).map(([a, b]) => box("unread", 0, a, columns, b - a + 1)),
        make("path", { class: "lit", d: here ? cells(last ? read[last - 1] : [[0, 0]], read[last]) : "" }));
      const x = fields[last], y = last ? fields[last - 1] : [0, 0];
      if (x && y) pixelMap.append(box("affine", x[0], y[0], x[1] - x[0] + 1, y[1] - y[0] + 1));
      if (pixel) pixelMap.append(box("at", pixel[last], last ? pixel[last - 1] : 0, 1, 1));
      const names = last === 1 ? ["rows", "columns"] : last === 0 ? ["positions"] : size.map((_, i) => `axis ${i}`);
      const count = read.reduce((n, runs) => n * runs.reduce((m, [a, b]) => m + b - a + 1, 0), 1), own = model.along(layer);
      const place = own.length ? `Unit (${own.map((d) => unit[d]).join(", ")})` : "Every unit";
      told.textContent = `${place} of ${layer.name} reads ${count} pixels: ${names.map((n, a) => `${n} ${said(read[a])}`).join("; ")}. Without borders: ${names.map((n, a) => `${n} ${fields[a] ? fields[a].join(" to ") : "no single field"}`).join("; ")}.` +
        (layer.everywhere ? " It depends on the whole map too, through statistics or gates." : "");
    }
    const putUnit = (x, y) => {
      const two = shown();
      if (two.length) unit[two[two.length - 1]] = clamp(x, layer.shape[two[two.length - 1]]);
      if (two.length > 1) unit[two[0]] = clamp(y, layer.shape[two[0]]);
      settle();
    };
    const putPixel = (x, y) => {
      const { size } = model, last = size.length - 1;
      pixel = [...slices, ...(last ? [clamp(y, size[last - 1])] : []), clamp(x, size[last])];
      settle();
    };
    listen(unitMap, putUnit, (dx, dy) => {
      const two = shown();
      putUnit((unit[two[two.length - 1]] || 0) + dx, (two.length > 1 ? unit[two[0]] : 0) + dy);
    });
    listen(pixelMap, putPixel, (dx, dy) => {
      const last = model.size.length - 1, from = pixel || model.size.map((n) => n >> 1);
      putPixel(from[last] + dx, (last ? from[last - 1] : 0) + dy);
    });
    function pick(wanted) {
      if (wanted.layer !== undefined) layer = model.find(wanted.layer) || layer;
      unit = model.unit(layer, wanted.unit);
      if (wanted.pixel !== undefined) pixel = wanted.pixel && model.size.every((n, a) => wanted.pixel[a] >= 0 && wanted.pixel[a] < n) ? [...wanted.pixel] : null;
      if (pixel) slices = pixel.slice(0, -2);
      choice.value = model.layers.indexOf(layer);
      sliders.replaceChildren();
      model.along(layer).slice(0, -2).forEach((d) => range(sliders, `Unit along axis ${d}`, layer.shape[d], unit[d], (v) => { unit[d] = v; }));
      cuts.replaceChildren();
      slices.forEach((p, a) => range(cuts, `Slice along axis ${a}`, model.size[a], p, (v) => {
        slices[a] = v;
        if (pixel) pixel[a] = v;
      }));
      draw();
    }
    choice.addEventListener("change", () => { pick({ layer: model.layers[choice.value].name }); changed(chosen()); });

    return {
      /* Show a choice; what it does not name stays, what does not exist is left to the middle. */
      pick: (wanted) => { if (layer) pick({ unit, ...wanted }); },
      choice: chosen,
      /* Show another network; the picked layer, unit and pixel stay where they exist. */
      update(next) {
        const before = chosen();
        model = next;
        const empty = !model.size.length || !model.layers.length;
        none.hidden = !empty;
        all.hidden = empty;
        layer = empty ? undefined : model.find(before.layer) || model.layers[0];
        if (empty) return;
        if (slices.length !== Math.max(0, model.size.length - 2) || slices.some((p, a) => p >= model.size[a])) slices = model.size.slice(0, -2).map((n) => n >> 1);
        choice.replaceChildren(...model.layers.map((one, i) => make("option", { value: i }, `${one.name} ${one.kind} (${one.shape.join(", ")})`)));
        pick({ layer: layer.name, unit: layer.name === before.layer ? before.unit : undefined, pixel: before.pixel });
      },
    };
  };
})();
