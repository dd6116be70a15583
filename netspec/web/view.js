"use strict";
(() => {
  const { make, model, picker, drawing, table } = globalThis.netspec;

  /* Shows a network in an element, as often on one page as there are elements.
   *
   * `data` is what netspec.render.page_data works out. Each choice is told by the event
   * "netspec:choice", whose detail is {layer, unit: {axis: index}, pixel, later}, and can be given
   * back to `pick`, here or in the view of another network.
   */
  globalThis.netspec.view = (root, data) => {
    const [network, reads, layers] = ["network", "reads", "layers"].map((name) => make("section", { class: name }));
    const home = make("div", { class: "netspec-view" });
    const mark = () => {
      const [layer, behind] = units.marks();
      boxes.mark(layer, behind);
      rows.mark(layer);
    };
    const changed = (detail) => {
      mark();
      home.dispatchEvent(new CustomEvent("netspec:choice", { bubbles: true, detail }));
    };
    const choose = (name) => {
      units.pick({ layer: name });
      changed(units.choice());
    };
    const boxes = drawing(network, choose), units = picker(reads, changed), rows = table(layers, choose);
    const view = {
      root: home,
      /* Show other data; the picked layer and unit stay where they exist. */
      update(next) {
        view.model = model(next);
        for (const part of [boxes, units]) part.update(view.model);
        rows.update(next);
        mark();
      },
      /* Show a choice, or a part of one such as {layer: "conv1.0"}. */
      pick(choice) {
        units.pick(choice);
        mark();
      },
      get choice() { return units.choice(); },
      unmount: () => home.remove(),
    };
    layers.append(make("h2", {}, "Layers"), rows.wide);
    home.append(rows.facts, rows.notes, make("div", { class: "both" }, network, reads), layers);
    root.append(home);
    view.update(data);
    return view;
  };
})();
