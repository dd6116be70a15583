"use strict";
(() => {
  const { cells, make, view } = globalThis.netspec;
  const SIDES = ["before", "after"];
  const scaled = (i, n, m) => (n === m ? i : Math.min(m - 1, Math.floor(((i + 0.5) * m) / n)));
  const size = (runs) => runs.reduce((n, [a, b]) => n + b - a + 1, 0);
  const said = (n) => `${n.toLocaleString("en")} pixel${n === 1 ? "" : "s"}`;

  /* What the picked units of both networks read, on one image; the second is stretched to the first. */
  function together(root) {
    const svg = make("svg", { class: "map", role: "img" }), told = make("p", { role: "status", class: "told" });
    const box = make("section", { class: "together" }, make("h3", {}, "Both fields on one image"),
      make("p", { class: "keys" }, make("span", { class: "was" }, "before: filled"), make("span", { class: "is" }, "after: outlined")), svg, told);
    root.prepend(box);
    return (views, picked) => {
      const reads = views.map((one, i) => (picked[i] ? one.model.reads(picked[i].layer, picked[i].unit) : null));
      const sizes = views.map((one) => one.model.size), rank = sizes[0].length;
      box.hidden = !rank || sizes[1].length !== rank;
      if (box.hidden) return;
      const sides = sizes.map((one) => [rank > 1 ? one[rank - 2] : 1, one[rank - 1]]), [high, wide] = sides[0];
      svg.setAttribute("viewBox", `-1 -1 ${wide + 2} ${high + 2}`);
      svg.classList.toggle("flat", wide > 12 * high);
      svg.setAttribute("preserveAspectRatio", wide > 12 * high ? "none" : "xMidYMid meet");
      const image = views.map((one) => one.model.data.image).find(Boolean);
      svg.replaceChildren(make("rect", { class: "sheet", width: wide, height: high }),
        ...(image ? [make("image", { href: image, width: wide, height: high, preserveAspectRatio: "none" })] : []),
        ...reads.map((read, i) => make("path", {
          class: i ? "is" : "was", transform: `scale(${wide / sides[i][1]} ${high / sides[i][0]})`,
          d: read ? cells(rank > 1 ? read[rank - 2] : [[0, 0]], read[rank - 1]) : "",
        })));
      const counts = reads.map((read) => read && read.reduce((n, runs) => n * size(runs), 1));
      told.textContent = SIDES.map((side, i) => `${side} ${picked[i] ? `${picked[i].layer.name} reads ${said(counts[i])}` : "has no such layer"}`).join("; ") +
        (String(sizes[0]) === String(sizes[1]) ? "" : `; the inputs differ, (${sizes[0].join(", ")}) and (${sizes[1].join(", ")}), and are drawn in one size`);
      svg.setAttribute("aria-label", told.textContent);
    };
  }

  function mount(home, data) {
    const root = home.querySelector(".mount");
    if (!root || root.hasChildNodes()) return;
    const here = SIDES.filter((side) => data[side]), row = make("div", { class: "sides" });
    root.append(row);
    const views = here.map((side) => {
      const own = make("div", { class: "side" }, make("h3", {}, side === "before" ? "Before" : "After"));
      row.append(own);
      return view(own, data[side]);
    });
    const other = views.length > 1 && SIDES.map((_, i) => new Map(data.pairs.map((pair) => [pair[i], pair[1 - i]])));
    const both = other && together(root);
    /* What one view has picked is picked in the other. */
    const follow = (i) => {
      if (!both) return;
      const from = views[i].model, to = views[1 - i].model, { layer: name, unit, pixel, later } = views[i].choice;
      const layer = from.find(name), picked = [null, null];
      if (!layer) return both(views, picked);
      picked[i] = { layer, unit };
      const partner = (one) => one && to.layers[other[i].get(from.layers.indexOf(one))], mate = partner(layer);
      const point = pixel && to.size.length === pixel.length ? pixel.map((p, a) => scaled(p, from.size[a], to.size[a])) : null;
      if (mate) {
        const [mine, theirs] = [from.along(layer), to.along(mate)];
        const wanted = mine.length === theirs.length ? Object.fromEntries(theirs.map((d, k) => [d, scaled(unit[mine[k]], layer.shape[mine[k]], mate.shape[d])])) : undefined;
        const behind = partner(later && from.find(later));
        views[1 - i].pick({ layer: mate.name, unit: wanted, pixel: point, ...(behind ? { later: behind.name } : {}) });
        picked[1 - i] = { layer: mate, unit: views[1 - i].choice.unit };
      } else if (point) views[1 - i].pick({ pixel: point });
      return both(views, picked);
    };
    const pick = (side, layer) => {
      const i = here.indexOf(side);
      views[i].pick({ layer, unit: {} });
      follow(i);
    };
    views.forEach((one, i) => one.root.addEventListener("netspec:choice", () => follow(i)));
    home.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-layer]");
      if (button) pick(button.dataset.side, button.dataset.layer);
    });
    const first = [...home.querySelectorAll("tr:not(.same) button[data-layer]")].find((one) => {
      const { model } = views[here.indexOf(one.dataset.side)], layer = model.find(one.dataset.layer);
      return model.along(layer).some((d) => layer.shape[d] > 1);
    });
    if (first) pick(first.dataset.side, first.dataset.layer); else follow(0);
  }

  const all = JSON.parse(document.getElementById("data").textContent);
  document.querySelectorAll(".spec").forEach((home, i) => {
    const shown = () => { if (home.open) mount(home, all[i]); };
    home.addEventListener("toggle", shown);
    shown();
  });
})();
