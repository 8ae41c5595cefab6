// The server's page in Chromium. PAGE_URL: a server; PAGE_URL_KEYED and PAGE_KEY: one with keys;
// PICTURES: folder with photo.jpg (450 x 300), text.txt, and what people try first, FIRST_PICTURES
// (JSON list of names), of which clear.png is transparent;
// SHOTS: folder for screenshots; CHROMIUM: the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { assertAccessible } from "./axe.mjs";

const { PAGE_URL, PAGE_URL_KEYED, PAGE_KEY, PICTURES, SHOTS, CHROMIUM } = process.env;
const PHOTO = join(PICTURES, "photo.jpg");
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 760 };

let browser;
let page;
let complaints;

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser.close());

beforeEach(async () => {
  page = await browser.newPage({ viewport: DESKTOP });
  page.setDefaultTimeout(30_000);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text());
  });
});
afterEach(async () => {
  await page.context().close();
  assert.deepEqual(complaints, []);
});

async function open(url = PAGE_URL) {
  await page.goto(url);
  await page.selectOption("#size", "256x256");
}

async function choose(path = PHOTO) {
  await page.setInputFiles("#file", path);
  await page.waitForSelector("#preview:not([hidden])");
}

/** Writes down what the page shows at each of its changes, as `look` sees it; polls miss some. */
async function watched(selector, look) {
  const watcher = await page.evaluateHandle(`({ look: ${look} })`); // the page itself forbids eval
  const seen = await page.evaluateHandle(([selector, { look }]) => {
    const [element, seen] = [document.querySelector(selector), []];
    new MutationObserver(() => seen.push(look(element)))
      .observe(element, { childList: true, characterData: true, subtree: true });
    return seen;
  }, [selector, watcher]);
  return () => seen.jsonValue();
}

const CALLS = "**/v1/images/variations";
const results = () => page.locator("#results li img");
const status = (text) => page.locator("#status", { hasText: text }).waitFor();
const alert = (text) => page.locator("#error", { hasText: text }).waitFor();

async function pngSize(path) {
  const content = await readFile(path);
  assert.equal(content.subarray(1, 4).toString(), "PNG");
  return [content.readUInt32BE(16), content.readUInt32BE(20)];
}

async function download(number) {
  const event = page.waitForEvent("download");
  await page.getByRole("link", { name: `Download variation ${number}` }).click();
  return event;
}

test("variations appear one after the other and can be downloaded", async () => {
  await open();
  await choose();
  await page.fill("#count", "3");
  await page.fill("#seed", "11");
  const counts = await watched("#results", (list) =>
    ["li", "li img", ".waiting"].map((part) => list.querySelectorAll(part).length));
  await page.getByRole("button", { name: "Make variations" }).click();
  await status("All 3 variations are ready.");
  const some = ([places, made, waiting]) => places === 3 && made > 0 && waiting > 0;
  assert.ok((await counts()).some(some), "all appeared at once");
  assert.equal(await results().count(), 3);
  const file = await download(2);
  assert.equal(file.suggestedFilename(), "photo-11-2.png");
  assert.deepEqual(await pngSize(await file.path()), [256, 256]);
  const widths = await results().evaluateAll((images) => images.map((image) => image.naturalWidth));
  assert.deepEqual(widths, [256, 256, 256]);
  await page.screenshot({ path: join(SHOTS, "desktop.png"), fullPage: true });
});

test("everything works by keyboard, in the order of the page", async () => {
  await open();
  const order = [];
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press("Tab");
    order.push(await page.evaluate(() => document.activeElement.id));
  }
  assert.deepEqual(order, ["file", "count", "size", "strength", "seed", "make"]);
  const outline = await page.evaluate(() => {
    document.getElementById("count").focus();
    return getComputedStyle(document.activeElement).outlineStyle;
  });
  assert.equal(outline, "solid");
  await choose();
  await page.focus("#strength");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.textContent("#strength-value"), "0.55");
  await page.focus("#count");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await status("The variation is ready.");
  await page.getByRole("button", { name: "Vary this: variation 1" }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "make");
  assert.match(await page.textContent("#file-text"), /^photo-\d+-1\.png$/);
  await page.keyboard.press("Enter");
  await page.locator("#results .caption").waitFor();
  await status("The variation is ready.");
});

test("a picture can be dropped and pasted", async () => {
  await open();
  for (const kind of ["drop", "paste"]) {
    await page.evaluate(async (kind) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
      const data = new DataTransfer();
      data.items.add(new File([blob], `${kind}.png`, { type: "image/png" }));
      const event = kind === "drop"
        ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
        : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
      document.getElementById("drop").dispatchEvent(event);
    }, kind);
    await page.locator("#file-text", { hasText: `${kind}.png` }).waitFor();
    const width = await page.locator("#preview").evaluate(async (image) => {
      await image.decode();
      return image.naturalWidth;
    });
    assert.equal(width, 30);
  }
});

test("a transparent picture stays transparent", async () => {
  await open();
  await choose(join(PICTURES, "clear.png"));
  await page.fill("#count", "1");
  await page.click("#make");
  await status("ready");
  for (const selector of ["#preview", "#results li img"]) {
    const least = await page.locator(selector).evaluate(leastAlpha);
    assert.ok(least < 128, `${selector}: ${least}`);
  }
});

for (const name of JSON.parse(process.env.FIRST_PICTURES)) {
  test(`the first variation of ${name}`, async () => {
    await open();
    await page.setInputFiles("#file", join(PICTURES, name));
    await page.locator("#file-text", { hasText: name }).waitFor();
    await page.fill("#count", "1");
    await page.click("#make");
    await status("ready");
    const { size, top, bottom } = await results().evaluate(ends);
    assert.deepEqual(size, [256, 256]);
    if (name === "phone.jpg") { // upright: the sky is above the ground
      assert.ok(top.blue > top.green, JSON.stringify(top));
      assert.ok(bottom.green > bottom.blue, JSON.stringify(bottom));
    }
  });
}

test("mistakes are told where the eye is, and cleared by the next try", async () => {
  await open();
  await page.click("#make");
  await alert("Choose a picture first.");
  assert.equal(await page.evaluate(() => document.activeElement.id), "file");
  await page.setInputFiles("#file", join(PICTURES, "text.txt"));
  await alert("“text.txt” is not a picture that this browser can read.");
  await page.screenshot({ path: join(SHOTS, "error.png") });
  await choose();
  assert.equal(await page.textContent("#error"), "");
  await page.fill("#count", "11");
  await page.click("#make");
  assert.equal(await page.locator("#results li").count(), 0);
});

test("what the server refuses is shown in its words", async () => {
  await open();
  await choose();
  await page.route(CALLS, (route) =>
    route.fulfill({ status: 400, json: { error: { message: "Too round.", code: "x" } } }));
  await page.click("#make");
  await alert("Too round.");
  await page.unroute(CALLS);
  await page.route(CALLS, (route) => route.abort());
  await page.click("#make");
  await alert("The server cannot be reached.");
  assert.equal(await page.locator("#results li").count(), 0);
  assert.ok(await page.isVisible("#empty"));
});

test("a busy server is asked again when it says", async () => {
  await open();
  await choose();
  await page.fill("#count", "1");
  let refusals = 1;
  await page.route(CALLS, (route) => {
    if (refusals === 0) return route.continue();
    refusals -= 1;
    return route.fulfill({ status: 429, headers: { "retry-after": "1" }, json: {} });
  });
  const said = await watched("#status", (line) => line.textContent);
  await page.click("#make");
  await status("ready");
  assert.match((await said()).join("\n"), /busy; trying again in 1 s/);
});

test("a run can be stopped, and keeps what it has", async () => {
  await open();
  await choose();
  await page.fill("#count", "10");
  let calls = 0;
  await page.route(CALLS, (route) => { // all but the first never get an answer
    calls += 1;
    if (calls === 1) route.continue();
  });
  await page.click("#make");
  await results().nth(0).waitFor();
  await page.click("#stop");
  await status("Stopped after");
  const kept = await results().count();
  assert.ok(kept >= 1 && kept < 10);
  assert.equal(await page.locator("#results li").count(), kept);
  assert.equal(await page.getAttribute("#make", "aria-disabled"), "false");
  assert.equal(await page.evaluate(() => document.activeElement.id), "make");
});

test("axe-core finds nothing in any of its states", async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const viewport of [DESKTOP, PHONE]) {
      const look = `${colorScheme}, ${viewport.width} pixels`;
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize(viewport);
      await open(PAGE_URL_KEYED);
      await page.locator("#key").waitFor();
      await assertAccessible(page, `with a key, ${look}`);
      await open();
      await assertAccessible(page, `empty, ${look}`);
      await page.click("#make");
      await alert("Choose a picture first.");
      await assertAccessible(page, `with a message, ${look}`);
      await choose();
      await page.fill("#count", "2");
      await page.click("#make");
      await assertAccessible(page, `at work, ${look}`);
      await status("ready");
      await assertAccessible(page, `with results, ${look}`);
      await page.getByRole("link", { name: "Variation 1 of" }).click();
      await page.locator("#viewer-slider").fill("40");
      await assertAccessible(page, `comparing, ${look}`);
    }
  }
});

test("the focus stays where it was through a run", async () => {
  await open();
  await choose();
  await page.fill("#count", "1");
  let goOn;
  const pressed = new Promise((resolve) => { goOn = resolve; });
  await page.route(CALLS, (route) => pressed.then(() => route.continue()));
  await page.click("#make");
  const focused = () => page.evaluate(() => document.activeElement.id);
  assert.equal(await focused(), "make");
  await page.keyboard.press("Enter"); // does nothing while it works
  goOn();
  await status("ready");
  assert.equal(await focused(), "make");
  assert.equal(await results().count(), 1);
});

test("a variation is enlarged and compared with its source, and the keyboard goes on", async () => {
  await open();
  await choose();
  await page.fill("#count", "2");
  await page.click("#make");
  await status("ready");
  await page.getByRole("link", { name: "Variation 1 of photo.jpg" }).click();
  const caption = page.locator("#viewer-caption");
  assert.match(await caption.innerText(), /Variation 1[^]*1 of 2/);
  const source = await page.locator("#results h3 img").getAttribute("src");
  assert.equal(await page.locator("#viewer-before").getAttribute("src"), source);
  await page.keyboard.press("ArrowRight");
  assert.match(await caption.innerText(), /Variation 2[^]*2 of 2/);
  await page.keyboard.press("Escape");
  await page.locator("#viewer").waitFor({ state: "hidden" });
  // Told of the end only afterwards, the viewer moves the focus on from where the browser put it.
  await page.locator(':focus img[alt="Variation 2 of photo.jpg"]').waitFor();
});

test("earlier runs stay below the last one, are downloaded with it, and can be cleared", async () => {
  await open();
  await choose();
  await page.fill("#count", "1");
  for (const seed of ["21", "22"]) {
    await page.fill("#seed", seed);
    await page.click("#make");
    await page.locator("#results .run").first().filter({ hasText: `seed ${seed}` }).waitFor();
    await status("ready");
  }
  const titles = await page.locator("#results h3").allInnerTexts();
  assert.deepEqual(titles.map((title) => title.split("seed ")[1]), ["22", "21"]);
  const names = [];
  page.on("download", (each) => names.push(each.suggestedFilename()));
  await page.getByRole("button", { name: "Download all" }).click();
  while (names.length < 2) await page.waitForEvent("download");
  assert.deepEqual(names.sort(), ["photo-21-1.png", "photo-22-1.png"]);
  await page.getByRole("button", { name: "Clear" }).click();
  assert.equal(await page.locator("#results li").count(), 0);
  assert.ok(await page.isVisible("#empty"));
});

test("each size is shown whole", async () => {
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await open();
    await page.selectOption("#size", "1024x1024");
    const room = await page.locator("#size").evaluate((select) => {
      const canvas = document.createElement("canvas").getContext("2d");
      const style = getComputedStyle(select);
      canvas.font = style.font;
      const text = canvas.measureText(select.selectedOptions[0].text).width;
      const arrow = 24;
      return select.clientWidth - parseFloat(style.paddingLeft) * 2 - arrow - text;
    });
    assert.ok(room >= 0, `${room} pixels are missing`);
  }
});

test("a server with keys asks for one", async () => {
  await open(PAGE_URL_KEYED);
  await choose();
  await page.fill("#count", "1");
  await page.locator("#key").waitFor();
  await page.click("#make");
  await alert("You didn't provide an API key.");
  await page.fill("#key", PAGE_KEY);
  await page.click("#make");
  await status("ready");
});

test("it fits a phone", async () => {
  await page.setViewportSize(PHONE);
  await open();
  await choose();
  await page.fill("#count", "2");
  await page.click("#make");
  await status("ready");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, PHONE.width);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("button, input:not(.unseen), select, .actions a")]
      .filter((item) => item.offsetParent && item.getBoundingClientRect().height < 32)
      .map((item) => item.id || item.textContent));
  assert.deepEqual(small, []);
  await page.screenshot({ path: join(SHOTS, "phone.png"), fullPage: true });
});

/** A picture's size, and the mean colours of its first and its last rows. */
async function ends(image) {
  await image.decode();
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const mean = (y) => {
    const { data } = context.getImageData(0, y, width, 20);
    const of = (channel) => data.reduce((sum, value, at) => sum + (at % 4 === channel ? value : 0), 0);
    return { green: of(1), blue: of(2) };
  };
  return { size: [width, height], top: mean(0), bottom: mean(height - 20) };
}

/** The least alpha of a picture's pixels, 0 to 255. */
async function leastAlpha(image) {
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((least, value, at) => (at % 4 === 3 ? Math.min(least, value) : least), 255);
}
