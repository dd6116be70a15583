// Starts `netspec lsp` and gives it the YAML files that are open; it keeps quiet about those that
// are no specs.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const SELECTOR = [{ language: "yaml" }, { language: "netspec" }];
const SHOWN = ["hints", "completion", "diagnostics"];
let client;

function settings() {
  const section = vscode.workspace.getConfiguration("netspec");
  return Object.fromEntries(SHOWN.map((name) => [name, section.get(name)]));
}

async function start() {
  const [command, ...args] = vscode.workspace.getConfiguration("netspec").get("command");
  client = new LanguageClient(
    "netspec",
    "netspec",
    { command, args },
    { documentSelector: SELECTOR, initializationOptions: { netspec: settings() } },
  );
  try {
    await client.start();
  } catch (error) {
    const way = "pip install 'netspec[lsp]', or set netspec.command";
    vscode.window.showErrorMessage(`netspec: ${command} did not start (${error.message}); ${way}`);
  }
}

async function restart() {
  const old = client;
  client = undefined;
  await old?.stop().catch(() => {});
  await start();
}

async function configured(event) {
  if (event.affectsConfiguration("netspec.command")) {
    await restart();
  } else if (event.affectsConfiguration("netspec") && client?.isRunning()) {
    await client.sendNotification("workspace/didChangeConfiguration", {
      settings: { netspec: settings() },
    });
  }
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("netspec.restart", restart),
    vscode.workspace.onDidChangeConfiguration(configured),
  );
  await start();
};

exports.deactivate = () => client?.stop();
