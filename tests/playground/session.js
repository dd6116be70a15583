// One visit to the playground, as a person would: what was seen comes back. `page` and `args` are given.
const seen = {}, state = page.locator("#state"), said = page.locator("#said"), findings = page.locator("#findings");
const checked = async (act) => {
  await page.evaluate(() => { document.getElementById("state").textContent = "before"; });
  await act();
  await page.waitForFunction(() => document.getElementById("state").textContent.startsWith("checked"));
};
// As a file that is dropped: it takes the place of the whole text.
const put = (text, name = "own.yaml") => page.setInputFiles("#file", { name, mimeType: "text/yaml", buffer: Buffer.from(text) });
const text = (there) => there.evaluate(() => document.getElementById("editor").value);
const codes = () => findings.locator("b").allTextContents();

seen.first = await page.locator("#view select").first().inputValue();
seen.waiting = await said.textContent();
await page.waitForFunction(() => document.getElementById("state").textContent.startsWith("checked"));

await checked(() => put(args.good));
seen.hints = await page.locator("#editor .hint").allTextContents();
seen.view = await page.locator("#view").textContent();
seen.clean = await page.locator("#count").textContent();
seen.violations = await axe();

// What can be written is offered while it is typed.
await page.locator("#editor .cm-content").click();
await page.keyboard.press("Control+End");
await page.keyboard.type("- Conv2");
seen.offered = await page.locator("#editor .cm-tooltip-autocomplete li").first().textContent();
await page.waitForTimeout(200); // before which the editor takes Enter for a line break
await page.keyboard.press("Enter");
await page.waitForFunction(() => document.getElementById("editor").value.includes("{out_channels: 8, kernel_size: 3}"));
seen.accepted = await text(page);
await checked(() => put(args.good));

// Typed at the end of a line: the finding, its mark, its fix by the keyboard alone.
await page.locator("#editor .cm-content").click();
await page.keyboard.press("Control+End");
await checked(() => page.keyboard.type("\n- Conv2d: {out_channels: 2, kernel_size: 31}"));
seen.typed = [await codes(), await findings.textContent(), await page.locator("#editor .cm-lintRange").count(), await page.locator("#old").isVisible()];
seen.marked = await axe();
await page.keyboard.press("F8");
await page.keyboard.press("Home");
for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
await page.keyboard.press("F2");
seen.hover = await page.locator("#editor .cm-tooltip .page").first().textContent();
await page.keyboard.press("Escape");
await findings.locator("summary").first().click();
seen.page = await findings.locator(".page").textContent();

await checked(() => put(args.mended));
await checked(() => findings.getByRole("button", { name: /^(?!line)/ }).first().click());
seen.mended = [await text(page), await codes()];

// A link, and what is opened by it.
await put(args.shared);
await page.click("#share");
await page.waitForFunction(() => location.hash.startsWith("#spec="));
const address = page.url(), [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
const chunks = [];
for await (const chunk of await download.createReadStream()) chunks.push(chunk);
seen.saved = [download.suggestedFilename(), Buffer.concat(chunks).toString()];
const other = await context.newPage();
await other.goto(address);
await other.waitForFunction(() => document.querySelector("#said").textContent === "");
seen.opened = await text(other);
await other.evaluate((cut) => { location.hash = cut; }, new URL(address).hash.slice(0, -9));
await other.waitForFunction(() => document.querySelector("#said").textContent.startsWith("the link"));
seen.cut = await other.locator("#said").textContent();
await other.close();

// A stranger's text: shown, and neither run nor the end of the worker.
await checked(() => put(args.markup));
seen.markup = [await page.evaluate(() => [document.querySelectorAll("img, iframe, main script").length, window.pwned ?? null]), await codes()];
seen.hostile = [];
for (const hostile of args.hostile) {
  await checked(() => put(hostile));
  seen.hostile.push((await codes())[0]);
}
seen.told = await said.textContent();

await page.evaluate(() => { document.body.dataset.limit = "1"; });
await put(args.slow);
await page.waitForFunction(() => document.querySelector("#said").textContent.startsWith("stopped"));
seen.stopped = await said.textContent();
// Python starts anew in seconds, for which a test does not wait; tests/bench/bench_playground.py does.
await page.waitForFunction(() => document.getElementById("state").textContent.startsWith("starting"));
seen.again = await state.textContent();
return seen;
