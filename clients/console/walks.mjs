// node walks.mjs SAMEROW: four first meetings with samerow, followed as they are told to people: the commands that they
// type, the programs that they have, the pages that they look at. Each starts a server of its own.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Key, open } from "./browser.mjs";
import { Place } from "./place.mjs";

const binary = process.argv[2];
// An answer as text; whoever asks says what they expect.
const send = async (url, options) => {
  const answer = await fetch(url, options);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};

const inside = (text, name) => text.match(new RegExp(`<(?:\\w+:)?${name}\\b[^>]*>([^<]*)<`))?.[1];

// The proxy of an old C# program: rpc/encoded, arrays as references.
const superOffice = (base, client) => async (method, body) => {
  const envelope = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:tns="http://vendor.example/ticket.wsdl"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body
    soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">${body}</soap:Body></soap:Envelope>`;
  const headers = { "content-type": "text/xml; charset=utf-8", soapaction: '""', "user-agent": client };
  const { status, text } = await send(`${base}/scripts/SOAP?action=ticket`, { method: "POST", headers, body: envelope });
  assert.equal(status, 200, `${method}: ${text}`);
  return text;
};
const setCustomer = (key, id, field, value) => `<tns:setCustomer><sessionKey xsi:type="xsd:string">${key}</sessionKey>
  <customerId xsi:type="xsd:string">${id}</customerId><customerValues href="#id1" /></tns:setCustomer>
  <soapenc:Array id="id1" soapenc:arrayType="tns:ValuePairStruct[1]"><Item href="#id2" /></soapenc:Array>
  <tns:ValuePairStruct id="id2" xsi:type="tns:ValuePairStruct"><field xsi:type="xsd:string">${field}</field>
  <value xsi:type="xsd:string">${value}</value></tns:ValuePairStruct>`;

const bing = (base, client) => async (operation, body) => {
  const envelope = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
    <s:Header xmlns="https://bingads.microsoft.com/Customer/v11"><DeveloperToken>BBD37VB98</DeveloperToken>
    <Password>banken</Password><UserName>demo_bing</UserName></s:Header><s:Body>
    <${operation}Request xmlns="https://bingads.microsoft.com/Customer/v11"
      xmlns:e="https://bingads.microsoft.com/Customer/v11/Entities">${body}</${operation}Request></s:Body></s:Envelope>`;
  const headers = { "content-type": "text/xml; charset=utf-8", soapaction: `"${operation}"`, "user-agent": client };
  return send(`${base}/Api/CustomerManagement/v11/CustomerManagementService.svc`, { method: "POST", headers, body: envelope });
};
const bingCustomer = ({ id, name, city, stamp }) => `<Customer><e:CustomerAddress><e:City>${city}</e:City>
  <e:CountryCode>US</e:CountryCode><e:Line1>1 Main Rd</e:Line1><e:PostalCode>66666</e:PostalCode></e:CustomerAddress>
  <e:Id>${id}</e:Id><e:Industry>Retail</e:Industry><e:Name>${name}</e:Name><e:TimeStamp>${stamp}</e:TimeStamp></Customer>`;

const trackfinity = (base, body, client) => send(`${base}/api/customer/set_customer_details`, {
  method: "PATCH", body,
  headers: { "api-username": "tf_admin", "api-key": "44b5498dbcb481a0d00b404c0169af62",
    "content-type": "application/x-www-form-urlencoded", "user-agent": client },
});

const native = async (base, method, path, body) => {
  const headers = { authorization: "Bearer demo-admin-token", "content-type": "application/json" };
  const answer = await send(base + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
  return answer.text && JSON.parse(answer.text);
};

const walks = {
  // Somebody has an old C# program; the server that it called was switched off.
  async "an old program runs, and its calls are seen"(place, browse) {
    await place.serve(["--inspector-bodies"]);
    const line = (start) => place.said.split("\n").find((line) => line.trim().startsWith(start)).trim();
    assert.match(line("console"), /http:\/\/127\.0\.0\.1:\d+\/console$/);
    const password = line("first start").match(/user admin, password (\S+):/)[1];
    place.export(line("commands").replace("commands", "").replace("=that", `=${password}`).trim());
    const guide = place.run(`${line("tip").replace("tip", "")} --url ${place.base}`);
    const [url] = guide.match(/http\S+action=ticket(?=";)/);
    place.run(guide.split("\n").find((line) => line.includes("samerow user add")), { input: "banken\n" });
    const [classic, literal] = [...guide.matchAll(/"(http[^"]+action=ticket[^"]*)" /g)].map(([, wsdl]) => wsdl);
    for (const [wsdl, style] of [[`${url}&wsdl`, "rpc"], [classic, "rpc"], [`${literal}&wsdl`, "document"]]) {
      const { status, text } = await send(wsdl);
      assert.equal(status, 200);
      assert.match(text, new RegExp(`style="${style}"`));
      assert.ok(text.includes(`location="${url}`), `${wsdl} is at another address`);
    }
    // The customers come along, under the numbers that the program knows.
    const customers = ["Johnny Test", "Ada Byron"].map((name) => JSON.stringify({ op: "create", value: { name } }));
    const wrong = JSON.stringify({ op: "create", value: { name: "Johnny", address: { country: "Atlantis" } } });
    writeFileSync(join(place.folder, "customers.jsonl"), `${[...customers, wrong].join("\n")}\n`);
    const would = place.run("samerow customer bulk customers.jsonl --each --dry-run", { exit: 1 });
    assert.match(would, /3[^]*country[^]*2 could be stored, 1 refused/i);
    assert.ok(!place.run("samerow customer list").includes("Byron"), "a dry run keeps nothing");
    writeFileSync(join(place.folder, "customers.jsonl"), `${customers.join("\n")}\n`);
    place.run("samerow customer bulk customers.jsonl");
    const id = place.run("samerow customer list --search byron --jsonl").match(/"id":(\d+)/)[1];

    const call = superOffice(place.base, "NightSync/2.3");
    const login = await call("login", `<tns:login><userName xsi:type="xsd:string">egon</userName>
      <password xsi:type="xsd:string">banken</password></tns:login>`);
    assert.equal(inside(login, "errorCode"), "0");
    const key = inside(login, "sessionKey");
    const set = await call("setCustomer", setCustomer(key, id, "cellphone", "022 555"));
    assert.equal(inside(set, "errorCode"), "0");
    const refused = await call("setCustomer", setCustomer(key, id, "mobile", "1"));
    assert.equal(inside(refused, "errorCode"), "17");

    const browser = await browse(place.base);
    await browser.signIn("admin", password);
    await browser.go("/console/inspector?q=NightSync");
    const rows = await Promise.all((await browser.all("#calls tr")).map((row) => row.getText()));
    assert.match(rows[0], /setCustomer[^]*mobile is no field[^]*Nothing was stored\. Did you mean cellphone\?/);
    assert.match(rows[1], /setCustomer[^]*200 ok/);
    assert.match(rows[2], /login[^]*200 ok/);
    await browser.press("#calls tr:nth-child(2) a");
    const page = await browser.text("main");
    assert.match(page, /Mobile phone\s+unset → 022 555/, "the field that changed");
    assert.match(page, /cellphone[^]*022 555/, "the arguments");
    assert.match(page, /errorCode[^]*0/, "the answer");
    assert.ok(!page.includes(key), "no key is shown");
  },

  // Somebody runs it and must answer for the data: keys, retention, a backup that can be trusted, erasure.
  async "one record is kept safe, and forgotten"(place, browse) {
    await place.serve(["--demo", "--demo-customers", "20"]);
    place.export("export SAMEROW_TOKEN=demo-admin-token");
    await trackfinity(place.base, "customer_id=10&zip=66666&city=Erasedville", "BillingSync/4");
    place.run("samerow backup before.backup");
    assert.match(place.run("samerow restore before.backup --verify-only"), /the backup is whole/);
    assert.match(place.run("samerow doctor"), /everything is as it was written/);

    const browser = await browse(place.base);
    await browser.signIn();
    await browser.go("/console/keys/new");
    await browser.type("[name=username]", "nightly");
    await browser.run("document.querySelector('[name=role]').value = 'viewer'");
    await browser.press(".record .primary");
    const key = await browser.text("#secret");
    const reads = async (token) => (await send(`${place.base}/v1/customers/10`,
      { headers: { authorization: `Bearer ${token}` } })).status;
    const id = place.run("samerow key list --jsonl").split("\n").filter(Boolean).map((line) => JSON.parse(line))
      .find((line) => line.username === "nightly").id;
    const next = JSON.parse(place.run(`samerow key rotate ${id} --overlap 60 --json`)).key;
    assert.deepEqual([await reads(key), await reads(next)], [200, 200], "both work for a while");
    place.run(`samerow key revoke ${id}`);
    assert.deepEqual([await reads(key), await reads(next)], [401, 401]);

    place.run("samerow settings update erase_deleted_after_days=30");
    await browser.go("/console/inspector?dialect=trackfinity");
    assert.equal((await browser.all("#calls tr")).length, 1);
    assert.match(place.run("samerow customer erase 10 --dry-run"), /John Doe|customer 10|#10/);
    place.run("samerow customer erase 10 --yes");
    assert.match(place.run("samerow audit list"), /erase/);
    await browser.go("/console/inspector?dialect=trackfinity");
    assert.equal((await browser.all("#calls tr")).length, 1, "that a program called is still known");
    await browser.press("#calls tr a");
    const forgotten = await browser.text("main");
    assert.match(forgotten, /What this call said was forgotten/);
    assert.ok(!forgotten.includes("Erasedville"), "what it said is not");
    const events = place.run("samerow events --jsonl").trim().split("\n").map((line) => JSON.parse(line));
    const its = events.filter(({ kind, id }) => kind === "customer" && id === 10);
    assert.ok(its.some(({ origin }) => origin.client === "BillingSync/4"), "that something changed is kept");
    assert.ok(!JSON.stringify(its).includes("Erasedville"), "what it was is not");
    await browser.go("/console/customers/10");
    assert.match(await browser.text("main"), /erased: nothing is kept of them/);
    assert.match(place.run("samerow doctor"), /everything is as it was written/);
  },

  // Somebody answers customers, and opens a link.
  async "an agent finds a customer, their tickets and who changed what"(place, browse) {
    await place.serve(["--demo", "--ephemeral", "--demo-customers", "20"]);
    const { base } = place;
    await trackfinity(base, "customer_id=10&zip=66666", "BillingSync/4");
    const browser = await browse(base);
    const goes = async (deed) => {
      await browser.run("window.isOld = true");
      await deed();
      await browser.another();
    };
    // The first ten minutes.
    await browser.signIn();
    await browser.keys("/");
    await goes(() => browser.keys("joh", Key.ENTER));
    assert.match(await browser.driver.getCurrentUrl(), /\/customers\/10$/, "one that is found is opened");
    const page = await browser.text("main");
    assert.match(page, /John Doe #10/);
    assert.match(page, /Tickets\s+Audit #501/);
    assert.match(page, /trackfinity tf_admin · set_customer_details · (this minute|\d+ min)[^]*Postal code\s+unset → 66666[^]*BillingSync\/4/);
    await browser.keys("e");
    assert.equal(await browser.focused(), "f-name", "e edits the record");
    await browser.keys(Key.ESCAPE);
    await browser.run("document.activeElement.blur()");
    await goes(() => browser.keys("n"));
    assert.equal(await browser.focused(), "f-title");
    await goes(() => browser.keys("The portal answers 500", Key.ENTER));
    assert.equal(await browser.focused(), "text", "the reply is next");
    await browser.keys("I look into it.");
    await goes(() => browser.keys(Key.TAB, Key.TAB, Key.TAB, Key.ENTER));
    assert.match(await browser.text(".message"), /admin[^]*I look into it\./);

    // The first hour.
    await browser.go("/console/tickets");
    for (const view of ["Open", "Mine", "Waiting"]) {
      const [link] = await browser.driver.findElements({ linkText: view });
      await goes(() => link.click());
      assert.equal(await browser.text(".views [aria-current]"), view);
    }
    await browser.driver.actions().keyDown(Key.CONTROL).sendKeys("k").keyUp(Key.CONTROL).perform();
    await browser.keys("portal answers");
    await browser.until(async () => (await browser.text("#palette")).includes("The portal answers 500"));
    await goes(() => browser.keys(Key.ENTER));
    assert.match(await browser.text("h1"), /The portal answers 500/);
    const twelve = [];
    for (let at = 0; at < 12; at += 1) {
      twelve.push((await native(base, "POST", "/v1/tickets", { title: `Of twelve ${at}`, customer: 11 })).id);
    }
    await browser.go("/console/tickets?q=twelve");
    await browser.find("[data-all]").then((box) => box.click());
    await goes(() => browser.keys("e"));
    await browser.run("document.querySelector('#preview [name=field]').value = 'owner'");
    await goes(() => browser.find("#preview button").then((button) => button.click()));
    const me = (await native(base, "GET", "/v1/users?limit=50")).data.find((user) => user.username === "admin").id;
    await browser.run(`const value = document.querySelector('#preview [name=value]'); value.value = '${me}'`);
    await goes(() => browser.find("#preview button").then((button) => button.click()));
    assert.equal((await browser.all("#apply tbody tr")).length, 12);
    await browser.press("#apply .primary");
    for (const id of twelve) assert.equal((await native(base, "GET", `/v1/tickets/${id}`)).owner, me);

    const johnnys = [];
    for (const phone of ["1", "2"]) {
      johnnys.push((await native(base, "POST", "/v1/customers", { name: "Johnny X", phone, emails: [`j${phone}@x.example`] })).id);
    }
    await browser.go(`/console/customers/${johnnys[0]}`);
    await goes(() => browser.keys("m"));
    await browser.press(`[href$='merge?with=${johnnys[1]}']`);
    await browser.press("#merge .primary");
    // The old number leads to the one that stayed: pages by a link, programs by a sentence.
    const moved = await trackfinity(base, `customer_id=${johnnys[1]}&zip=1`, "BillingSync/4");
    assert.match(moved.text, new RegExp(`Customer ${johnnys[1]} was merged into customer ${johnnys[0]}`));
    await browser.go(`/console/customers/${johnnys[1]}`);
    await browser.press("[action$='/unmerge'] button");
    assert.match(await browser.text(".notice"), /undone/);

    // The first week: why did the address change back?
    const call = bing(base, "legacy-ads.exe");
    const read = async () => (await call("GetCustomer", "<CustomerId>100</CustomerId>")).text;
    const stamp = (text) => text.match(/.*<a:TimeStamp>([^<]+)</)[1];
    const copy = { id: 100, name: "Contoso", city: "Oldtown", stamp: "" };
    await native(base, "PATCH", "/v1/customers/100", { address: { city: "Newtown" } });
    const { status, text, headers } = await call("UpdateCustomer", bingCustomer({ ...copy, stamp: stamp(await read()) }));
    assert.equal(status, 200, text);
    await browser.go("/console/customers/100");
    await browser.press(".entry [href*='field=address.city']");
    assert.match(await browser.text(".entry"), /bing_ads[^]*UpdateCustomer[^]*City\s+Newtown → Oldtown/);
    const link = await browser.driver.getCurrentUrl();
    await browser.press(".entry [action$=revert] button");
    assert.equal((await native(base, "GET", "/v1/customers/100")).address.city, "Newtown");
    await browser.driver.get(link);
    await browser.press(".entry:nth-of-type(2) [href*='/requests/']");
    assert.match(await browser.text("h1"), /UpdateCustomer/);
    assert.match(await browser.text("main"), /<e:City>Oldtown<\/e:City>/);
    assert.equal(await browser.text("main dl code"), headers.get("x-request-id"));
  },

  // Somebody tests a program in CI, against a server that keeps nothing.
  async "a test meets a conflict, and looks at what was asked"(place, browse) {
    await place.serve([], { SAMEROW_EPHEMERAL: "1", SAMEROW_DEMO: "1" });
    const { base } = place;
    assert.match(place.said, /nothing is kept/);
    const call = bing(base, "my-sync/1");
    const stamp = async () => (await call("GetCustomer", "<CustomerId>100</CustomerId>")).text.match(/.*<a:TimeStamp>([^<]+)</)[1];
    // The program under test: it reads, somebody else writes, and it must read again.
    const copy = { id: 100, name: "Johnny X", city: "Oslo" };
    const stale = await stamp();
    await native(base, "PATCH", "/v1/customers/100", { phone: "1" });
    const refused = await call("UpdateCustomer", bingCustomer({ ...copy, stamp: stale }));
    assert.equal(refused.status, 500);
    assert.match(refused.text, /209[^]*TimestampNotMatch/i);
    const done = await call("UpdateCustomer", bingCustomer({ ...copy, stamp: await stamp() }));
    assert.equal(done.status, 200, done.text);
    assert.equal((await native(base, "GET", "/v1/customers/100")).name, "Johnny X");

    const browser = await browse(base);
    await browser.signIn();
    await browser.go("/console/inspector?dialect=bing_ads&q=UpdateCustomer");
    assert.equal((await browser.all("#calls tr")).length, 2, "it read again and repeated");
    assert.match(await browser.text("#calls tr:nth-child(2)"), /500 refused[^]*changed since it was read/);
    // The TrackingId that the program was told opens the call.
    await browser.go(`/console/requests/${inside(refused.text, "TrackingId")}`);
    assert.match(await browser.text("h1"), /UpdateCustomer/);
    // What made the TimeStamp stale, by whom, and the way to it.
    assert.match(await browser.text("section[aria-labelledby=since]"), /after version \d+ was read\s+v\d+ Phone demo-admin · native/);
    const fixture = await browser.driver.executeAsyncScript(`const done = arguments[0];
      fetch(document.querySelector("[href$='/fixture']").href).then((answer) => answer.text()).then(done)`);
    assert.match(fixture, /^# bing_ads · UpdateCustomer[^]*POST \/Api\/CustomerManagement\/v11[^]*---\nHTTP\/1\.1 500/);
    assert.ok(!fixture.includes("banken"), "secrets are left out");
    await browser.press("[href$='/replay']");
    await browser.press("#replay .primary");
    assert.match(await browser.text("#result"), /500[^]*TimestampNotMatch/);
  },
};

let failed = 0;
const only = process.env.ONLY;
for (const [name, walk] of Object.entries(walks)) {
  if (only && !name.includes(only)) continue;
  const place = new Place(binary);
  const browsers = [];
  try {
    await walk(place, async (base) => {
      browsers.push(await open(base));
      return browsers.at(-1);
    });
    for (const browser of browsers) assert.deepEqual(await browser.complaints(), [], "the browser complains");
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack}`);
    if (process.env.SHOT) await browsers.at(-1)?.shot(process.env.SHOT).catch(() => {});
  } finally {
    for (const browser of browsers) await browser.quit();
    await place.leave();
  }
}
console.log(`${Object.keys(walks).length} walks, ${failed} failed`);
process.exit(failed ? 1 : 0);
