// netspec's pages as elements. Names of a spec are in them: no markup of theirs is markup here.
import MarkdownIt from "markdown-it";

const reader = new MarkdownIt({ html: false, linkify: false }).disable("image");
reader.renderer.rules.link_open = (tokens, at, options, env, self) => {
  tokens[at].attrSet("rel", "noreferrer");
  tokens[at].attrSet("target", "_blank");
  return self.renderToken(tokens, at, options);
};

export function page(text) {
  const made = document.createElement("div");
  made.className = "page";
  made.innerHTML = reader.render(text);
  return made;
}
