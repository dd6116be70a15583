"use strict";
(() => {
  const { make } = globalThis.netspec;
  const text = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const HEADS = ["Layer", "Kind", "Output", "Parameters", "MACs", "Bytes", "Receptive field"];
  const note = ({ severity, code, text: words, line }) => make("p", { class: severity },
    make("b", {}, `${severity} ${code}`), ` ${words}`, line ? make("span", { class: "hint" }, ` line ${line}`) : "");

  /* The layers as a table, with findings at them; those of no layer stand in front. */
  globalThis.netspec.table = (root, pick) => {
    const facts = make("p"), notes = make("div"), body = make("tbody");
    const head = make("tr", {}, ...HEADS.map((one, i) => make("th", { scope: "col", class: i > 2 && i < 6 ? "n" : "" }, one)));
    const wide = make("div", { class: "wide", tabindex: 0, role: "region" },
      make("table", {}, make("thead", {}, head), body));
    let data;
    const bar = (n, most) => {
      const svg = make("svg", { class: "bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" });
      svg.append(make("rect", { width: most ? 100 * n / most : 0, height: 4 }));
      return make("td", { class: "n" }, n.toLocaleString("en"), svg);
    };
    body.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) pick(data.layers[button.value].name);
    });
    return {
      facts, notes, wide,
      /* Show another network. */
      update(next) {
        data = next;
        wide.setAttribute("aria-label", `Layers of ${data.name}`);
        const [params, macs, bytes] = data.totals.map((n) => n.toLocaleString("en"));
        facts.textContent = `${text(data.input)} to ${text(data.output)}, ${params} parameters, ${macs} MACs, ${bytes} bytes of activations`;
        notes.replaceChildren(...data.findings.filter((one) => one.layer === null).map(note));
        const most = [0, 1, 2].map((i) => Math.max(0, ...data.layers.map((layer) => layer.costs[i])));
        body.replaceChildren(...data.layers.map((layer, i) => make("tr", {},
          make("th", { scope: "row" }, make("button", { type: "button", value: i, class: "name" }, layer.name),
            ...data.findings.filter((one) => one.layer === i).map(note)),
          make("td", {}, layer.kind), make("td", {}, text(layer.shape)),
          ...layer.costs.map((n, j) => bar(n, most[j])), make("td", {}, layer.field))));
      },
      /* Mark the row of the picked layer. */
      mark(layer) {
        [...body.rows].forEach((row, i) => (i === layer ? row.setAttribute("aria-current", "true") : row.removeAttribute("aria-current")));
      },
    };
  };
})();
