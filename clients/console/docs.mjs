// node docs.mjs BASE: the page of the native API as a person tries it out, on a server with the demo data.
import assert from "node:assert/strict";
import { open } from "./browser.mjs";

const [base] = process.argv.slice(2);
const browser = await open(base);

// Opens an operation and waits for its form.
async function operation(id) {
  await browser.run("document.getElementById(arguments[0]).open = true", id);
  await browser.see(`#${id} form`);
}

// Fills in fields, sends, and answers what the page then shows.
async function send(id, values) {
  await operation(id);
  for (const [name, value] of Object.entries(values)) await browser.put(`#${id} form [name='${name}']`, value);
  // What was shown before must not be taken for the answer.
  await browser.run("document.querySelector(arguments[0]).textContent = ''", `#${id} form + pre`);
  await browser.run("document.querySelector(arguments[0]).requestSubmit()", `#${id} form`);
  const shown = () => browser.run("return document.querySelector(arguments[0]).textContent", `#${id} form + pre`);
  await browser.until(async () => /\n\n\d{3} |No answer/.test(await shown()), `${id}: no answer`);
  return shown();
}

const status = (answer) => Number(/\n\n(\d{3}) /.exec(answer)?.[1]);
const body = (answer) => JSON.parse(answer.split("\n\n").slice(2).join("\n\n"));

try {
  // An address leads to its operation.
  await browser.go("/docs#read_customer");
  await browser.see("#read_customer[open] form");
  assert.equal(status(await send("read_customer", { id: "10" })), 401, "nobody is signed in yet");
  await browser.type("#token", "demo-admin-token");
  const read = await send("read_customer", { id: "10" });
  assert.equal(status(read), 200);
  assert.equal(body(read).name, "John Doe");
  assert.match(read, /^curl -X GET .*\/v1\/customers\/10/);
  assert.ok(!read.includes("demo-admin-token"), "the token is not shown");

  const listed = body(await send("list_customers", { filter: "id = 191", limit: "2" }));
  assert.deepEqual(listed.data.map((customer) => customer.id), [191]);

  // The body that is there already can be sent as it is.
  const made = await send("create_customer", {});
  assert.equal(status(made), 201, made);
  const id = String(body(made).id);
  const changed = await send("update_customer", { id, body: JSON.stringify({ phone: "021 555" }), "If-Match": '"1"' });
  assert.deepEqual([status(changed), body(changed).phone], [200, "021 555"], changed);
  const stale = await send("update_customer", { id, body: "{}", "If-Match": '"1"' });
  assert.deepEqual([status(stale), body(stale).code], [412, "conflict"], stale);
  assert.equal(status(await send("delete_customer", { id })), 200);
  const events = await send("list_events", { limit: "1" });
  assert.equal(status(events), 200);
  assert.ok(body(events).cursor, events);

  // Every operation has its form.
  const all = await browser.run("return [...document.querySelectorAll('details.operation')].map((one) => one.id)");
  assert.ok(all.length > 150, `${all.length} operations`);
  for (const one of all) await operation(one);
  const forms = await browser.run("return document.querySelectorAll('details.operation form button').length");
  assert.equal(forms, all.length);

  await browser.type("#find", "rotate");
  const left = await browser.run(`return [...document.querySelectorAll('details.operation')]
    .filter((one) => one.offsetParent !== null).map((one) => one.id)`);
  assert.deepEqual(left.sort(), ["rotate_key", "rotate_webhook_secret"]);

  await browser.go("/docs");
  assert.deepEqual(await browser.faults(), [], "not accessible");
  const complaints = (await browser.complaints()).filter((message) => !/status of 412/.test(message));
  assert.deepEqual(complaints, [], "the browser complains");
  console.log(`${all.length} operations: as described`);
} finally {
  await browser.quit();
}
