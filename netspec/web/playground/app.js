// The page: specs from the menu, a file or a link go into the editor, what netspec says beside it.
import { Checker } from "./checker.js";
import { Editor } from "./editor.js";
import { list } from "./findings.js";
import { MOST, link, linked } from "./link.js";

const $ = (id) => document.getElementById(id);
const before = JSON.parse($("before").textContent);
const limit = () => Number(document.body.dataset.limit); // milliseconds
const LARGEST = 1 << 20;
let view = null, name = before.name;

const say = (text) => { $("said").textContent = text; };
const checker = new Checker(limit, (state) => {
  if (state.starting) $("state").textContent = `starting: ${state.starting} …`;
  if (state.busy === "check") $("state").textContent = "checking …";
  if (state.ready && $("state").textContent.startsWith("starting")) $("state").textContent = "ready";
  if (state.stopped) {
    say(`stopped: this took longer than ${limit() / 1000} s; change the spec to check it again, or run netspec check on it`);
  }
  if (state.failed) {
    $("state").textContent = "not running";
    say(`netspec cannot run here: ${state.failed}`);
  }
});
const ask = (...question) => checker.ask(...question);
const editor = new Editor($("editor"), before.text, ask, check);

async function check(text) {
  const begun = performance.now();
  const answer = await ask("check", text);
  if (!answer || editor.text !== text) return;
  if (answer.refused) return say(`netspec could not check this: ${answer.refused}`);
  const took = performance.now() - begun;
  show(answer);
  $("state").textContent = `checked in ${took.toFixed(0)} ms`;
}

function show(answer) {
  say("");
  editor.show(answer);
  const found = answer.findings;
  const number = found.length ? `${found.length} ${found.length > 1 ? "findings" : "finding"}` : "no findings";
  $("count").textContent = answer.hints ? number : `${number}; the hints at the lines are those of before`;
  list($("findings"), found, {
    go: (line, column) => editor.go(line, column),
    mend: (fix) => editor.mend(editor.view.state.doc, fix),
    ask,
  });
  $("old").textContent = answer.undrawn || "";
  if (!answer.view) return;
  if (view) view.update(answer.view);
  else view = globalThis.netspec.view($("view"), answer.view);
}

/* Another spec into the editor: one of the menu, or at 0 one of elsewhere. */
function take(text, called, at = 0) {
  name = called;
  $("specs").selectedIndex = at;
  say("");
  editor.put(text);
}

async function open(file) {
  if (!file) return;
  if (file.size > LARGEST) return say(`${file.name} is larger than ${LARGEST / 1024} KiB`);
  try {
    take(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()), file.name);
  } catch {
    say(`${file.name} is no text in UTF-8`);
  }
}

async function follow() {
  try {
    const text = await linked(location.hash);
    if (text !== null) take(text, "spec.yaml");
  } catch (error) {
    say(`the link holds no spec: ${error.message}`);
  }
}

$("share").addEventListener("click", async () => {
  const address = await link(editor.text);
  if (!address) return say(`the spec is too long for a link of ${MOST.toLocaleString("en")} characters; download it instead`);
  history.replaceState(null, "", address);
  try {
    await navigator.clipboard.writeText(address);
    say("the link with this spec is copied; nothing of it is sent to a server");
  } catch {
    say("the address of this page holds the spec now; copy it from the address bar");
  }
});
$("save").addEventListener("click", () => {
  const file = document.createElement("a");
  file.href = URL.createObjectURL(new Blob([editor.text], { type: "application/yaml" }));
  file.download = name.split("/").pop();
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 10000);
});
$("fix").addEventListener("click", async () => {
  const text = editor.text, answer = await ask("fixed", text);
  if (!answer || answer.refused || editor.text !== text) return;
  editor.put(answer.text);
  say(answer.made ? `${answer.made} ${answer.made > 1 ? "fixes" : "fix"} made; undo with Ctrl-Z` : "no finding has a safe fix");
});
$("open").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => { open($("file").files[0]); $("file").value = ""; });
document.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); }, true);
document.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  event.stopPropagation();
  open(event.dataTransfer.files[0]);
}, true);
addEventListener("hashchange", follow);

show(before.answer);
say("figures worked out before, until Python has started");
follow().then(() => check(editor.text));

fetch("specs.json").then((got) => got.json()).then((specs) => {
  $("specs").append(...specs.map((one) => new Option(one.name)));
  $("specs").addEventListener("change", () => {
    const at = $("specs").selectedIndex;
    if (at) take(specs[at - 1].text, specs[at - 1].name, at);
  });
  $("specs").selectedIndex = specs.findIndex((one) => one.name === name) + 1;
});
