// Draws what docs/images shows. PLAN: JSON file with {dialogs: {name: dialog}, galleries: {name:
// file}, photo: file, page_url: a server}; WIDTH: of the dialogs; SHOTS: folder; CHROMIUM: the browser.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { bundle, draw, remove } from "../../headless/tests/browser/drawing.mjs";

const { PLAN, WIDTH, SHOTS, CHROMIUM } = process.env;
const { dialogs, galleries, photo, page_url: pageUrl } = JSON.parse(await readFile(PLAN, "utf8"));
const DESKTOP = { width: 1000, height: 640 };
const NARROW = { width: 360, height: 640 };

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });

/** Open a page, let `act` do something with it, and keep what it shows. */
async function shoot(name, look, act) {
  const page = await browser.newPage({ deviceScaleFactor: 1.5, reducedMotion: "reduce", ...look });
  page.setDefaultTimeout(30_000);
  await act(page);
  await page.mouse.move(0, 0);
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => {}))));
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: look.fullPage ?? false });
  await page.close();
}

async function shootDialogs() {
  const folder = await bundle();
  for (const [name, dialog] of Object.entries(dialogs)) {
    const viewport = { width: Number(WIDTH), height: 100 };
    const look = { viewport, deviceScaleFactor: 2, fullPage: true };
    await shoot(`dialogs/${name}`, look, (page) => draw(page, folder, dialog));
  }
  await remove(folder);
}

async function shootGalleries() {
  const open = (name) => (page) => page.goto(pathToFileURL(galleries[name]).href);
  const enlarge = async (page) => {
    await open("variations")(page);
    await page.getByRole("link", { name: "Variation 2" }).click();
  };
  await shoot("gallery/light", { viewport: DESKTOP }, open("variations"));
  await shoot("gallery/dark", { viewport: DESKTOP, colorScheme: "dark" }, open("variations"));
  await shoot("gallery/narrow", { viewport: NARROW }, open("variations"));
  await shoot("gallery/failures", { viewport: DESKTOP }, open("failures"));
  await shoot("gallery/enlarged", { viewport: DESKTOP }, enlarge);
  await shoot("gallery/comparing", { viewport: DESKTOP }, async (page) => {
    await enlarge(page);
    await page.locator("#viewer-slider").fill("50");
  });
}

async function shootPage() {
  const open = (page) => page.goto(pageUrl);
  const make = async (page) => {
    await open(page);
    await page.setInputFiles("#file", photo);
    await page.waitForSelector("#preview:not([hidden])");
    await page.selectOption("#size", "256x256");
    await page.fill("#count", "3");
    await page.fill("#seed", "11");
    await page.click("#make");
    await page.locator("#status", { hasText: "are ready" }).waitFor();
  };
  await shoot("page/light", { viewport: DESKTOP }, open);
  await shoot("page/results", { viewport: DESKTOP, fullPage: true }, make);
  await shoot("page/dark", { viewport: DESKTOP, colorScheme: "dark", fullPage: true }, make);
  await shoot("page/narrow", { viewport: NARROW, fullPage: true }, make);
}

try {
  for (const folder of ["dialogs", "gallery", "page"]) await mkdir(join(SHOTS, folder), { recursive: true });
  await shootDialogs();
  await shootGalleries();
  await shootPage();
} finally {
  await browser.close();
}
