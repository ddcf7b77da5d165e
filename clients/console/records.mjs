// What must hold of the pages of customers and tickets, beside checks.mjs.
import assert from "node:assert/strict";
import { Key, PATIENCE, until } from "./browser.mjs";
import { native } from "./checks.mjs";

const count = async (browser, selector) => (await browser.all(selector)).length;
const goes = async (browser, deed) => {
  await browser.run("window.isOld = true");
  await deed();
  await browser.another();
};
const control = (browser, keys) => goes(browser, () => {
  let actions = browser.driver.actions().keyDown(Key.CONTROL);
  if (keys.shift) actions = actions.keyDown(Key.SHIFT);
  actions = actions.sendKeys(Key.ENTER);
  if (keys.shift) actions = actions.keyUp(Key.SHIFT);
  return actions.keyUp(Key.CONTROL).perform();
});

export const records = {
  async "a customer stands side by side with what each API sends"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/customers",
      { name: "Side <b>Side</b>", emails: ["one@side.example", "two@side.example"], phone: "5", address: { postal_code: "0150" } });
    await browser.signIn();
    await browser.go(`/console/customers/${id}/faces`);
    const row = (label) => browser.run(`return [...document.querySelectorAll(".faces tbody tr")]
      .filter((row) => row.cells[0].innerText.trim() === arguments[0]).map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\\s+/g, " ").trim()))[0]`, label);
    const [bing, everlytic, json, superoffice, trackfinityCell] = (await row("Postal code")).slice(2);
    assert.equal(bing, "CustomerAddress.PostalCode<a:PostalCode>0150</a:PostalCode>");
    assert.equal(everlytic, 'postal_code"postal_code": "0150"');
    assert.equal(json, 'address.postal_code"postal_code": "0150"');
    assert.deepEqual([superoffice, trackfinityCell], ["—", "zipzip=0150"]);
    const seen = async (label) => (await row(label)).slice(2).map((cell) => cell !== "—");
    assert.deepEqual(await seen("E-mail 1"), [false, true, true, true, true]);
    assert.deepEqual(await seen("E-mail 2"), [false, false, true, true, false], "who sees which address");
    assert.deepEqual(await seen("Phone"), [false, true, true, true, false]);
    assert.match((await row("Name"))[2], /Side &lt;b&gt;/);
    const [name] = await browser.all(".faces details summary");
    await name.click();
    assert.ok(await browser.has(".faces details[open] samp"));
    await browser.size(320);
    assert.ok((await browser.overflow()) <= 0);
    assert.deepEqual(await browser.faults(), []);
    await browser.go(`/console/customers/${id}/as/bing_ads`);
    const writes = await browser.text(".writes");
    assert.match(writes, /May change\s+Name Industry CustomerAddress\.City/);
    assert.match(writes, /Never touches\s+E-mail, Phone/);
    assert.match(writes, /209, TimestampNotMatch/);
    assert.deepEqual(await browser.faults(), []);
  },

  async "likely duplicates are marked, found and merged by two keys"(browser) {
    const email = `twin${Date.now()}@twin.example`;
    const twins = [];
    for (const name of ["Twin Uno", "Twin Due"]) {
      twins.push(await native(browser.base, "POST", "/v1/customers", { name, emails: [email.toUpperCase().replace("TWIN", "twin"), `${name[5]}@twin.example`] }));
    }
    await native(browser.base, "POST", "/v1/customers", { name: "Twin Tre", emails: ["alone@twin.example"] });
    await browser.signIn();
    await browser.go("/console/customers?q=twin");
    assert.equal(await count(browser, "tbody .badge.warn"), 2);
    assert.deepEqual(await browser.faults(), []);
    const [view] = await browser.driver.findElements({ linkText: "Duplicates" });
    await goes(browser, () => view.click());
    assert.equal(await browser.text(".views [aria-current]"), "Duplicates");
    const listed = await browser.text("tbody");
    assert.ok(listed.includes("Twin Uno") && listed.includes("Twin Due") && !listed.includes("Twin Tre"));
    assert.match(await browser.text(".count"), /^\d+ → \d+$/);
    await browser.go("/console/customers?q=twin");
    const rows = await count(browser, "table.list tbody tr");
    await goes(browser, () => browser.keys("m"));
    assert.match(await browser.text("main"), /two customers/);
    await browser.go(`/console/customers?q=${encodeURIComponent(email)}`);
    assert.ok(rows >= 3 && (await count(browser, "table.list tbody tr")) === 2);
    await browser.keys("j", Key.SPACE, "j", Key.SPACE);
    assert.equal(await count(browser, "tbody input:checked"), 2);
    await goes(browser, () => browser.keys("m"));
    assert.match(await browser.driver.getCurrentUrl(), new RegExp(`/customers/${twins[0].id}/merge\\?with=${twins[1].id}$`));
    await browser.press("#merge .primary");
    assert.match(await browser.text("main"), new RegExp(`Merged into this one: Twin Due #${twins[1].id}`));
    assert.deepEqual(await browser.faults(), []);
    await browser.press("[action$='/unmerge'] button");
    assert.match(await browser.text(".notice"), /undone/);
  },

  async "words of a search are filters, and what is wrong with them is said"(browser) {
    await native(browser.base, "POST", "/v1/customers", { name: "Wordy Person", address: { city: "Wordtown" }, status: "off" });
    await browser.signIn();
    const shows = async (q) => {
      await browser.go(`/console/customers?q=${encodeURIComponent(q)}`);
      return (await browser.has("tbody")) ? (await browser.text("tbody")).includes("Wordy Person") : false;
    };
    assert.deepEqual([await shows("wordy status:off city:wordtown changed:<1d"), await shows("city:wordtown status:active"),
      await shows("city:wordtown changed:>1d"), await shows("by:demo-admin name:wordy")], [true, false, false, true]);
    await shows("wordy stats:off");
    assert.match(await browser.text(".problem"), /at character 7[^]*did you mean status/);
    assert.equal(await browser.find("form.tools [name=q]").then((field) => field.getAttribute("value")), "wordy stats:off");
    assert.equal(await browser.find("form.tools [name=q]").then((field) => field.getAttribute("aria-invalid")), "true");
    assert.deepEqual(await browser.faults(), []);
    await shows("nobody-is-called-so");
    assert.match(await browser.text("main"), /Nothing found[^]*Show all/);
    assert.deepEqual(await browser.faults(), []);
    await browser.go("/console/customers");
    const all = Number((await browser.text(".count")).match(/^\d+$/));
    assert.ok(all > 50 && (await browser.text(".pages")).includes("1–50"));
    await goes(browser, () => browser.find("[rel=next]").then((next) => next.click()));
    assert.match(await browser.text(".pages"), /51–/);
  },

  async "what was changed together is taken back, and the chosen ones are exported"(browser) {
    const ids = [];
    for (const phone of ["5", "6"]) ids.push((await native(browser.base, "POST", "/v1/customers", { name: "Undo Together", phone })).id);
    const phones = () => Promise.all(ids.map(async (id) => (await native(browser.base, "GET", `/v1/customers/${id}`)).phone));
    const change = async (value) => {
      await browser.go(`/console/customers/edit?id=${ids[0]}&id=${ids[1]}&field=phone&value=${value}`);
      await browser.press("#apply .primary");
    };
    await browser.signIn();
    await change("8");
    assert.deepEqual(await phones(), ["8", "8"]);
    assert.match(await browser.text("[action$='/undo']"), /2 records/);
    await goes(browser, () => browser.keys("z"));
    assert.match(await browser.text(".notice"), /Taken back\./);
    assert.deepEqual(await phones(), ["5", "6"]);
    assert.ok(!(await browser.has("[action$='/undo']")), "once");
    await change("9");
    await native(browser.base, "PATCH", `/v1/customers/${ids[1]}`, { phone: "10" });
    await browser.press("[action$='/undo'] button");
    assert.match(await browser.text(".notice"), /except where somebody changed it/);
    assert.deepEqual(await phones(), ["5", "10"]);
    const csv = await browser.driver.executeAsyncScript(`const done = arguments[0];
      fetch("/console/customers/csv?id=${ids[1]}").then((answer) => answer.text()).then(done)`);
    assert.match(csv, new RegExp(`^id,[^]*\\r\\n${ids[1]},Undo Together,`));
    assert.equal(csv.trim().split("\r\n").length, 2);
  },

  async "a ticket is worked on by keys, and a reply that is refused stays typed"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/tickets", { title: "By keys", customer: 10, external: true });
    await browser.signIn();
    await browser.go(`/console/tickets/${id}`);
    assert.match(await browser.text(".of"), /John Doe #10[^]*came through native · create_ticket/);
    const owner = await browser.find("aside [name=owner]");
    assert.ok((await owner.getRect()).y < 700, "who owns it is seen at once");
    await browser.keys("i", "r", "Seen by us only.");
    await control(browser, {});
    assert.match(await browser.text(".message.internal"), /Seen by us only/);
    await browser.keys("r", "Done.");
    await control(browser, { shift: true });
    assert.match(await browser.text(".badges"), /closed/);
    assert.deepEqual((await native(browser.base, "GET", `/v1/tickets/${id}/messages`)).data.map((message) => message.external), [false, true]);
    const long = "x".repeat(70000);
    await browser.put("#reply [name=text]", long);
    await browser.run(`const field = document.querySelector("#reply [name=text]"); field.value = " ".repeat(4) + "\\u0007" + "kept"`);
    await browser.press("#reply .primary");
    assert.ok(await browser.has("#reply-problem"));
    assert.match(await browser.find("#reply [name=text]").then((field) => field.getAttribute("value")), /kept/);
    assert.deepEqual(await browser.faults(), []);
    assert.equal((await native(browser.base, "GET", `/v1/tickets/${id}/messages`)).data.length, 2);
    for (let at = 0; at < 101; at += 1) await native(browser.base, "POST", `/v1/tickets/${id}/messages`, { text: `Of many ${at}.` });
    await browser.go(`/console/tickets/${id}`);
    assert.ok((await browser.text("main")).includes("Of many 100."), "the last ones are shown");
    assert.ok(!(await browser.text("main")).includes("Seen by us only"));
    await browser.press("[href$='messages=all']");
    assert.ok((await browser.text("main")).includes("Seen by us only"));
  },

  async "files that a session lost are asked for again"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/tickets", { title: "With files", customer: 10 });
    await browser.signIn();
    await browser.go(`/console/tickets/${id}`);
    await browser.type("#reply [name=text]", "See the file.");
    const status = await browser.driver.executeAsyncScript(`const done = arguments[0];
      const form = new FormData(document.getElementById("reply"));
      form.set("file", new File(["a"], "plan.txt"));
      document.querySelector("#reply [name=file]").removeAttribute("name");
      const list = new DataTransfer(); list.items.add(new File(["a"], "plan.txt"));
      const input = document.createElement("input"); input.type = "file"; input.name = "file"; input.files = list.files; input.hidden = true;
      document.getElementById("reply").append(input); done(input.files.length)`);
    assert.equal(status, 1);
    await browser.driver.manage().deleteCookie("samerow_session");
    await browser.press("#reply .primary");
    await browser.type("[name=name]", "admin");
    await browser.type("[name=password]", "demo");
    await browser.press("main form .primary");
    assert.match(await browser.text("main"), /plan\.txt[^]*Files are not kept/);
    assert.deepEqual(await browser.faults(), []);
    await browser.press("main form .primary");
    const { data } = await native(browser.base, "GET", `/v1/tickets/${id}/messages`);
    assert.deepEqual(data.map((message) => message.text), ["See the file."]);
  },

  async "what is ticked in a merge is taken, looked at again or not"(browser) {
    const [one, two] = await Promise.all(["1", "2"].map((phone) =>
      native(browser.base, "POST", "/v1/customers", { name: `Ticked ${phone}`, phone, note: `note ${phone}` })));
    await browser.signIn();
    await browser.go(`/console/customers/${one.id}/merge?with=${two.id}`);
    await browser.find("[name=take][value=phone]").then((box) => box.click());
    await browser.press("#preview button");
    assert.match(await browser.text("#preview"), /Phone 1 2 2/);
    assert.ok(!(await browser.driver.getCurrentUrl()).includes("csrf"));
    await browser.find("[name=take][value=note]").then((box) => box.click());
    await browser.press("#merge .primary");
    const merged = await native(browser.base, "GET", `/v1/customers/${one.id}`);
    assert.deepEqual([merged.phone, merged.note, merged.name], ["2", "note 2", "Ticked 1"]);
  },

  async "a reply to a ticket that is deleted meanwhile is not lost"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/tickets", { title: "Gone soon", customer: 10 });
    await browser.signIn();
    await browser.go(`/console/tickets/${id}`);
    await browser.type("#reply [name=text]", "Typed for long.");
    await native(browser.base, "DELETE", `/v1/tickets/${id}`);
    await browser.press("#reply .primary");
    assert.ok(await browser.has("#reply-problem"));
    assert.equal(await browser.find("#reply [name=text]").then((field) => field.getAttribute("value")), "Typed for long.");
    assert.deepEqual(await browser.faults(), []);
    await browser.press("[action$='/restore'] button");
    assert.match(await browser.text(".notice"), /Restored/);
  },

  async "who only reads is offered no change"(browser) {
    const name = `reader${Date.now()}`;
    await native(browser.base, "POST", "/v1/users", { username: name, password: "a long password", role: "viewer" });
    await browser.signIn(name, "a long password");
    for (const path of ["/console/customers?q=doe", "/console/customers/10", "/console/customers/10/faces", "/console/customers/10/as/bing_ads",
      "/console/customers/10/history", "/console/tickets", "/console/tickets/500"]) {
      await browser.go(path);
      assert.equal(await count(browser, "main form[method=post]:not([action$='/views']) button"), 0, path);
      assert.ok(!(await browser.has("#chosen, [href$='/merge'], [data-key=n]")), path);
      assert.deepEqual(await browser.faults(), [], path);
    }
  },

  async "what was refused because somebody was faster is one click away"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/customers", { name: "Raced", phone: "1" });
    await native(browser.base, "PATCH", `/v1/customers/${id}`, { phone: "2" });
    const late = await fetch(`${browser.base}/Api/CustomerManagement/v11/CustomerManagementService.svc`, { method: "POST",
      headers: { "content-type": "text/xml; charset=utf-8", soapaction: '"UpdateCustomer"' },
      body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header xmlns="https://bingads.microsoft.com/Customer/v11">
        <DeveloperToken>BBD37VB98</DeveloperToken><Password>banken</Password><UserName>demo_bing</UserName></s:Header><s:Body>
        <UpdateCustomerRequest xmlns="https://bingads.microsoft.com/Customer/v11" xmlns:e="https://bingads.microsoft.com/Customer/v11/Entities">
        <Customer><e:Id>${id}</e:Id><e:Industry>Retail</e:Industry><e:Name>Raced</e:Name><e:TimeStamp>AAAAAAAAAAE=</e:TimeStamp></Customer>
        </UpdateCustomerRequest></s:Body></s:Envelope>` });
    assert.equal(late.status, 500);
    await browser.signIn();
    await browser.go("/console/customers");
    const [view] = await browser.driver.findElements({ linkText: "Conflicts" });
    await goes(browser, () => view.click());
    assert.match(await browser.text("#calls"), /UpdateCustomer[^]*500 refused/);
    await browser.go(`/console/customers/${id}`);
    await browser.press("a[href$='inspector?customer=" + id + "']");
    assert.match(await browser.text("#calls"), /UpdateCustomer[^]*500 refused/);
  },

  async "a file that does not arrive is told"(browser) {
    await browser.signIn();
    await browser.go("/console/tickets/502");
    await browser.type("#reply [name=text]", "With a file.");
    await browser.driver.setNetworkConditions({ offline: true, latency: 0, download_throughput: 0, upload_throughput: 0 });
    await browser.run(`const list = new DataTransfer(); list.items.add(new File(["a"], "lost.txt"));
      const input = document.querySelector("[data-files] input"); input.files = list.files;
      input.dispatchEvent(new Event("change", { bubbles: true }))`);
    await browser.until(async () => /lost\.txt: not attached/.test(await browser.text("#reply .files")), "nothing is told");
    assert.ok(!(await browser.has("#reply [name=attachment]")));
    await browser.driver.deleteNetworkConditions();
    await browser.complaints();
  },

  async "one field's history is found among the changes of others"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/customers", { name: "Much Changed", note: "first" });
    for (let at = 0; at < 220; at += 1) await native(browser.base, "PATCH", `/v1/customers/${id}`, { phone: String(at) });
    await browser.signIn();
    await browser.go(`/console/customers/${id}/history?field=note`);
    assert.match(await browser.text(".entries"), /Note\s+unset → first/);
    await browser.go(`/console/customers/${id}/history`);
    assert.equal(await count(browser, ".entry"), 50);
    await goes(browser, () => browser.find("[rel=next]").then((next) => next.click()));
    assert.equal(await count(browser, ".entry"), 50);
  },

  async "customers and tickets are worked on without a script"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/tickets", { title: "No script", customer: 10 });
    await browser.signIn();
    await browser.driver.sendDevToolsCommand("Emulation.setScriptExecutionDisabled", { value: true });
    const press = async (selector) => {
      const before = await browser.find("html");
      await browser.find(selector).then((element) => element.click());
      await browser.driver.wait(until.stalenessOf(before), PATIENCE, `${selector} leads nowhere`);
      await browser.see("main");
    };
    await browser.go(`/console/tickets/${id}`);
    await browser.type("#reply [name=text]", "Plain.");
    await press("#reply .primary");
    assert.match(await browser.text(".message"), /Plain\./);
    await browser.find("aside [name=ticket_status] [value=postponed]").then((option) => option.click());
    await press("#record .primary");
    assert.match(await browser.text(".badges"), /postponed/);
    await browser.go("/console/customers?q=city:oslo");
    assert.ok(await browser.has(".count, main .card"));
    await browser.go("/console/customers/10/faces");
    await browser.find(".faces summary").then((summary) => summary.click());
    assert.ok(await browser.has(".faces details[open]"));
    await browser.driver.sendDevToolsCommand("Emulation.setScriptExecutionDisabled", { value: false });
  },

  async "who erases somebody says why, and what was typed wrong is said"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/customers", { name: "Forget Me Why" });
    await browser.signIn();
    await browser.go(`/console/customers/${id}/erase`);
    await browser.type("[name=confirm]", "1");
    await browser.type("[name=reason]", "Letter 12");
    await browser.press("button.danger");
    assert.match(await browser.text(".problem"), /Nothing was erased/);
    assert.equal(await browser.find("[name=reason]").then((field) => field.getAttribute("value")), "Letter 12");
    assert.deepEqual(await browser.faults(), []);
    await browser.type("[name=confirm]", String(id));
    await browser.press("button.danger");
    assert.match(await browser.text(), /Erased/);
    const { data } = await native(browser.base, "GET", `/v1/audit_entries?filter=subject%20%3D%20${id}`);
    assert.deepEqual(data.map((entry) => [entry.action, entry.reason]), [["erase", "Letter 12"]]);
    assert.ok(!JSON.stringify(data).includes("Forget Me"));
  },
};
