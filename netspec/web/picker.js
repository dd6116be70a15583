"use strict";
(() => {
  const { make, stretches } = globalThis.netspec;
  const clamp = (value, n) => Math.max(0, Math.min(n - 1, value));
  const box = (kind, x, y, width, height) => make("rect", { class: kind, x, y, width, height });
  const cells = (rows, columns) => rows.map(([a, b]) => columns.map(([c, d]) => `M${c} ${a}H${d + 1}V${b + 1}H${c}Z`).join("")).join("");
  const said = (runs) => runs.length ? runs.map(([a, b]) => (a === b ? a : `${a}–${b}`)).slice(0, 12).join(", ") + (runs.length > 12 ? ", …" : "") : "none";
  const frame = (svg, left, top, width, height) => {
    const flat = width > 12 * height;
    svg.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
    svg.setAttribute("preserveAspectRatio", flat ? "none" : "xMidYMid meet");
    svg.classList.toggle("flat", flat);
  };
  const grid = (rows, columns) => make("path", { class: "grid", d: rows > 48 || columns > 48 || rows * columns < 2 ? "" :
    Array.from({ length: rows - 1 }, (_, i) => `M0 ${i + 1}h${columns}`).join("") + Array.from({ length: columns - 1 }, (_, i) => `M${i + 1} 0v${rows}`).join("") });
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
    let model, layer, unit = {}, pixel = null, slices = [], behind = new Map(), later = null;
    const choice = make("select"), laterChoice = make("select", { "aria-label": "later layer" }), sliders = make("div"), cuts = make("div");
    const unitMap = make("svg", { class: "map units", tabindex: 0, role: "application", "aria-label": "units of the layer: arrow keys pick one" });
    const pixelMap = make("svg", { class: "map pixels", tabindex: 0, role: "application", "aria-label": "pixels of the input: arrow keys pick one" });
    const laterMap = make("svg", { class: "map later", role: "img" });
    const laterTold = make("p", { class: "told", role: "status" });
    const laterFigure = make("figure", {}, make("figcaption", {}, "Units that read it, of ", laterChoice), laterMap, laterTold);
    const told = make("p", { class: "told", role: "status" }), readers = make("p", { class: "told", role: "status" });
    const none = make("p", {}, "The input has no spatial axes: there are no pixels to pick.");
    const all = make("div", {}, make("label", {}, "Layer ", choice), sliders,
      make("div", { class: "maps" },
        make("figure", {}, make("figcaption", {}, "Units of the layer"), unitMap),
        make("figure", {}, make("figcaption", {}, "Pixels of the input"), pixelMap, cuts), laterFigure), told, readers,
      make("p", { class: "hint" }, "Click, touch or use the arrow keys on units or pixels. Filled: read. Dashed: the field on an input without borders. Grey: no output reads it."));
    root.append(make("h2", {}, "What a unit reads"), none, all);

    const shown = () => model.along(layer).slice(-2);
    const chosen = () => ({ layer: layer ? layer.name : null, unit: { ...unit }, pixel, later: later && later.name });
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
        readers.textContent = `Pixel (${pixel.join(", ")}) is read by ${(rows.length * columns.length).toLocaleString("en")} of ${(wide * high).toLocaleString("en")} units shown`;
      }
      unitMap.append(grid(high, wide), box("at", e === null ? 0 : unit[e], d === null ? 0 : unit[d], 1, 1));
    }
    /* Room for the fields of the layer's outermost units, up to a quarter of the input. */
    const margin = (a) => {
      const [n, d] = [model.size[a], layer.axes[a][2]], end = (i) => model.field(layer, d === null ? {} : { [d]: i })[a];
      const [first, past] = [end(0), end(d === null ? 0 : layer.shape[d] - 1)];
      return 1 + Math.min(Math.ceil(n / 4), first && past ? Math.max(-first[0], past[1] - n + 1, 0) : 0);
    };
    function drawLater() {
      behind = model.behind(layer, unit);
      const readers = model.layers.filter((_, i) => behind.has(i));
      laterFigure.hidden = !readers.length;
      if (!readers.length) return;
      const apart = readers.filter((one) => model.along(one).some((d) => one.shape[d] > 1));
      const kept = later && readers.find((one) => one.name === later.name);
      const shownLater = kept || apart[apart.length - 1] || readers[readers.length - 1];
      if (laterChoice.options.length !== readers.length || laterChoice.dataset.layer !== layer.name || laterChoice.model !== model) {
        laterChoice.replaceChildren(...readers.map((one) => make("option", { value: model.layers.indexOf(one) }, `${one.name} ${one.kind}`)));
        laterChoice.dataset.layer = layer.name;
        laterChoice.model = model;
      }
      laterChoice.value = model.layers.indexOf(shownLater);
      const sets = behind.get(model.layers.indexOf(shownLater)), two = model.along(shownLater).slice(-2);
      const [d, e] = two.length > 1 ? two : [null, two[0] ?? null];
      const wide = e === null ? 1 : shownLater.shape[e], high = d === null ? 1 : shownLater.shape[d];
      const rows = d === null ? [0] : model.positions(shownLater, sets, d), columns = e === null ? [0] : model.positions(shownLater, sets, e);
      frame(laterMap, 0, 0, wide, high);
      laterMap.replaceChildren(box("sheet", 0, 0, wide, high), make("path", { class: "reader", d: cells(stretches(rows), stretches(columns)) }), grid(high, wide));
      laterTold.textContent = two.length ? `${(rows.length * columns.length).toLocaleString("en")} of ${(wide * high).toLocaleString("en")} units shown read it` : "every unit reads it";
      laterMap.setAttribute("aria-label", laterTold.textContent);
    }
    function draw() {
      drawUnits();
      drawLater();
      const { size } = model, last = size.length - 1, read = model.reads(layer, unit), fields = model.field(layer, unit);
      const rows = last ? size[last - 1] : 1, columns = size[last], down = last ? margin(last - 1) : 0, side = margin(last);
      frame(pixelMap, -side, -down, columns + 2 * side, rows + 2 * down);
      const here = slices.every((p, a) => read[a].some(([b, c]) => b <= p && p <= c));
      const gone = slices.some((p, a) => model.never[a].has(p));
      const left = (n, a) => stretches(Array.from({ length: n }, (_, p) => p).filter((p) => gone || model.never[a].has(p)));
      const { image } = model.data;
      pixelMap.classList.toggle("over", Boolean(image));
      pixelMap.replaceChildren(box("sheet", 0, 0, columns, rows),
        ...(image ? [make("image", { href: image, width: columns, height: rows, preserveAspectRatio: "none" })] : []),
        ...left(columns, last).map(([a, b]) => box("unread", a, 0, b - a + 1, rows)),
        ...(last ? left(rows, last - 1) : []).map(([a, b]) => box("unread", 0, a, columns, b - a + 1)),
        make("path", { class: "lit", d: here ? cells(last ? read[last - 1] : [[0, 0]], read[last]) : "" }));
      pixelMap.append(grid(rows, columns));
      const x = fields[last], y = last ? fields[last - 1] : [0, 0];
      if (x && y) pixelMap.append(box("affine", x[0], y[0], x[1] - x[0] + 1, y[1] - y[0] + 1));
      if (pixel) pixelMap.append(box("at", pixel[last], last ? pixel[last - 1] : 0, 1, 1));
      const names = last === 1 ? ["rows", "columns"] : last === 0 ? ["positions"] : size.map((_, i) => `axis ${i}`);
      const count = read.reduce((n, runs) => n * runs.reduce((m, [a, b]) => m + b - a + 1, 0), 1), own = model.along(layer);
      const place = own.length ? `Unit (${own.map((d) => unit[d]).join(", ")})` : "Every unit";
      told.textContent = `${place} of ${layer.name} reads ${count.toLocaleString("en")} pixel${count === 1 ? "" : "s"}: ${names.map((n, a) => `${n} ${said(read[a])}`).join("; ")}. Without borders: ${names.map((n, a) => `${n} ${fields[a] ? fields[a].join(" to ") : "no single field"}`).join("; ")}.` +
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
      if (wanted.later) later = model.find(wanted.later) || later;
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
    laterChoice.addEventListener("change", () => {
      later = model.layers[laterChoice.value];
      settle();
    });
    choice.addEventListener("change", () => { pick({ layer: model.layers[choice.value].name }); changed(chosen()); });

    /* The last of some layers whose middle unit reads less than a third of the input. */
    const telling = (layers) => {
      const area = (runs) => runs.reduce((n, [a, b]) => n + b - a + 1, 0);
      const share = (one) => model.reads(one, model.unit(one)).reduce((all, runs, a) => all * area(runs) / model.size[a], 1);
      return [...layers].reverse().find((one) => share(one) < 1 / 3) || layers[0];
    };

    return {
      /* Show a choice; what it does not name stays, what does not exist is left to the middle. */
      pick: (wanted) => { if (layer) pick({ unit, ...wanted }); },
      choice: chosen,
      /* The number of the picked layer, and what reads the picked unit. */
      marks: () => [layer ? model.layers.indexOf(layer) : -1, behind],
      /* Show another network; the picked layer, unit and pixel stay where they exist. */
      update(next) {
        const before = chosen();
        model = next;
        const empty = !model.size.length || !model.layers.length;
        none.hidden = !empty;
        all.hidden = empty;
        const apart = model.layers.filter((one) => !one.low && model.along(one).some((d) => one.shape[d] > 1));
        layer = empty ? undefined : model.find(before.layer) || telling(apart) || model.layers[0];
        if (empty) {
          behind = new Map();
          return;
        }
        if (slices.length !== Math.max(0, model.size.length - 2) || slices.some((p, a) => p >= model.size[a])) slices = model.size.slice(0, -2).map((n) => n >> 1);
        choice.replaceChildren(...model.layers.map((one, i) => make("option", { value: i }, `${one.name} ${one.kind} (${one.shape.join(", ")})`)));
        pick({ layer: layer.name, unit: layer.name === before.layer ? before.unit : undefined, pixel: before.pixel });
      },
    };
  };
})();
