// The findings as a list beside the editor, each with the page of its code and its fix.
import { titled } from "./editor.js";
import { page } from "./markdown.js";

const make = (tag, name, ...inside) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...inside);
  return made;
};
const button = (text, act) => {
  const made = make("button", "", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
};

/* Show them in an element. `acts` are go(line, column), mend(fix) and ask(name, …). */
export function list(home, found, acts) {
  home.replaceChildren(...found.map((one) => {
    const place = one.line === null ? "the spec" : `line ${one.line}`;
    const at = one.line === null ? place : button(place, () => acts.go(one.line, one.column));
    const inside = [at, " ", make("b", "", `${one.severity} ${one.code}`), ` ${one.message}`];
    if (one.help) inside.push(make("span", "help", `help: ${one.help}`));
    if (one.fix) inside.push(button(titled(one.fix), () => acts.mend(one.fix)));
    inside.push(why(one.code, acts.ask));
    return make("li", one.severity, ...inside);
  }));
}

function why(code, ask) {
  const made = make("details", "", make("summary", "", `about ${code}`));
  made.addEventListener("toggle", async () => {
    const answer = await ask("rule", code);
    if (answer?.text) made.replaceChildren(made.firstChild, page(answer.text));
  }, { once: true });
  return made;
}
