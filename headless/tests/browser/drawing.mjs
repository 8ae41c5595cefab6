// Draws dialogs in Chromium with the component that KNIME draws them with.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SITE = "http://dialog.test/"; // answered here
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A folder with the page that draws dialogs; remove it with `rm` when done. */
export async function bundle() {
  const folder = await mkdtemp(join(tmpdir(), "dialog-"));
  await cp(here("dialog.html"), join(folder, "dialog.html"));
  await build({
    entryPoints: [here("dialog.mjs")],
    bundle: true,
    format: "esm",
    splitting: true, // in one piece, the controls that are loaded later come out empty
    outdir: folder,
    loader: { ".woff2": "dataurl", ".svg": "dataurl" },
    external: ["*.woff"], // the styles name some that the packages do not hold
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return folder;
}

export const remove = (folder) => rm(folder, { recursive: true });

/** Draw a dialog on a page; what goes wrong in its scripts is in `page.errors`. */
export async function draw(page, folder, dialog) {
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(String(error)));
  await page.route(`${SITE}**`, async (route) => {
    const path = join(folder, new URL(route.request().url()).pathname);
    await route.fulfill({ path }).catch(() => route.abort());
  });
  await page.goto(`${SITE}dialog.html`);
  await page.waitForFunction(() => window.draw);
  await page.evaluate((content) => window.draw(content), dialog);
  await page.waitForFunction(() => document.querySelector("#dialog").innerText.trim() !== "");
}
