"use strict";
(() => {
  const { make, layout } = globalThis.netspec;
  const WIDTH = 172, BAR = 4, LONG = 44, DOT = 9, MARGIN = 12;
  const SYMBOLS = { add: "+", concat: "‖", multiply: "×" }, WORST = ["error", "warning", "note"];
  const COSTS = ["parameters", "MACs", "bytes of output"];
  const inside = (item) => (typeof item === "number" ? [item] : item.items.flatMap(inside));

  /* The drawing of a network, whose blocks fold; `pick(name)` hears which layer is picked. */
  globalThis.netspec.drawing = (root, pick) => {
    const svg = make("svg", { class: "ns", role: "group", "aria-label": "Network: arrow keys go from box to box, Enter picks a layer or unfolds a block" });
    const legend = make("p", { class: "ns hint legend" }, ...COSTS.map((cost, i) => make("span", { class: `key${i}` }, cost)));
    const net = make("div", { class: "net" }, svg);
    const expand = make("button", { type: "button" }, "Unfold all"), fold = make("button", { type: "button" }, "Fold all");
    root.append(make("h2", {}, "Network"), make("p", { class: "tools" }, expand, " ", fold), net, legend);
    const keys = new Map();
    let data, folded = new Set(), picked = -1, hits = new Map(), at = null, drawn = [], shown = -1, marked = null;
    const parts = (item) => (typeof item === "number" ? [] : [...(item.label ? [item] : []), ...item.items.flatMap(parts)]);
    const key = (item, at) => {
      if (typeof item === "number") return;
      keys.set(item, at);
      item.items.forEach((one, i) => key(one, `${at}/${i} ${one.label || ""}`));
    };
    const open = (part) => !part.label || !folded.has(part);
    const turn = (part) => {
      if (folded.has(part)) folded.delete(part); else folded.add(part);
      at = part;
      draw(true);
    };
    const all = (close) => {
      folded = new Set(close ? parts(data.parts) : []);
      at = null;
      draw();
    };
    expand.addEventListener("click", () => all(false));
    fold.addEventListener("click", () => all(true));

    const bars = (costs, most, height) => costs.flatMap((cost, i) => (cost ? [make("rect", {
      class: `ns-bar${i}`, x: WIDTH - LONG - 6, y: (height - 3 * BAR - 4) / 2 + 6 * i, width: Math.max(0.5, LONG * cost / most[i]), height: BAR,
    })] : []));
    function box({ x, y, height, item }, costs, most) {
      const layers = inside(item), part = typeof item !== "number", [first, second] = part ? item.words : data.layers[item].words;
      const mark = WORST.find((one) => data.findings.some((found) => found.severity === one && layers.includes(found.layer)));
      const hit = layers.filter((one) => hits.has(one)), own = layers.includes(picked);
      const told = (mark ? `, ${mark}` : "") + (own ? ", picked" : "") + (hit.length ? ", reads the picked unit" : "");
      // The title is its name too; what is seen comes first in it, for who speaks it.
      const label = [`${first} ${second}`.trim(), ...(part ? [] : [data.layers[item].name])].join(", ");
      const made = make("g", { transform: `translate(${x} ${y})`, class: `ns-item${own ? " picked" : ""}${hit.length ? " hit" : ""}`, role: "button", tabindex: -1 });
      if (part) made.setAttribute("aria-expanded", "false"); else made.setAttribute("aria-pressed", String(own));
      made.append(make("title", {}, `${label}${told}: ${costs.map((cost, i) => `${cost.toLocaleString("en")} ${COSTS[i]}`).join(", ")}`));
      if (part) made.append(make("rect", { class: "ns-box", x: 3, y: 3, width: WIDTH, height, rx: 3 }));
      made.append(make("rect", { class: "ns-box", width: WIDTH, height, rx: 3 }), make("text", { class: "ns-first", x: 7, y: 14 }, first));
      if (second) made.append(make("text", { class: "ns-small", x: 7, y: 27 }, second));
      made.append(...bars(costs, most, height));
      if (mark) made.append(make("circle", { class: `ns-${mark}`, cx: WIDTH, cy: 0, r: 4.5 }));
      return made;
    }
    function frame({ x, y, width, height, part }) {
      const [first, second] = part.words;
      return [make("rect", { class: "ns-frame", x, y, width, height, rx: 5 }),
        make("g", { transform: `translate(${x} ${y})`, class: "ns-fold", role: "button", tabindex: -1, "aria-expanded": "true" },
          make("title", {}, `${first}, ${second}`), make("rect", { class: "ns-head", width, height: 20, rx: 5 }), make("text", { class: "ns-label", x: 8, y: 14 }, `▾ ${first}`))];
    }
    function draw(focus) {
      const found = layout(data.parts, (layer) => data.layers[layer].low, open);
      const costs = found.boxes.map(({ item }) => inside(item).map((one) => data.layers[one].costs).reduce((a, b) => a.map((n, i) => n + b[i]), [0, 0, 0]));
      const most = COSTS.map((_, i) => Math.max(...costs.map((cost) => cost[i])));
      const width = found.width + 2 * MARGIN, height = found.height + 2 * MARGIN;
      svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${width} ${height}`);
      svg.setAttribute("width", width);
      svg.setAttribute("height", height);
      root.parentNode.classList.toggle("broad", width > 520);
      const frames = found.frames.map((one) => [one.part, ...frame(one)]), boxes = found.boxes.map((one, i) => [one.item, box(one, costs[i], most)]);
      svg.replaceChildren(...frames.flatMap(([, ...made]) => made), make("path", { class: "ns-line", d: found.lines.join("") }),
        ...found.names.map(({ x, y, text }) => make("text", { class: "ns-label", x, y }, text)),
        ...found.joins.map(({ x, y, by }) => make("g", {}, make("title", {}, by), make("circle", { class: "ns-join", cx: x, cy: y, r: DOT }), make("text", { class: "ns-by", x, y: y + 4.5 }, SYMBOLS[by]))),
        ...boxes.map(([, made]) => made));
      drawn = [...frames.map(([part, , made], i) => ({ item: part, made, x: found.frames[i].x, y: found.frames[i].y })),
        ...boxes.map(([item, made], i) => ({ item, made, x: found.boxes[i].x, y: found.boxes[i].y }))].sort((a, b) => a.y - b.y || a.x - b.x);
      for (const one of drawn) {
        one.made.addEventListener("click", () => act(one.item));
        one.made.addEventListener("focus", () => { at = one.item; });
      }
      const here = drawn.find((one) => one.item === at) || drawn.find((one) => one.item === picked) || drawn[0];
      if (here) here.made.setAttribute("tabindex", 0);
      if (here && focus) here.made.focus({ preventScroll: true });
    }
    const act = (item) => {
      at = item;
      if (typeof item === "number") pick(data.layers[item].name); else turn(item);
    };
    svg.addEventListener("keydown", (event) => {
      const here = drawn.find((one) => one.made === event.target);
      if (!here) return;
      if (event.key === "Enter" || event.key === " ") act(here.item);
      else {
        const down = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
        if (!down) return;
        const across = event.key === "ArrowLeft" || event.key === "ArrowRight";
        const near = drawn.filter((one) => (across ? down * (one.x - here.x) > 0 && Math.abs(one.y - here.y) < 60 : down * (one.y - here.y) > 0));
        const far = (one) => (across ? Math.abs(one.x - here.x) + 4 * Math.abs(one.y - here.y) : Math.abs(one.y - here.y) + Math.abs(one.x - here.x) / 2);
        const next = near.sort((a, b) => far(a) - far(b))[0];
        if (next) {
          here.made.setAttribute("tabindex", -1);
          next.made.setAttribute("tabindex", 0);
          next.made.focus();
        }
      }
      event.preventDefault();
    });
    return {
      /* Show another network; what was folded or unfolded stays so where it has the same names. */
      update(next) {
        const before = new Map(data ? parts(data.parts).map((part) => [keys.get(part), folded.has(part)]) : []);
        data = next.data;
        keys.clear();
        key(data.parts, "");
        folded = new Set(parts(data.parts).filter((part) => before.get(keys.get(part)) ?? part.open === false));
        at = marked = null;
      },
      /* Mark the picked layer, and the layers with units that read the picked one. */
      mark(layer, readers) {
        const told = `${layer} ${[...readers.keys()]}`;
        if (told === marked) return;
        marked = told;
        picked = layer;
        hits = readers;
        const focus = svg.contains(document.activeElement);
        draw(focus);
        const own = drawn.find((one) => one.made.classList.contains("picked"));
        if (own && layer !== shown && (own.y < net.scrollTop || own.y > net.scrollTop + net.clientHeight - 60)) net.scrollTop = own.y - net.clientHeight / 3;
        shown = layer;
      },
    };
  };
})();
