// The documentation in Chromium. SITE: its address; PAGES: JSON list of its pages; SHOTS: folder for
// screenshots; CHROMIUM: the browser.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const { SITE, SHOTS, CHROMIUM } = process.env;
const PAGES = JSON.parse(process.env.PAGES);
const LOOKS = [
  { name: "light", viewport: { width: 1200, height: 900 }, colorScheme: "light" },
  { name: "dark", viewport: { width: 1200, height: 900 }, colorScheme: "dark" },
  { name: "narrow", viewport: { width: 390, height: 844 }, colorScheme: "light" },
  { name: "narrow-dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
];
// What a new user wants to know, as they would type it, and where it is told.
const QUESTIONS = [
  ["run a folder of pictures nightly", "tutorial/every-night.html"],
  ["folder every night", "tutorial/every-night.html"],
  ["may have been billed", "faults.html#what-may-have-been-billed-means"],
  ["cost of 1,000 pictures", "costs.html"],
  ["how much 1000 pictures", "costs.html"],
  ["price", "costs.html"],
];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser.close());

/** A page that keeps what it asks of others, and what it complains about. */
async function opened(look) {
  const page = await browser.newPage(look);
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith(SITE) && !/^(data|blob):/.test(request.url())) complaints.push(request.url());
  });
  return { page, complaints };
}

for (const { name, ...look } of LOOKS) {
  test(`every page fits, complete and from this host alone: ${name}`, async () => {
    const { page, complaints } = await opened(look);
    for (const address of PAGES) {
      await page.goto(`${SITE}/${address}`);
      const [wide, broken, scheme] = await page.evaluate(() => [
        document.documentElement.scrollWidth - document.documentElement.clientWidth,
        [...document.images].filter((image) => image.complete && !image.naturalWidth).map((image) => image.src),
        document.body.getAttribute("data-md-color-scheme"),
      ]);
      assert.ok(wide <= 0, `${address} is ${wide} pixels too wide`);
      assert.deepEqual(broken, [], address);
      assert.equal(scheme, look.colorScheme === "dark" ? "slate" : "default");
      await page.screenshot({ path: join(SHOTS, `${address.replaceAll("/", "-")}-${name}.png`) });
    }
    assert.deepEqual(complaints, []);
  });
}

test("what a new user asks is among the first three answers of the search", async () => {
  const { page, complaints } = await opened(LOOKS[0]);
  for (const [question, answer] of QUESTIONS) {
    await page.goto(`${SITE}/index.html`);
    // What is typed before the index has arrived is not looked for.
    await page.locator(".md-search-result__meta", { hasText: "Type to start searching" }).waitFor({ state: "attached" });
    // Keys, not `fill`: the page looks at what was typed when a key is let go.
    await page.locator("[data-md-component=search-query]").pressSequentially(question);
    const isFirst = (wanted) =>
      [...document.querySelectorAll(".md-search-result__item")]
        .slice(0, 3)
        .flatMap((item) => [...item.querySelectorAll("a")].map((link) => link.href.replace(/\?h=[^#]*/, "")))
        .some((link) => link.startsWith(wanted));
    await page.waitForFunction(isFirst, `${SITE}/${answer}`).catch(async () => {
      assert.fail(`${question}: ${await page.locator(".md-search-result__list").innerText()}`);
    });
  }
  assert.deepEqual(complaints, []);
});
