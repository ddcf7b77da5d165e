// node run.mjs BASE [FOLDER]: every page and flow of the console of a server with the demo data. Screenshots of each
// page go to the folder, if one is named. Each check prints a line; the last line says how many there were.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { open } from "./browser.mjs";
import { checks as pages } from "./checks.mjs";
import { records } from "./records.mjs";
import { shell } from "./shell.mjs";

const checks = { ...pages, ...records, ...shell };
const [base, folder] = process.argv.slice(2);
if (folder) mkdirSync(folder, { recursive: true });
let failed = 0;
const only = process.env.ONLY;
for (const [name, check] of Object.entries(checks)) {
  if (only && !name.includes(only)) continue;
  const browser = await open(base);
  try {
    await check(browser, folder);
    assert.deepEqual(await browser.complaints(), [], "the browser complains");
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack}`);
    if (folder) await browser.shot(`${folder}/failed.png`).catch(() => {});
  } finally {
    await browser.quit();
  }
}
console.log(`${Object.keys(checks).length} checks, ${failed} failed`);
process.exit(failed ? 1 : 0);
