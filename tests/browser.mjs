// Runs scripts in pages of one Chromium: a line of JSON in for each, a line of JSON out.
// A script is the body of an async function of (page, args, axe, context).
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [home, executablePath] = process.argv.slice(2);
const require = createRequire(home + "/node_modules/");
const { chromium } = require("playwright-core");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const AsyncFunction = (async () => {}).constructor;

async function run({ url, allowed, script, args, options, limit }) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...options });
  context.setDefaultTimeout(limit);
  const page = await context.newPage(), requests = [], errors = [];
  const known = (to) => /^(data|blob|about):/.test(to) || allowed.some((one) => to.split("#")[0].startsWith(one));
  context.on("request", (request) => { if (!known(request.url())) requests.push(request.url()); });
  await context.route((to) => !known(String(to)), (route) => route.abort());
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  const axe = async (scope = {}) => {
    await page.evaluate(require("axe-core").source);
    const found = await page.evaluate((where) => axe.run(where.context || document, where.options || {}), scope);
    return found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.html + " " + node.failureSummary) }));
  };
  try {
    await page.goto(url);
    const value = await new AsyncFunction("page", "args", "axe", "context", script)(page, args, axe, context);
    return { value: value ?? null, requests, errors };
  } catch (error) {
    return { value: null, requests, errors, failed: String(error.stack || error) };
  } finally {
    await context.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await run(JSON.parse(line))) + "\n");
}
await browser.close();
