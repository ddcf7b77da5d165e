// What must hold of the console. Every check begins with a browser of its own that nobody is signed in to.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Key } from "./browser.mjs";

// The pages that people see: a name for the screenshot, and the address.
export const PAGES = {
  overview: "/console",
  customers: "/console/customers",
  customer: "/console/customers/10",
  faces: "/console/customers/10/faces",
  duplicates: "/console/customers?filter=shared(emails)+or+shared(name,+phone)&sort=name",
  history: "/console/customers/10/history",
  "customer-tickets": "/console/customers/10/tickets",
  "as-superoffice": "/console/customers/10/as/superoffice",
  "as-everlytic": "/console/customers/10/as/everlytic",
  "as-trackfinity": "/console/customers/10/as/trackfinity",
  "as-native": "/console/customers/10/as/native",
  "as-bing-ads": "/console/customers/10/as/bing_ads",
  "new-customer": "/console/customers/new",
  erase: "/console/customers/192/erase",
  tickets: "/console/tickets",
  ticket: "/console/tickets/500",
  "new-ticket": "/console/tickets/new?customer=10",
  companies: "/console/companies",
  inspector: "/console/inspector",
  call: "/console/requests/looked-at",
  replay: "/console/inspector/1/replay",
  merge: "/console/customers/191/merge?with=192",
  "edit-together": "/console/customers/edit?id=10&id=11&field=phone&value=1",
  webhooks: "/console/webhooks",
  "new-webhook": "/console/webhooks/new",
  dialects: "/console/dialects",
  dialect: "/console/dialects/superoffice",
  fields: "/console/fields",
  settings: "/console/settings",
  users: "/console/users",
  "new-user": "/console/users/new",
  keys: "/console/keys",
  key: "/console/keys/1",
  "extra-fields": "/console/extra-fields",
  categories: "/console/categories",
  tenant: "/console/tenants/1",
  sessions: "/console/sessions",
  access: "/console/access",
  account: "/console/account",
  about: "/console/about",
};

export const trackfinity = (base, body, headers = {}) =>
  fetch(`${base}/api/customer/set_customer_details`, {
    method: "PATCH",
    headers: {
      "api-username": "tf_admin", "api-key": "44b5498dbcb481a0d00b404c0169af62",
      "content-type": "application/x-www-form-urlencoded", ...headers,
    },
    body,
  });

export const native = async (base, method, path, body) => {
  const headers = { authorization: "Bearer demo-admin-token", "content-type": "application/json" };
  const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer.json();
};

export const checks = {
  async "every page is accessible, in both colours, and fits a narrow screen"(browser, folder) {
    const wrong = [];
    const look = async (name, path) => {
      for (const colours of ["light", "dark"]) {
        await browser.colours(colours);
        for (const width of [1280, 320]) {
          await browser.size(width);
          await browser.go(path);
          const [faults, over] = [await browser.faults(), await browser.overflow()];
          wrong.push(...faults.map((fault) => `${name} ${colours} ${width}: ${fault}`));
          if (over > 0) wrong.push(`${name} ${width}: ${over} px too wide`);
          const weight = await browser.run(`const of = (kind) => performance.getEntriesByType(kind);
            return [...of("navigation"), ...of("resource")].reduce((sum, entry) => sum + entry.decodedBodySize, 0)`);
          if (weight > 100_000 || weight < 1_000) wrong.push(`${name}: ${weight} bytes`);
          if (folder) await browser.shot(`${folder}/${name}-${colours}-${width}.png`);
        }
      }
    };
    await look("sign-in", "/console/sign-in");
    await browser.signIn();
    await trackfinity(browser.base, "customer_id=10&zip=0150&city=Oslo", { "x-request-id": "looked-at", "user-agent": "BillingSync/4" });
    await trackfinity(browser.base, "customer_id=10&colour=red", { "user-agent": "BillingSync/4" });
    await browser.go("/console/tickets/500");
    await browser.type("#reply [name=text]", "The portal answers again.\nTry it.");
    await browser.press("#reply .primary");
    for (const [name, path] of Object.entries(PAGES)) await look(name, path);
    assert.deepEqual([...new Set(wrong)], []);
  },

  async "who does not sign in sees nothing, and comes where they wanted to go"(browser) {
    await browser.go("/console/customers/10?x=1");
    assert.ok(!(await browser.text()).includes("John"));
    await browser.type("[name=name]", "admin");
    await browser.type("[name=password]", "wrong");
    await browser.press("main form .primary");
    assert.match(await browser.text(".problem"), /Unknown name or wrong password/);
    await browser.type("[name=password]", "demo");
    await browser.press("main form .primary");
    assert.match(await browser.driver.getCurrentUrl(), /\/console\/customers\/10\?x=1$/);
    const cookie = await browser.driver.manage().getCookie("samerow_session");
    assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Strict", "/console"]);
    await browser.press(".menu summary").catch(() => {});
    await browser.run("document.querySelector('form[action$=sign-out]').requestSubmit()");
    await browser.see("[name=password]");
    await browser.go("/console/customers/10");
    assert.ok(await browser.has("[name=password]"));
  },

  async "the keyboard is enough"(browser) {
    await browser.go("/console/sign-in");
    await browser.keys("admin", Key.TAB, "demo");
    await browser.run("window.isOld = true");
    await browser.keys(Key.ENTER);
    await browser.another();
    await browser.keys(Key.TAB);
    assert.equal(await browser.focused(), "#main", "the first stop skips the navigation");
    await browser.keys("/");
    assert.equal(await browser.focused(), "search");
    await browser.run("window.isOld = true");
    await browser.keys("byron", Key.ENTER);
    await browser.another();
    assert.match(await browser.driver.getCurrentUrl(), /\/customers\/191$/, "the only one that is found is opened");
    await browser.go("/console/customers");
    await browser.keys("jjk");
    assert.ok(await browser.has("tbody tr:nth-child(1).here"));
    await browser.run("window.isOld = true");
    await browser.keys("j", Key.ENTER);
    await browser.another();
    assert.match(await browser.driver.getCurrentUrl(), /\/customers\/10$/);
    await browser.keys("?");
    assert.ok(await browser.has("dialog#keys[open]"));
    await browser.keys(Key.ESCAPE);
    assert.ok(!(await browser.has("dialog#keys[open]")));
    await browser.driver.actions().keyDown(Key.CONTROL).sendKeys("k").keyUp(Key.CONTROL).perform();
    await browser.keys("contoso");
    await browser.until(async () => (await browser.text("#palette")).includes("Contoso"));
    assert.deepEqual(await browser.faults(), []);
    await browser.run("window.isOld = true");
    await browser.keys(Key.ENTER);
    await browser.another();
    assert.match(await browser.driver.getCurrentUrl(), /\/customers\/100$/);
  },

  async "what a record holds is shown as text"(browser) {
    const bad = "<script>window.bad=1</script>\"'><img src=x onerror=window.bad=1>";
    const long = "x".repeat(10000);
    await native(browser.base, "PATCH", "/v1/customers/192", {
      name: bad, first_name: "\u202Eevil\u202C", last_name: "שלום", note: `${bad}\n${long}`, custom1: bad,
    });
    await browser.signIn();
    for (const path of ["/console", "/console/customers?q=192", "/console/customers/192", "/console/customers/192/history",
      "/console/customers/192/as/native", "/console/customers/192/as/superoffice", "/console/customers/192/erase"]) {
      await browser.size(320);
      await browser.go(path);
      assert.ok((await browser.text()).includes("window.bad=1"), path);
      assert.equal(await browser.run("return window.bad"), null, path);
      assert.ok((await browser.overflow()) <= 0, path);
      assert.deepEqual(await browser.faults(), [], path);
    }
    const value = await browser.go("/console/customers/192").then(() => browser.find("[name=note]"));
    assert.equal(await value.getAttribute("value"), `${bad}\n${long}`);
    await browser.press(".record .primary");
    const { version } = await native(browser.base, "GET", "/v1/customers/192");
    assert.equal((await browser.text(".badges")).match(/version (\d+)/)[1], String(version));
    const { data } = await native(browser.base, "GET", "/v1/customers/192/history?limit=1");
    assert.equal(data[0].origin.dialect, "native", "what is saved as it was changes nothing");
  },

  async "the second of two editors loses nothing and overwrites nothing"(browser) {
    await browser.signIn();
    await browser.go("/console/customers/11");
    await native(browser.base, "PATCH", "/v1/customers/11", { phone: "111", note: "theirs" });
    await browser.type("[name=phone]", "222");
    await browser.type("[name=mobile_phone]", "333");
    await browser.press(".record .primary");
    assert.match(await browser.text(".warning"), /Somebody else changed this record/);
    assert.match(await browser.text(".field.conflict"), /111/);
    assert.equal(await (await browser.find("[name=phone]")).getAttribute("value"), "222");
    assert.equal(await (await browser.find("[name=note]")).getAttribute("value"), "theirs");
    const between = await native(browser.base, "GET", "/v1/customers/11");
    assert.deepEqual([between.phone, between.mobile_phone], ["111", null]);
    assert.deepEqual(await browser.faults(), []);
    await browser.press(".record .primary");
    const after = await native(browser.base, "GET", "/v1/customers/11");
    assert.deepEqual([after.phone, after.mobile_phone, after.note], ["222", "333", "theirs"]);
    const { data } = await native(browser.base, "GET", "/v1/customers/11/history?limit=1");
    assert.deepEqual([data[0].origin.dialect, data[0].origin.credential], ["console", "admin"]);
    await browser.press("[action$=revert] button");
    assert.match(await browser.text(".notice"), /earlier value/);
  },

  async "a session that ends loses nothing that was typed"(browser) {
    await browser.signIn();
    await browser.go("/console/customers/100");
    await browser.type("[name=phone]", "0047 99");
    await browser.driver.manage().deleteCookie("samerow_session");
    await browser.press(".record .primary");
    assert.match(await browser.text(".warning"), /session has ended/);
    await browser.type("[name=name]", "admin");
    await browser.type("[name=password]", "demo");
    await browser.press("main form .primary");
    assert.match(await browser.text(), /0047 99/);
    await browser.press("main form .primary");
    assert.match(await browser.text(".notice"), /Saved/);
    assert.equal((await native(browser.base, "GET", "/v1/customers/100")).phone, "0047 99");
  },

  async "a form that is sent twice makes one record"(browser) {
    await browser.signIn();
    await browser.go("/console/customers/new");
    await browser.type("[name=first_name]", "Twice");
    await browser.type("[name=last_name]", "Sent");
    const two = await browser.driver.executeAsyncScript(`const done = arguments[0];
      const form = document.getElementById("record");
      const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      Promise.all([send(), send()]).then((answers) => done(answers.map((a) => a.url)))`);
    assert.equal(two[0], two[1]);
    await browser.go("/console/customers?q=Twice");
    assert.equal((await browser.all("table.list tbody tr")).length, 1);
  },

  async "a wrong value is refused at its field and kept"(browser) {
    await browser.signIn();
    await browser.go("/console/customers/7");
    await browser.type("[name='address.country']", "Atlantis");
    await browser.press(".record .primary");
    assert.equal(await (await browser.find("[name='address.country']")).getAttribute("aria-invalid"), "true");
    assert.equal(await (await browser.find("[name='address.country']")).getAttribute("value"), "Atlantis");
    assert.deepEqual(await browser.faults(), []);
    await browser.go("/console/customers?filter=colour+%3D+1");
    assert.match(await browser.text(".problem"), /no field/);
    assert.deepEqual(await browser.faults(), []);
    await browser.go("/console/customers/999999");
    assert.match(await browser.text("h1"), /Not found/);
    assert.deepEqual(await browser.faults(), []);
  },

  async "a customer is locked, deleted, restored and erased"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/customers", { name: "Forget Me", emails: ["f@example.com"] });
    await browser.signIn();
    await browser.go(`/console/customers/${id}`);
    await browser.press("[action$='/lock'] button");
    assert.match(await browser.text(".badges"), /locked/);
    await browser.press("[action$='/unlock'] button");
    await browser.press("[action$='/delete'] button");
    assert.match(await browser.text(".badges"), /deleted/);
    assert.ok(!(await browser.has(".record .primary")));
    await browser.press("[action$='/restore'] button");
    await browser.press(".danger");
    assert.match(await browser.text(), /Forget Me/);
    await browser.type("[name=confirm]", String(id));
    await browser.press("button.danger");
    assert.match(await browser.text(), /Erased/);
    await browser.go(`/console/customers?q=Forget&deleted=true`);
    assert.ok(!(await browser.text("main")).includes("Forget Me"));
  },

  async "the language and the colours are remembered"(browser) {
    await browser.signIn();
    await browser.go("/console/customers?q=ada");
    await browser.find(".top .menu summary").then((menu) => menu.click());
    await browser.press("[name=language][value=nb]");
    assert.equal(await browser.text("h1"), "Kunder");
    assert.match(await browser.driver.getCurrentUrl(), /q=ada$/);
    assert.equal(await browser.run("return document.documentElement.lang"), "nb");
    await browser.find(".top .menu summary").then((menu) => menu.click());
    await browser.press("[name=theme][value=dark]");
    const colour = await browser.run("return getComputedStyle(document.body).backgroundColor");
    assert.equal(colour, "rgb(17, 21, 22)");
    assert.deepEqual(await browser.faults(), []);
  },

  async "a ticket is answered, with a file, and closed"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/tickets", { title: "It hurts", customer: 10, external: true });
    await browser.signIn();
    await browser.go(`/console/tickets/${id}`);
    await browser.type("#reply [name=text]", "Only we\n<b>see</b> this.");
    await browser.find("#reply [name=internal]").then((box) => box.click());
    await browser.press("#reply .primary");
    assert.ok(await browser.has(".message.internal"));
    assert.match(await browser.text(".message.internal"), /<b>see<\/b>/);
    await browser.run(`const file = new File(["a;b"], "résumé.csv", { type: "text/csv" });
      const list = new DataTransfer(); list.items.add(file);
      const input = document.querySelector("[data-files] input"); input.files = list.files;
      input.dispatchEvent(new Event("change", { bubbles: true }))`);
    await browser.see("#reply [name=attachment]");
    await browser.type("#reply [name=text]", "Here it is.");
    await browser.press("#reply [name=close]");
    assert.match(await browser.text(".badges"), /closed/);
    const { data } = await native(browser.base, "GET", `/v1/tickets/${id}/messages`);
    assert.deepEqual(data.map((message) => message.external), [false, true]);
    const file = await browser.driver.executeAsyncScript(`const done = arguments[0];
      fetch(document.querySelector(".message .files a").href).then(async (answer) => done([await answer.text(),
        answer.headers.get("content-disposition"), answer.headers.get("content-security-policy")]))`);
    assert.equal(file[0], "a;b");
    assert.match(file[1], /^attachment/);
    assert.match(file[2], /sandbox/);
  },

  async "the inspector shows each call as it comes, why it was refused, and no secret"(browser) {
    await browser.signIn();
    await browser.go("/console/inspector");
    await browser.until(async () => (await browser.text("[data-live]")).includes("live"));
    const before = (await browser.all("#calls tr")).length;
    const said = "customer_id=191&zip=66666&password=canary-secret";
    await trackfinity(browser.base, said, { "x-request-id": "seen-live", "user-agent": "<b>Canary</b>/1" });
    await browser.until(async () => (await browser.all("#calls tr")).length > before, "no call comes");
    assert.match(await browser.text("#calls tr"), /set_customer_details <b>Canary<\/b>\/1 191 200 ok/);
    assert.match(await browser.text("#calls tr td"), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    await browser.press("#calls tr a");
    const page = await browser.text("main");
    assert.match(page, /zip=66666/);
    assert.match(await browser.text("#arguments"), /customer_id\s+191\s+zip\s+66666\s+password\s+•••/);
    assert.match(await browser.text("#hidden"), /api-key, password/);
    assert.match(page, /Postal code/);
    assert.ok(!(await browser.run("return document.documentElement.outerHTML")).includes("canary-secret"));
    assert.deepEqual(await browser.faults(), []);
    await browser.press("#changes ~ h3 a");
    await browser.press(".entry a[href*='/requests/seen-live']");
    assert.match(await browser.text("h1"), /set_customer_details/);
    await trackfinity(browser.base, "customer_id=191", { "x-request-id": "refused-one" });
    await browser.go("/console/inspector?outcome=refused&dialect=trackfinity&q=refused-one");
    assert.equal((await browser.all("#calls tr")).length, 1);
    assert.match(await browser.text("#calls tr"), /At least one parameter/);
    for (const [id, call, said] of [
      ["n-empty", trackfinity(browser.base, "customer_id=191&zip=1&city=&colour=red", { "x-request-id": "n-empty" }),
        /"city": empty, which changes nothing[^]*"colour": no parameter/],
      ["n-bad", trackfinity(browser.base, "customer_id=191", { "x-request-id": "n-bad" }), /404 is the vendor's answer to a parameter/],
      ["n-rest", fetch(`${browser.base}/api/2.0/customers/191`, { headers: { "x-request-id": "n-rest" } }), /HTTP Basic/],
      ["n-rpc", fetch(`${browser.base}/api/2.0/xmlrpc`, { method: "POST", headers: { "x-request-id": "n-rpc", "content-type": "text/xml" },
        body: "<methodCall><methodName>GetCustomer</methodName></methodCall>" }), /fault with HTTP status 200/],
      ["n-native", fetch(`${browser.base}/v1/customers/191`, { headers: { "x-request-id": "n-native" } }), /unauthenticated: /],
      ["n-bing", fetch(`${browser.base}/Api/CustomerManagement/v11/CustomerManagementService.svc`, { method: "POST",
        headers: { "x-request-id": "n-bing", "content-type": "text/xml", soapaction: '"GetCustomer"' },
        body: "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><GetCustomerRequest xmlns='https://bingads.microsoft.com/Customer/v11'/></s:Body></s:Envelope>" }),
        /every fault with HTTP status 500: its code is 116/],
    ]) {
      await call;
      await browser.go(`/console/requests/${id}`);
      assert.match(await browser.text("#contract + *"), said, id);
    }
    // Live goes on under a search, and after what was there is cleared away.
    await browser.go("/console/inspector?dialect=trackfinity&q=client:filtered+outcome:!refused");
    const goesOn = () => browser.until(async () => (await browser.text("[data-live]")).includes("live"));
    const shows = (program) => browser.until(async () => (await browser.text("#calls")).includes(program), program);
    await goesOn();
    const by = (program, id) => trackfinity(browser.base, "customer_id=191&zip=1", { "user-agent": program, "x-request-id": id });
    await by("Other/1", "f-1");
    await by("Filtered/1", "f-2");
    await shows("Filtered/1");
    assert.equal((await browser.all("#calls tr")).length, 1);
    const pause = async () => (await browser.find("[data-live] button")).click();
    await pause();
    assert.match(await browser.text("[data-live]"), /paused/);
    await pause();
    assert.match(await browser.text("[data-live]"), /live/);
    await browser.press("[data-clear]");
    assert.equal((await browser.all("#calls tr")).length, 0);
    assert.match(await browser.text(".head"), /Only calls after/);
    await goesOn();
    await by("Filtered/2", "f-3");
    await shows("Filtered/2");
    assert.ok(!(await browser.text("#calls")).includes("Filtered/1"));
    assert.match(await browser.text("#calls tr td:nth-child(5)"), /^191$/);
    await browser.go("/console/inspector?q=clint:x");
    assert.match(await browser.text(".problem"), /is no word of a search/);
    assert.deepEqual(await browser.faults(), []);
    await browser.go("/console/requests/never-sent");
    assert.match(await browser.text("h1"), /Not found/);
  },

  async "a call is sent again: first as a dry run, then for good"(browser) {
    const before = await native(browser.base, "GET", "/v1/customers/1003");
    await trackfinity(browser.base, "customer_id=1003&zip=77777&password=canary-secret", { "x-request-id": "to-replay" });
    await native(browser.base, "PATCH", "/v1/customers/1003", { address: { postal_code: "1" } });
    const { version } = await native(browser.base, "GET", "/v1/customers/1003");
    assert.ok(version > before.version);
    await browser.signIn();
    await browser.go("/console/requests/to-replay");
    await browser.press("[href$='/replay']");
    assert.match(await browser.find("[name=body]").then((body) => body.getAttribute("value")), /zip=77777/);
    await browser.put("[name=body]", "customer_id=1003&zip=88888");
    await browser.press("#replay .primary");
    assert.match(await browser.text("#result"), /Postal code\s+1 → 88888/);
    assert.match(await browser.text("#result"), /200 OK[^]*true/);
    assert.deepEqual(await browser.faults(), []);
    assert.equal((await native(browser.base, "GET", "/v1/customers/1003")).version, version, "a dry run keeps nothing");
    await browser.press("[name=for_good]");
    assert.match(await browser.text(".problem"), /Nothing was sent/);
    await browser.find("[name=confirmed]").then((box) => box.click());
    await browser.press("[name=for_good]");
    assert.match(await browser.text(".badge.ok"), /200/);
    const after = await native(browser.base, "GET", "/v1/customers/1003");
    assert.deepEqual([after.version, after.address.postal_code], [version + 1, "88888"]);
    const { data } = await native(browser.base, "GET", "/v1/customers/1003/history?limit=1");
    assert.deepEqual([data[0].origin.dialect, data[0].origin.credential], ["trackfinity", "admin"]);
    assert.match(data[0].origin.client, /^replay of #/);
  },

  async "two records of one customer become one, and two again"(browser) {
    const made = await native(browser.base, "POST", "/v1/customers", { name: "Grace Hopper", emails: ["grace@example.com"], phone: "1" });
    const other = await native(browser.base, "POST", "/v1/customers",
      { name: "G. Hopper", emails: ["hopper@example.com"], phone: "2", note: "theirs" });
    await browser.signIn();
    await browser.go(`/console/customers/${made.id}/merge?q=hopper`);
    await browser.press(`[href$='merge?with=${other.id}']`);
    assert.match(await browser.text("#preview"), /Note\s+theirs\s+theirs/);
    assert.deepEqual(await browser.faults(), []);
    await browser.find("[name=take][value=phone]").then((box) => box.click());
    await browser.press("#preview button");
    assert.match(await browser.text("#preview"), /Phone 1 2 2/);
    assert.equal((await native(browser.base, "GET", `/v1/customers/${made.id}`)).version, made.version, "only looked at");
    await browser.press("#merge .primary");
    assert.match(await browser.text(".notice"), /one now/);
    const one = await native(browser.base, "GET", `/v1/customers/${made.id}`);
    assert.deepEqual([one.phone, one.note, one.emails], ["2", "theirs", ["grace@example.com", "hopper@example.com"]]);
    await browser.go(`/console/customers/${other.id}`);
    assert.match(await browser.text("main"), new RegExp(`merged into #${made.id}`));
    assert.deepEqual(await browser.faults(), []);
    await browser.press("[action$='/unmerge'] button");
    assert.match(await browser.text(".notice"), /undone/);
    assert.equal((await native(browser.base, "GET", `/v1/customers/${made.id}`)).phone, "1");
  },

  async "one field of many records is changed together, once it was looked at"(browser) {
    const ids = [];
    for (const phone of ["5", "6", "7"]) {
      ids.push((await native(browser.base, "POST", "/v1/customers", { name: "Many Together", phone })).id);
    }
    await browser.signIn();
    await browser.go("/console/customers?filter=name+%3D+%22Many+Together%22");
    for (const id of ids.slice(0, 2)) await browser.find(`[name=id][value="${id}"]`).then((box) => box.click());
    await browser.press("#chosen button");
    await browser.run("document.querySelector('#preview [name=field]').value = 'phone'");
    await browser.type("#preview [name=value]", "8");
    await browser.press("#preview button");
    assert.match(await browser.text("#apply"), /Many Together 5 8/);
    assert.deepEqual(await browser.faults(), []);
    const phones = async () =>
      Promise.all(ids.map(async (id) => (await native(browser.base, "GET", `/v1/customers/${id}`)).phone));
    assert.deepEqual(await phones(), ["5", "6", "7"]);
    await native(browser.base, "PATCH", `/v1/customers/${ids[1]}`, { note: "meanwhile" });
    await browser.press("#apply .primary");
    assert.match(await browser.text(".problem"), /Not everything was changed/);
    assert.deepEqual(await phones(), ["5", "6", "7"], "all or none");
    await browser.press("#apply .primary");
    assert.deepEqual(await phones(), ["8", "8", "7"]);
  },

  async "a view is kept under its name"(browser) {
    await browser.signIn();
    await browser.go("/console/customers?q=byron&sort=-id");
    await browser.type(".views [name=name]", "Poets & <b>co</b>");
    await browser.press("[action$='/views'] button");
    assert.match(await browser.text(".views ul"), /Poets & <b>co<\/b>/);
    await browser.go("/console/customers");
    await browser.driver.findElements({ linkText: "Poets & <b>co</b>" }).then(async ([link]) => {
      await browser.run("window.isOld = true");
      await link.click();
      await browser.another();
    });
    assert.match(await browser.driver.getCurrentUrl(), /q=byron&sort=-id$/);
    assert.deepEqual(await browser.faults(), []);
    await browser.press("[action$='/views/forget'] button");
    assert.ok(!(await browser.text(".views")).includes("Poets"));
  },

  async "whoever edits sees at once what others change, and a lost connection loses nothing"(browser) {
    await browser.signIn();
    await browser.go("/console/customers/1004");
    await browser.type("[name=phone]", "0047 12");
    // The stream may begin after a change: it is made again until it is told.
    await browser.until(async () => {
      await native(browser.base, "PATCH", "/v1/customers/1004", { note: `seen ${Date.now()}` });
      return (await browser.text("[data-watch]")).includes("Note");
    }, "the change is not told");
    assert.match(await browser.text("[data-watch]"), /native changed this record just now/);
    assert.equal(await browser.find("[name=phone]").then((field) => field.getAttribute("value")), "0047 12");
    await browser.driver.setNetworkConditions({ offline: true, latency: 0, download_throughput: 0, upload_throughput: 0 });
    await browser.find(".record .primary").then((button) => button.click());
    await browser.until(async () => !(await browser.has("#record")), "nothing is sent");
    await browser.driver.deleteNetworkConditions();
    await browser.complaints();
    await browser.go("/console/customers/1004");
    assert.match(await browser.text("[data-kept]"), /was not stored/);
    await browser.find("[data-kept] button").then((button) => button.click());
    assert.equal(await browser.find("[name=phone]").then((field) => field.getAttribute("value")), "0047 12");
    await browser.press(".record .primary");
    assert.equal((await native(browser.base, "GET", "/v1/customers/1004")).phone, "0047 12");
    assert.ok(!(await browser.has("[data-kept]")));
  },

  async "a record that is deleted while it is edited keeps what was typed"(browser) {
    const { id } = await native(browser.base, "POST", "/v1/customers", { name: "Gone Meanwhile" });
    await browser.signIn();
    await browser.go(`/console/customers/${id}`);
    await browser.type("[name=phone]", "0047 13");
    await native(browser.base, "DELETE", `/v1/customers/${id}`);
    await browser.press(".record .primary");
    assert.match(await browser.text(".badges"), /deleted/);
    assert.ok(await browser.has(".problem"));
    assert.equal(await browser.find("[name=phone]").then((field) => field.getAttribute("value")), "0047 13");
    assert.deepEqual(await browser.faults(), []);
  },

  async "a webhook is made, tried and its losses are shown"(browser) {
    await browser.signIn();
    await browser.go("/console/webhooks/new");
    await browser.type("[name=name]", "Nobody listens");
    await browser.type("[name=url]", "http://127.0.0.1:9/hook");
    await browser.press(".record .primary");
    assert.match(await browser.text("#secret"), /^whsec_/);
    await browser.press("main .buttons a.button");
    await browser.press("[href$='/deliveries']");
    assert.deepEqual(await browser.faults(), []);
    await browser.press("[action$='/test'] button");
    assert.match(await browser.text(".notice"), /not taken/);
    await browser.press("[action$='/skip'] button");
    assert.match(await browser.text(".notice"), /left out/);
  },

  async "what a receiver never took is sent again, or left out"(browser) {
    let status = 500;
    const got = [];
    const receiver = createServer((request, response) => {
      got.push(request.headers["webhook-id"]);
      request.resume().on("end", () => response.writeHead(status).end());
    });
    await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${receiver.address().port}/hook`;
      const { id } = await native(browser.base, "POST", "/v1/webhooks", { name: "Lossy", url, kinds: ["company"] });
      const letters = async () => (await native(browser.base, "GET", `/v1/webhooks/${id}/dead-letters`)).data;
      for (const name of ["First Lost", "Second Lost"]) await native(browser.base, "POST", "/v1/companies", { name });
      await browser.until(async () => (await letters()).length === 2, "nothing is given up", 60000);
      await browser.signIn();
      await browser.go(`/console/webhooks/${id}/deliveries`);
      assert.match(await browser.text("main"), /the receiver answered 500/);
      assert.deepEqual(await browser.faults(), []);
      await browser.press("[action*='/letters/'][action$='/send'] button");
      assert.match(await browser.text(".notice"), /not taken: the receiver answered 500/);
      assert.equal((await letters()).length, 2, "it is still given up");
      status = 200;
      const before = got.length;
      await browser.press("[action*='/letters/'][action$='/send'] button");
      assert.match(await browser.text(".notice"), /took it/);
      assert.ok(got.length === before + 1 && got.indexOf(got[before]) < before, "the same event came again");
      assert.equal((await letters()).length, 1);
      await browser.press("[action*='/letters/'][action$='/remove'] button");
      assert.match(await browser.text(".notice"), /left out/);
      assert.deepEqual([await letters(), got.length], [[], before + 1]);
      await native(browser.base, "DELETE", `/v1/webhooks/${id}`);
    } finally {
      receiver.close();
    }
  },

  async "a customer is printed without what is pressed, and in Norwegian nothing is left in English"(browser) {
    await browser.signIn();
    await browser.go("/console/customers/10");
    const shown = (selector) => browser.run(`return [...document.querySelectorAll(arguments[0])]
      .filter((one) => one.getClientRects().length > 0).length`, selector);
    assert.ok((await shown("nav, .top, button")) > 3);
    await browser.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { media: "print" });
    assert.equal(await shown("nav, .top, .actions button, #deeds"), 0);
    assert.ok((await shown("h1, [name=first_name]")) === 2);
    await browser.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { media: "" });
    await browser.find(".top .menu summary").then((menu) => menu.click());
    await browser.press("[name=language][value=nb]");
    for (const [path, words] of [
      ["/console/customers/new", /Ny kunde[^]*Bransje[^]*detaljhandel/], ["/console/companies/new", /Nytt firma/],
      ["/console/tickets?q=never-anything", /Åpne[^]*Mine[^]*Venter/], ["/console/inspector?q=never-anything", /Kall[^]*Utfall/],
    ]) {
      await browser.go(path);
      const text = await browser.text();
      assert.match(text, words, path);
      assert.ok(!/\b(the|and|with|Show|Search|Changed|Save)\b/.test(text), `${path}: ${text.match(/.*\b(the|and|with|Show|Search|Changed|Save)\b.*/)?.[0]}`);
      assert.deepEqual(await browser.faults(), [], path);
    }
  },

  async "the overview goes on by itself"(browser) {
    await browser.signIn();
    await browser.until(async () => (await browser.text("[data-changes]")).includes("live"));
    await native(browser.base, "PATCH", "/v1/customers/1001", { note: `<i>${Date.now()}</i>` });
    await browser.until(async () => /customer #1001 Note/.test(await browser.text("#changed")));
    await browser.go("/console");
    assert.ok((await browser.all(".chart rect")).length > 0);
    assert.deepEqual(await browser.faults(), []);
  },

  async "users, keys and extra fields are kept, and a secret is shown once"(browser) {
    await browser.signIn();
    await browser.go("/console/keys/new");
    await browser.type("[name=username]", "nightly");
    await browser.run("document.querySelector('[name=role]').value = 'viewer'");
    await browser.press(".record .primary");
    const key = await browser.text("#secret");
    assert.match(key, /^sr_\w{32}$/);
    const read = (token) => fetch(`${browser.base}/v1/customers/10`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await read(key)).status, 200);
    await browser.press("main .buttons a.button");
    assert.ok(!(await browser.text()).includes(key));
    await browser.press("[action$='/rotate'] button");
    const next = await browser.text("#secret");
    assert.deepEqual([(await read(key)).status, (await read(next)).status], [200, 200]);
    await browser.press("main .buttons a.button");
    await browser.press("[action$='/delete'] button");
    assert.equal((await read(next)).status, 401);
    await browser.go("/console/extra-fields/new");
    await browser.type("[name=name]", "Shoe size");
    await browser.run(`document.querySelector("[name=domain]").value = "customer";
      document.querySelector("[name=shape]").value = "integer"`);
    await browser.press(".record .primary");
    await browser.go("/console/customers/1002");
    assert.match(await browser.text(), /Shoe size/);
    await browser.go("/console/users/new");
    await browser.type("[name=username]", "ann");
    await browser.type("[name=password]", "a long password");
    await browser.run("document.querySelector('[name=role]').value = 'agent'");
    await browser.press(".record .primary");
    await browser.go("/console/sessions");
    await browser.run("document.querySelector('.badge.good').closest('tr').querySelector('form').requestSubmit()");
    await browser.see("[name=password]");
    await browser.signIn("ann", "a long password");
    assert.match(await browser.text(".top"), /ann/);
    await browser.go("/console/settings");
    assert.match(await browser.text("h1"), /may not/);
  },
};
