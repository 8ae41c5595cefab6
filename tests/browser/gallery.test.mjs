// The gallery page in Chromium. GALLERY: an HTML file with a source and two variations, and one that
// is missing; SHOTS: folder for screenshots; CHROMIUM: the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { assertAccessible } from "./axe.mjs";

const { GALLERY, SHOTS, CHROMIUM } = process.env;

let browser;
let page;
let complaints;

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser.close());

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  page.setDefaultTimeout(30_000);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(pathToFileURL(GALLERY).href);
});
afterEach(async () => {
  await page.context().close();
  assert.deepEqual(complaints, []);
});

test("axe-core finds nothing in any of its states", async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [300, 1000]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 700 });
      const look = `${colorScheme}, ${width} pixels`;
      await assertAccessible(page, look);
      await page.getByRole("link", { name: "Variation 1" }).click();
      await assertAccessible(page, `enlarged, ${look}`);
      await page.locator("#viewer-slider").fill("30");
      await assertAccessible(page, `comparing, ${look}`);
      await page.keyboard.press("Escape");
    }
  }
});

const caption = () => page.locator("#viewer-caption").innerText();

test("a picture is enlarged, and the keyboard goes through all and back to where it was", async () => {
  await page.getByRole("link", { name: "Variation 1" }).click();
  await page.screenshot({ path: join(SHOTS, "gallery-large.png") });
  assert.match(await caption(), /Variation 1[^]*2 of 3/);
  await page.keyboard.press("ArrowRight");
  assert.match(await caption(), /Variation 2[^]*3 of 3/);
  await page.keyboard.press("ArrowRight");
  assert.match(await caption(), /cat\.png[^]*1 of 3/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Escape");
  await page.locator("#viewer").waitFor({ state: "hidden" });
  // Told of the end only afterwards, the viewer moves the focus on from where the browser put it.
  await page.locator(':focus img[alt="Variation 2"]').waitFor();
});

test("a variation is compared with its source, and the source with nothing", async () => {
  await page.getByRole("link", { name: "Variation 1" }).click();
  const source = await page.locator("a.open").first().getAttribute("href");
  assert.equal(await page.locator("#viewer-before").getAttribute("src"), source);
  await page.locator("#viewer-slider").fill("30");
  const clip = await page.locator("#viewer-before").evaluate((image) => image.style.clipPath);
  assert.equal(clip, "inset(0px 0px 0px 30%)");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "cat.png" }).click();
  assert.equal(await page.locator("#viewer-compare").isVisible(), false);
});

test("one is downloaded by its name, or all", async () => {
  await page.getByRole("link", { name: "Variation 2" }).click();
  const [one] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  assert.equal(one.suggestedFilename(), "cat-variation-2.png");
  const content = await readFile(await one.path());
  assert.deepEqual([content.readUInt32BE(16), content.readUInt32BE(20)], [700, 700]);
  await page.getByRole("button", { name: "Close" }).click();
  const names = [];
  page.on("download", (each) => names.push(each.suggestedFilename()));
  await page.getByRole("button", { name: "Download all" }).click();
  while (names.length < 2) await page.waitForEvent("download");
  assert.deepEqual(names.sort(), ["cat-variation-1.png", "cat-variation-2.png"]);
});

for (const scheme of ["light", "dark"]) {
  test(`it fits any window, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme });
    for (const width of [300, 1000]) {
      await page.setViewportSize({ width, height: 700 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} pixels in a window of ${width}`);
      await page.screenshot({ path: join(SHOTS, `gallery-${scheme}-${width}.png`) });
    }
  });
}
