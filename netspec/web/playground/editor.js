// The editor: YAML with netspec's findings, hints, hovers and completion.
import { autocompletion, closeBrackets, completionKeymap, snippetCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightSpecialChars, hoverTooltip, keymap, lineNumbers, showTooltip } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { hints, showing } from "./hints.js";
import { page } from "./markdown.js";
import { changes, offset, place } from "./places.js";
import { hanging } from "./wrapping.js";

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)" },
  { tag: [tags.comment, tags.meta], color: "var(--dim)", fontStyle: "italic" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
  { tag: [tags.content, tags.literal, tags.number, tags.bool], color: "var(--ink)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--dim)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "0.875rem", color: "var(--ink)", backgroundColor: "var(--paper)" },
  "&.cm-focused": { outline: "2px solid var(--lit)" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)", paddingBottom: "4rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--picked)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--soft)" },
  ".cm-gutters": { backgroundColor: "var(--box)", color: "var(--dim)", borderRight: "1px solid var(--line)" },
  ".hint": { color: "var(--dim)", fontSize: "0.8rem", marginLeft: "2ch", fontStyle: "italic" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--box)", border: "1px solid var(--line)", maxWidth: "min(36rem, 92vw)" },
  ".cm-tooltip .page": { padding: "0 .7rem", maxHeight: "20rem", overflow: "auto", fontSize: "0.85rem" },
  ".page pre, .page code": { fontFamily: "ui-monospace, monospace", background: "var(--soft)" },
  ".page pre": { padding: ".3rem .5rem", overflowX: "auto" },
  ".page a": { color: "var(--lit)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--lit)", color: "var(--paper)" },
  ".cm-diagnostic": { whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".cm-diagnosticAction": { background: "var(--lit)", color: "var(--paper)", font: "inherit", padding: ".1rem .5rem" },
  ".cm-diagnosticSource": { opacity: 1, color: "var(--dim)" },
});

export const titled = (fix) => fix.title + (fix.safe ? "" : " (unsafe)");
const SEVERITY = { error: "error", warning: "warning", note: "info" };

export class Editor {
  /* In an element; `ask` asks netspec, `changed` hears of every new text. */
  constructor(home, text, ask, changed) {
    // In a root of its own the editor's styles are sheets of script, which the policy need not allow.
    const root = home.attachShadow({ mode: "open" });
    Object.defineProperty(home, "value", { get: () => this.text });
    this.ask = ask;
    const here = {
      key: "F2", preventDefault: true,
      run: (view) => {
        this.about(view.state.selection.main.head).then((tip) => view.dispatch({ effects: tell.of(tip) }));
        return true;
      },
    };
    const extensions = [
      lineNumbers(), lintGutter(), highlightSpecialChars(), history(), drawSelection(), highlightActiveLine(),
      EditorState.allowMultipleSelections.of(true), EditorState.tabSize.of(2), indentOnInput(), bracketMatching(), closeBrackets(),
      EditorView.lineWrapping, hanging, yaml(), syntaxHighlighting(colors), look, hints, told,
      hoverTooltip(async (view, at) => {
        const tip = await this.about(at);
        return view.state.field(told) ? null : tip;
      }, { hideOn: (change) => change.effects.some((one) => one.is(tell)) }),
      autocompletion({ override: [(context) => this.complete(context)], icons: false }),
      keymap.of([here, { key: "Escape", run: hide }, ...lintKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.contentAttributes.of({ "aria-label": "Spec", spellcheck: "false" }),
      EditorView.updateListener.of((update) => { if (update.docChanged) changed(this.text); }),
    ];
    this.view = new EditorView({ doc: text, extensions, parent: root, root });
  }

  get text() { return this.view.state.doc.toString(); }

  /* Another text in its place, which can be undone. */
  put(text) {
    const { doc } = this.view.state;
    if (doc.toString() !== text) this.view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
  }

  /* Show what netspec says of the text that is there. */
  show(answer) {
    const { state } = this.view, { doc } = state;
    const found = answer.findings.map((one) => this.diagnostic(doc, one)).sort((a, b) => a.from - b.from);
    if (answer.hints) this.view.dispatch({ effects: showing(doc, answer.hints) });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  diagnostic(doc, { code, severity, message, help, line, column, end_line, end_column, fix }) {
    const ends = line === null ? [0, 0] : [offset(doc, line, column), offset(doc, end_line, end_column)];
    const actions = fix ? [{ name: titled(fix), apply: () => this.mend(doc, fix) }] : [];
    return { from: ends[0], to: Math.max(...ends), severity: SEVERITY[severity], source: code, message: help ? `${message}\nhelp: ${help}` : message, actions };
  }

  /* Make a fix in the text that it was found in. */
  mend(doc, fix) {
    if (!this.view.state.doc.eq(doc)) return;
    this.view.dispatch({ changes: changes(doc, fix.edits), userEvent: "input" });
    this.view.focus();
  }

  go(line, column) {
    this.view.dispatch({ selection: { anchor: offset(this.view.state.doc, line, column) }, scrollIntoView: true });
    this.view.focus();
  }

  async about(at) {
    const { doc } = this.view.state;
    const answer = await this.ask("hover", doc.toString(), ...place(doc, at));
    if (!answer?.text || !this.view.state.doc.eq(doc)) return null;
    const dom = document.createElement("div");
    dom.append(page(answer.text));
    return { pos: at, above: true, create: () => ({ dom }) };
  }

  async complete(context) {
    const { doc } = context.state;
    if (!context.explicit && !context.matchBefore(/[\w$(.-]/)) return null;
    const answer = await this.ask("complete", doc.toString(), ...place(doc, context.pos));
    if (!answer?.choices?.length || context.aborted) return null;
    const options = answer.choices.map(({ label, text, detail, about }, i) => snippetCompletion(
      text.replace(/\$(\d)/g, "#{$1}"), // its ${1:8} are the editor's own
      { label, detail, boost: -i / 100, info: about ? () => page(about) : undefined },
    ));
    return { from: context.pos - answer.choices[0].typed, options, validFor: /^[\w.-]*$/ };
  }
}

const tell = StateEffect.define();
const told = StateField.define({
  create: () => null,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(tell)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : shown;
  },
  provide: (field) => showTooltip.from(field),
});
function hide(view) {
  if (!view.state.field(told)) return false;
  view.dispatch({ effects: tell.of(null) });
  return true;
}
