// Lines that are too long go on below, further in than they begin: in YAML the indent says something.
import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin } from "@codemirror/view";

const MOST = 24; // columns: a deeper line would have no room to go on
const GAP = 6; // pixels: what the editor has before a line anyway

const found = ({ state, visibleRanges }) => {
  const made = new RangeSetBuilder();
  let last = 0;
  for (const { from, to } of visibleRanges) {
    for (let at = from; at <= to;) {
      const line = state.doc.lineAt(at);
      const inside = Math.min(/^ *(- +)*/.exec(line.text)[0].length, MOST) + 2;
      const style = `text-indent:-${inside}ch;padding-left:calc(${inside}ch + ${GAP}px)`;
      if (line.number > last) made.add(line.from, line.from, Decoration.line({ attributes: { style } }));
      last = line.number;
      at = line.to + 1;
    }
  }
  return made.finish();
};

export const hanging = ViewPlugin.fromClass(
  class {
    constructor(view) { this.lines = found(view); }
    update(update) { if (update.docChanged || update.viewportChanged) this.lines = found(update.view); }
  },
  { decorations: (plugin) => plugin.lines },
);
