// The server's page in Chromium. PAGE_URL: a server; PAGE_URL_KEYED and PAGE_KEY: one with keys;
// PICTURES: folder with photo.jpg (450 x 300), clear.png (transparent) and text.txt;
// SHOTS: folder for screenshots; CHROMIUM: the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";

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
  await page.getByRole("button", { name: "Make variations" }).click();
  await results().nth(0).waitFor();
  assert.equal(await page.locator("#results li").count(), 3);
  assert.ok((await page.locator(".waiting").count()) > 0, "all appeared at once");
  await status("All 3 variations are ready.");
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
  await page.getByRole("button", { name: "Vary variation 1" }).focus();
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
  for (const selector of ["#preview", "#results img"]) {
    const least = await page.locator(selector).evaluate(leastAlpha);
    assert.ok(least < 128, `${selector}: ${least}`);
  }
});

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
  await page.route("**/v1/images/variations", (route) =>
    route.fulfill({ status: 400, json: { error: { message: "Too round.", code: "x" } } }));
  await page.click("#make");
  await alert("Too round.");
  await page.unroute("**/v1/images/variations");
  await page.route("**/v1/images/variations", (route) => route.abort());
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
  await page.route("**/v1/images/variations", (route) => {
    if (refusals === 0) return route.continue();
    refusals -= 1;
    return route.fulfill({ status: 429, headers: { "retry-after": "1" }, json: {} });
  });
  await page.click("#make");
  await status("busy; trying again in 1 s");
  await status("ready");
});

test("a run can be stopped, and keeps what it has", async () => {
  await open();
  await choose();
  await page.fill("#count", "10");
  await page.click("#make");
  await results().nth(0).waitFor();
  await page.click("#stop");
  await status("Stopped after");
  const kept = await results().count();
  assert.ok(kept >= 1 && kept < 10);
  assert.equal(await page.locator("#results li").count(), kept);
  assert.ok(await page.isEnabled("#make"));
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

test("it is dark for those who like it dark, and readable in both", async () => {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme });
    await open();
    await choose();
    await page.screenshot({ path: join(SHOTS, `${scheme}.png`) });
    const worst = await page.evaluate(worstContrast);
    assert.ok(worst.ratio >= 4.5, `${scheme}: ${JSON.stringify(worst)}`);
  }
});

test("every control has a name", async () => {
  await open();
  for (const id of ["file", "count", "size", "strength", "seed", "make"]) {
    const labels = await page.locator(`#${id}`).evaluate((control) =>
      [...(control.labels ?? [])].map((label) => label.textContent).join("") || control.textContent);
    assert.ok(labels.trim(), id);
  }
});

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

/** The text with the least contrast (WCAG 2) to the nearest painted background. */
function worstContrast() {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (item) => {
    for (let at = item; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [...document.querySelectorAll("body *")].filter((item) =>
    item.offsetParent && [...item.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const ratios = texts.map((item) => {
    const pair = [luminance(getComputedStyle(item).color), luminance(ground(item))];
    return { text: item.textContent.slice(0, 40), ratio: (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05) };
  });
  return ratios.sort((one, other) => one.ratio - other.ratio)[0];
}
