// What must hold of the console. Every check begins with a browser of its own that nobody is signed in to.
import assert from "node:assert/strict";
import { Key } from "./browser.mjs";

// The pages that people see: a name for the screenshot, and the address.
const PAGES = {
  overview: "/console",
  customers: "/console/customers",
  customer: "/console/customers/10",
  history: "/console/customers/10/history",
  "customer-tickets": "/console/customers/10/tickets",
  "as-superoffice": "/console/customers/10/as/superoffice",
  "as-everlytic": "/console/customers/10/as/everlytic",
  "as-trackfinity": "/console/customers/10/as/trackfinity",
  "as-native": "/console/customers/10/as/native",
  "new-customer": "/console/customers/new",
  erase: "/console/customers/192/erase",
  tickets: "/console/tickets",
  ticket: "/console/tickets/500",
  companies: "/console/companies",
};

const native = async (base, method, path, body) => {
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
          if (folder) await browser.shot(`${folder}/${name}-${colours}-${width}.png`);
        }
      }
    };
    await look("sign-in", "/console/sign-in");
    await browser.signIn();
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
    assert.equal((await browser.all("table.list tbody tr")).length, 1);
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
    await browser.driver.wait(async () => (await browser.text("#palette")).includes("Contoso"), 10000);
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
};
