"use strict";
(() => {
  const { make, model, picker } = globalThis.netspec;

  /* Shows a network in an element, as often on one page as there are elements.
   *
   * `data` is what netspec.render.page_data works out. Each choice is told by the event
   * "netspec:choice", whose detail is {layer, unit: {axis: index}, pixel}, and can be given back to
   * `pick`, here or in the view of another network.
   */
  globalThis.netspec.view = (root, data) => {
    const home = make("div", { class: "netspec-view" });
    const own = make("section");
    const told = (detail) => home.dispatchEvent(new CustomEvent("netspec:choice", { bubbles: true, detail }));
    const units = picker(own, told);
    const view = {
      root: home,
      /* Show other data; the picked layer and unit stay where they exist. */
      update(next) {
        view.model = model(next);
        units.update(view.model);
      },
      pick: units.pick,
      get choice() { return units.choice(); },
      unmount: () => home.remove(),
    };
    home.append(own);
    root.append(home);
    view.update(data);
    return view;
  };
})();
