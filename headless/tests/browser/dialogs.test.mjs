// Dialogs in Chromium, drawn by the component that KNIME draws them with.
// DIALOGS: JSON file with {name: dialog}; SHOTS: folder for screenshots; CHROMIUM: the browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { bundle, draw, remove } from "./drawing.mjs";

const { DIALOGS, SHOTS, CHROMIUM } = process.env;
const PANEL = { width: 400, height: 1000 }; // KNIME's panel is 400 pixels wide
const dialogs = JSON.parse(await readFile(DIALOGS, "utf8"));

let browser;
let folder;

before(async () => {
  folder = await bundle();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  await remove(folder);
});

async function open(dialog) {
  const page = await browser.newPage({ viewport: PANEL });
  await draw(page, folder, dialog);
  return page;
}

/** All controls below these elements, each with its own rules and those of its sections. */
function controls(elements, above = []) {
  return elements.flatMap((element) => {
    const rules = element.rule ? [...above, element.rule] : above;
    const advanced = element.options?.isAdvanced;
    if (advanced) return []; // behind a link that only KNIME draws
    return element.elements ? controls(element.elements, rules) : [{ ...element, rules }];
  });
}

const keys = (scope) => scope.split("/").filter((key) => key !== "#" && key !== "properties");
const value = (data, scope) => keys(scope).reduce((inner, key) => inner[key], data);

function holds(condition, data) {
  const { type, conditions, scope, schema } = condition;
  if (type === "AND") return conditions.every((part) => holds(part, data));
  if (type === "OR") return conditions.some((part) => holds(part, data));
  if (scope === "#") return schema.type[0] === "object";
  if (schema.contains) return value(data, scope).includes(schema.contains.const);
  return schema.oneOf.some((entry) => entry.const === value(data, scope));
}

function isShown(control, data) {
  return control.rules.every(({ effect, condition }) => {
    if (effect === "SHOW") return holds(condition, data);
    return effect !== "HIDE" || !holds(condition, data);
  });
}

/** Every control is there exactly if its rules say so. */
async function compare(page, dialog, data) {
  const text = await page.locator("#dialog").innerText();
  assert.ok(!text.includes("No applicable renderer found."), text);
  assert.ok(!text.includes("(MISSING)"), text);
  for (const control of controls(dialog.ui_schema.elements)) {
    const label = page.getByText(control.label, { exact: true }).locator("visible=true");
    const shown = isShown(control, data);
    await label.first().waitFor({ state: shown ? "visible" : "detached", timeout: 30_000 })
      .catch(() => assert.fail(`${control.label} is ${shown ? "missing" : "shown"} in\n${text}`));
  }
}

for (const [name, dialog] of Object.entries(dialogs)) {
  test(`${name}: all controls are drawn and its switches show and hide others`, async () => {
    const page = await open(dialog);
    const data = structuredClone(dialog.data);
    await compare(page, dialog, data);
    await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
    const all = controls(dialog.ui_schema.elements);
    for (const control of all.filter(({ options }) => options?.format === "boolean")) {
      if (!isShown(control, data)) continue;
      await page.getByText(control.label, { exact: true }).first().click();
      const path = keys(control.scope);
      const parent = value(data, path.slice(0, -1).join("/"));
      parent[path.at(-1)] = !parent[path.at(-1)];
      await compare(page, dialog, data);
    }
    await page.screenshot({ path: join(SHOTS, `${name}-switched.png`), fullPage: true });
    assert.deepEqual(page.errors, []);
    await page.close();
  });
}
