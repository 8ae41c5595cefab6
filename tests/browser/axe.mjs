// Accessibility, as axe-core judges it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Nothing on the page breaks a rule of axe-core, experimental ones included. */
export async function assertAccessible(page, state) {
  await page.evaluate(source);
  const found = await page.evaluate(async () => {
    const rules = Object.fromEntries(axe.getRules(["experimental"]).map(({ ruleId }) =>
      [ruleId, { enabled: true }]));
    const { violations } = await axe.run({ rules });
    return violations.map(({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`);
  });
  assert.deepEqual(found, [], state);
}
