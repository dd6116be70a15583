"use strict";
/* The page of a sweep: one trial at a time stands out, in the lines and in every plot, and is said. */
(() => {
  const block = document.getElementById("trials");
  if (!block) return;
  const told = JSON.parse(block.textContent), status = document.querySelector(".told");
  document.querySelectorAll(".scripted").forEach((one) => { one.hidden = false; });
  const lines = document.querySelector(".parallel"), count = told.length;
  /* Lines stand in the order in which they are drawn, the best last; dots in that of trials. */
  const trial = (thing) => (lines.contains(thing) ? count - 1 - Number(thing.dataset.thing) : Number(thing.dataset.thing));
  const things = [...document.querySelectorAll(".thing")].map((thing) => [trial(thing), thing]);
  let at = null;
  const show = (next) => {
    at = next;
    things.forEach(([one, thing]) => thing.classList.toggle("on", one === at));
    status.textContent = at === null ? "" : told[at];
  };
  things.forEach(([one, thing]) => {
    thing.addEventListener("pointerenter", () => show(one));
    thing.addEventListener("pointerdown", () => show(one));
  });
  lines.setAttribute("tabindex", "0");
  lines.addEventListener("keydown", (event) => {
    const to = { ArrowDown: at === null ? 0 : at + 1, ArrowUp: at === null ? count - 1 : at - 1, Home: 0, End: count - 1, Escape: null }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to === null ? null : Math.max(0, Math.min(count - 1, to)));
  });
})();
