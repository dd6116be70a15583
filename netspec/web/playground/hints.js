// Figures at the ends of lines, which move with their lines until there are new ones.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";

const put = StateEffect.define();

class Hint extends WidgetType {
  constructor(text, about) {
    super();
    Object.assign(this, { text, about });
  }
  eq(other) { return other.text === this.text && other.about === this.about; }
  toDOM() {
    const made = document.createElement("span");
    made.className = "hint";
    made.textContent = this.text;
    made.title = this.about;
    return made;
  }
  ignoreEvent() { return true; }
}

export const hints = StateField.define({
  create: () => Decoration.none,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(put)) return effect.value;
    return shown.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/* The effect that shows hints, as netspec gives them. */
export function showing(doc, found) {
  const made = found.filter(({ line }) => line <= doc.lines).map(({ line, text, about }) =>
    Decoration.widget({ widget: new Hint(text, about), side: 1 }).range(doc.line(line).to));
  return put.of(Decoration.set(made, true));
}
