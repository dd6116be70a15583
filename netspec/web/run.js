"use strict";
/* The page of a run: a cursor over its curves, cells of the matrix that open what is behind them,
 * and its network on one of its images. */
(() => {
  const told = document.getElementById("curves");
  if (told) {
    const { epochs, x, told: said } = JSON.parse(told.textContent);
    const charts = [...document.querySelectorAll(".charts figure")].map((figure) => {
      const svg = figure.querySelector(".chart"), caption = figure.querySelector("figcaption");
      const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
      line.setAttribute("class", "cursor");
      svg.append(line);
      svg.setAttribute("tabindex", "0");
      return { svg, line, caption, title: caption.textContent };
    });
    document.querySelectorAll(".scripted").forEach((one) => { one.hidden = false; });
    let at = null;
    const show = (next) => {
      at = next;
      charts.forEach(({ line, caption, title }, i) => {
        if (at === null) line.removeAttribute("d"); else line.setAttribute("d", `M${x[at]} 26V190`);
        caption.textContent = at === null ? title : `${title}, epoch ${epochs[at]}: ${said[at][i]}`;
      });
    };
    const nearest = (place) => x.reduce((best, one, i) => (Math.abs(one - place) < Math.abs(x[best] - place) ? i : best), 0);
    charts.forEach(({ svg, caption }) => {
      caption.setAttribute("aria-live", "polite");
      const move = (event) => show(nearest(new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x));
      svg.addEventListener("pointermove", move);
      svg.addEventListener("pointerdown", move);
      svg.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && document.activeElement !== svg) show(null); });
      svg.addEventListener("blur", () => show(null));
      svg.addEventListener("keydown", (event) => {
        const last = epochs.length - 1, from = at === null ? last : at;
        const to = { ArrowLeft: at === null ? last : from - 1, ArrowRight: at === null ? 0 : from + 1, Home: 0, End: last, Escape: null }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        show(to === null ? null : Math.max(0, Math.min(last, to)));
      });
    });
  }
  document.querySelectorAll("[data-opens]").forEach((button) => button.addEventListener("click", () => {
    const found = document.getElementById(button.dataset.opens);
    document.querySelectorAll(".mistake[open]").forEach((one) => { if (one !== found) one.open = false; });
    if ("open" in found) found.open = true;
    found.scrollIntoView({ block: "nearest" });
    (found.querySelector("summary") || found).focus();
  }));
  const root = document.getElementById("view");
  if (root) {
    const [data, images] = ["data", "images"].map((id) => JSON.parse(document.getElementById(id).textContent));
    const view = netspec.view(root, { ...data, image: images.length ? images[0][1] : null });
    if (images.length > 1) {
      const { make } = globalThis.netspec, choice = make("select");
      images.forEach(([name], i) => choice.append(make("option", { value: i }, name)));
      choice.addEventListener("change", () => view.update({ ...data, image: images[choice.value][1] }));
      root.before(make("p", { class: "images" }, make("label", {}, "Image of class ", choice)));
    }
  }
})();
