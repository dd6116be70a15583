// Runs netspec in Python, apart from the page: one question at a time, each answered in JSON.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const here = (name) => new URL(name, import.meta.url).href;
const say = (message) => self.postMessage(message);

async function started() {
  say({ starting: "fetching Python" });
  const archive = fetch(here("python.zip"));
  const python = await loadPyodide({ indexURL: here("pyodide/"), lockFileURL: here("pyodide/pyodide-lock.json") });
  say({ starting: "loading netspec" });
  const got = await archive;
  if (!got.ok) throw new Error(`python.zip: ${got.status}`);
  python.unpackArchive(await got.arrayBuffer(), "zip", { extractDir: "/site" });
  const made = python.runPython(`
import gc, sys
sys.path.insert(0, "/site")
sys.dont_write_bytecode = True
from netspec.playground.answer import Desk
gc.freeze()
Desk()
`);
  return { made, PythonError: python.ffi.PythonError };
}

const desk = started();
desk.then(() => say({ ready: true }), (error) => say({ failed: String(error) }));

self.onmessage = async ({ data: { ask, args } }) => {
  const { made, PythonError } = await desk;
  try {
    say({ answer: made[ask](...args) });
  } catch (error) {
    // The last line of a traceback says what it was; after what is no error of Python it may not go on.
    say({ refused: String(error.message || error).trim().split("\n").pop(), dead: !(error instanceof PythonError) });
  }
};
