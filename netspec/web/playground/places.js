// Places of netspec, whose columns count characters of Unicode from 1, and those of the editor.

export function offset(doc, line, column) {
  if (line > doc.lines) return doc.length;
  const { from, text } = doc.line(Math.max(line, 1));
  return from + Array.from(text).slice(0, column - 1).join("").length;
}

export function place(doc, at) {
  const line = doc.lineAt(at);
  return [line.number, Array.from(line.text.slice(0, at - line.from)).length + 1];
}

export function changes(doc, edits) {
  return edits.map((edit) => ({
    from: offset(doc, edit.line, edit.column),
    to: offset(doc, edit.end_line, edit.end_column),
    insert: edit.text,
  }));
}
