// What must hold of the pages around the records: overview, dialects, settings, sign-in, language, keyboard.
import assert from "node:assert/strict";
import { Key } from "./browser.mjs";
import { PAGES, native, trackfinity } from "./checks.mjs";

const SHELL = ["/console", "/console?span=hour", "/console/dialects", "/console/dialects/superoffice",
  "/console/dialects/bing_ads?have=new&language=Java", "/console/dialects/trackfinity?can=proxy", "/console/fields",
  "/console/settings", "/console/access", "/console/account", "/console/about", "/console/sessions", "/console/users/new",
  "/console/keys/new", "/console/webhooks/new", "/console/tenants/1", "/console/extra-fields/new", "/console/nowhere"];

const norwegian = async (browser) => {
  await browser.find(".top .menu summary").then((menu) => menu.click());
  await browser.press("[name=language][value=nb]");
};

export const shell = {
  async "the overview tells how dialects fare and what needs somebody"(browser) {
    await trackfinity(browser.base, "customer_id=10&zip=0151", { "user-agent": "BillingSync/4" });
    for (let turn = 0; turn < 3; turn += 1) await trackfinity(browser.base, `customer_id=99${turn}&zip=1`, { "user-agent": "BillingSync/4" });
    await browser.signIn();
    const row = await browser.text(".fares tbody tr:last-child");
    assert.match(row, /Trackfinity\s+[\d,]+\s+[\d.]+ ms\s+[\d.]+ ms\s+[\d.]+ %\s+[1-9]/);
    const needs = await browser.text("[aria-labelledby=needs]");
    assert.match(needs, /Trackfinity set_customer_details: [1-9]\d* refused · [^\n]+/, needs);
    const facts = await browser.text(".facts");
    assert.match(facts, /Store [^]*Size [\d.]+ [kM]B[^]*Up since \d+ \w+ 20\d\d, \d\d:\d\d UTC[^]*Version \d/);
    await browser.press("caption a[href*=hour]");
    assert.equal(await browser.text("caption [aria-current]"), "last hour");
    assert.ok((await browser.all(".chart rect")).length > 0);
    await browser.press(".need a[href*=trackfinity]");
    assert.match(await browser.text("#calls"), /set_customer_details[^]*404 refused/);
  },

  async "somebody with an old program finds what to change, and tries it"(browser) {
    await trackfinity(browser.base, "customer_id=10&zip=0152", { "user-agent": "BillingSync/4" });
    await browser.signIn();
    await browser.go("/console/dialects");
    await browser.press("[aria-labelledby=superoffice] .button");
    assert.match(await browser.text("#code"), /ticketService\.Url = "http.*action=ticket";/);
    await browser.press(".options a[href*='language=PHP']");
    assert.match(await browser.text("#code"), /new SoapClient\("http/);
    await browser.press(".options a[href*='can=dns']");
    assert.match(await browser.text("main"), /samerow tls init/);
    await browser.press(".options a[href*='can=proxy']");
    assert.match(await browser.text("#code"), /location \/scripts\/ \{[^]*proxy_pass http/);
    await browser.press(".options a[href*='can=nothing']");
    assert.match(await browser.text("main"), /name server/);
    await browser.press(".options a[href*='have=new']");
    await browser.press(".options a[href*='language=C%23']");
    assert.match(await browser.text("#code"), /HttpRequestMessage[^]*YOUR_NAME/);
    const wsdls = await Promise.all((await browser.all(".options a[href*='/scripts/']")).map((link) => link.getAttribute("href")));
    assert.equal(wsdls.length, 6);
    for (const address of wsdls) assert.match(await fetch(address).then((answer) => answer.text()), /definitions/);
    await browser.type("[name=name]", "egon");
    await browser.type("[name=secret]", "banken");
    await browser.press("[action$='#try'] .primary");
    const tried = await browser.text("[aria-labelledby=try] .lines");
    assert.equal((tried.match(/✓/g) ?? []).length, 7, tried);
    assert.match(tried, /answered: login/);
    assert.deepEqual(await browser.faults(), []);
    assert.ok(!(await browser.run("return document.documentElement.outerHTML")).includes("banken"));
    await browser.go("/console/dialects/trackfinity");
    assert.match(await browser.text("[aria-labelledby=seen]"), /BillingSync\/4 127\.0\.0\.1 [\d,]+ \d+ set_customer_details/);
    await browser.find("details summary").then((summary) => summary.click());
    await browser.go("/console/dialects/superoffice");
    await browser.find("main details summary").then((summary) => summary.click());
    assert.match(await browser.text("[aria-labelledby=operations]"), /executeScript ticket\s+refused/);
  },

  async "without a script everything is there"(browser) {
    await browser.driver.sendDevToolsCommand("Emulation.setScriptExecutionDisabled", { value: true });
    const follow = async (element) => {
      const before = await browser.driver.getCurrentUrl();
      await element.click();
      await browser.until(async () => (await browser.driver.getCurrentUrl()) !== before, "no other page comes");
    };
    await browser.go("/console/sign-in");
    await browser.type("[name=name]", "admin");
    await browser.type("[name=password]", "demo");
    await follow(await browser.find("main form .primary"));
    await browser.go("/console/dialects/superoffice");
    await follow(await browser.find(".options a[href*='language=Perl']"));
    assert.match(await browser.text("#code"), /SOAP::Lite/);
    await browser.go("/console/users/new");
    await browser.type("[name=username]", "unscripted");
    await browser.type("[name=password]", "a long password");
    await browser.find("[name=role] [value=viewer]").then((option) => option.click());
    await browser.find("[name=dialects][value=console]").then((box) => box.sendKeys(Key.SPACE));
    await browser.find("[name=dialects][value=native]").then((box) => box.sendKeys(Key.SPACE));
    await follow(await browser.find(".record .primary"));
    assert.match(await browser.text(".notice"), /Created/);
    const { data } = await native(browser.base, "GET", "/v1/users?filter=username%20=%20unscripted");
    assert.deepEqual([data[0].dialects, data[0].role], [["native", "console"], "viewer"]);
    // Saved as it is shown nothing changes, and a box that is cleared is.
    await browser.find(".record .primary").then((button) => button.click());
    await browser.until(async () => (await browser.driver.getCurrentUrl()).endsWith("done=saved"));
    assert.equal((await native(browser.base, "GET", `/v1/users/${data[0].id}`)).version, data[0].version);
    await browser.find("[name=dialects][value=native]").then((box) => box.sendKeys(Key.SPACE));
    await browser.find(".record .primary").then((button) => button.click());
    await browser.until(async () => (await native(browser.base, "GET", `/v1/users/${data[0].id}`)).dialects.length === 1);
  },

  async "in Norwegian nothing around the records is left in English, refusals neither"(browser) {
    await browser.signIn();
    await norwegian(browser);
    for (const path of SHELL) {
      await browser.go(path);
      assert.equal(await browser.run("return document.documentElement.lang"), "nb");
      // What is said to be English is; names of programs, fields and settings are nobody's language.
      const text = await browser.run(`const page = document.querySelector("main").cloneNode(true);
        page.querySelectorAll("[lang=en], pre, code, option, .entry, time, #changed, [aria-labelledby=open] .lines").forEach((one) => one.remove());
        return page.textContent`);
      const english = text.match(/.*\b(the|and|with|Show|Search|Changed|Save|your|not|are|of)\b.*/);
      assert.ok(!english, `${path}: ${english?.[0]}`);
      assert.deepEqual(await browser.faults(), [], path);
    }
    await browser.go("/console/customers/7");
    await browser.type("[name='address.country']", "Atlantis");
    await browser.press(".record .primary");
    assert.match(await browser.text(".field .problem"), /Land: Feltet kan ikke ha denne verdien[^]*ISO 3166/);
    await browser.go("/console/customers/999999");
    assert.match(await browser.text(".problem"), /Det finnes ikke/);
    assert.equal(await browser.text("main [lang=en]"), "There is no customer 999999");
    await browser.go("/console/account");
    await browser.type("[name=present]", "wrong wrong");
    await browser.type("main [name=next]", "long enough");
    await browser.type("[name=again]", "long enough");
    await browser.press("main form .primary");
    assert.match(await browser.text(".problem"), /nåværende passordet er ikke riktig/);
    assert.deepEqual(await browser.faults(), []);
  },

  async "where one is stays seen when something is refused"(browser) {
    await browser.signIn();
    await browser.go("/console/nowhere");
    assert.match(await browser.text("h1"), /Not found/);
    assert.ok((await browser.all(".top nav a")).length > 5);
    await browser.keys("/");
    assert.equal(await browser.focused(), "search");
  },

  async "the palette leads everywhere, and does what the menu does"(browser) {
    await browser.signIn();
    const palette = async (words) => {
      await browser.driver.actions().keyDown(Key.CONTROL).sendKeys("k").keyUp(Key.CONTROL).perform();
      await browser.keys(words);
      await browser.until(async () => (await browser.text("#palette-list [aria-selected=true]")).toLowerCase().includes(words));
    };
    for (const [words, end] of [["webhooks", "/webhooks"], ["superoffice", "/dialects/superoffice"], ["new ticket", "/tickets/new"],
      ["your account", "/account"], ["about", "/about"]]) {
      await palette(words);
      await browser.run("window.isOld = true");
      await browser.keys(Key.ENTER);
      await browser.another();
      assert.ok((await browser.driver.getCurrentUrl()).endsWith(end), `${words}: ${await browser.driver.getCurrentUrl()}`);
    }
    await palette("dark");
    await browser.run("window.isOld = true");
    await browser.keys(Key.ENTER);
    await browser.another();
    assert.equal(await browser.run("return document.documentElement.dataset.theme"), "dark");
    await palette("sign out");
    await browser.run("window.isOld = true");
    await browser.keys(Key.ENTER);
    await browser.another();
    assert.ok(await browser.has("[name=password]"));
  },

  async "the list of keys holds those of the page and no others"(browser) {
    await browser.signIn();
    for (const [path, there, gone] of [["/console", ["/", "?"], ["j", "m", "r", "x"]], ["/console/customers", ["j", "Enter", "x", "n", "m"], ["r", "i"]],
      ["/console/customers/10", ["n", "m"], ["j", "r"]], ["/console/tickets/500", ["r"], ["m", "j"]]]) {
      await browser.go(path);
      await browser.keys("?");
      const keys = await Promise.all((await browser.all("#keys div:not([hidden]) kbd")).map((key) => key.getText()));
      for (const key of there) assert.ok(keys.includes(key), `${path}: ${key} is missing of ${keys}`);
      for (const key of gone) assert.ok(!keys.includes(key), `${path}: ${key} does nothing`);
      assert.deepEqual(await browser.faults(), [], path);
    }
  },

  async "with wider text, in forced colours and by keyboard nothing is lost"(browser) {
    await browser.signIn();
    const paths = [...new Set([...SHELL, ...Object.values(PAGES).filter((path) => !path.includes("looked-at"))])];
    for (const path of paths) {
      await browser.size(640);
      await browser.go(path);
      // WCAG 1.4.12.
      await browser.run(`const sheet = new CSSStyleSheet();
        sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
        document.adoptedStyleSheets = [sheet]`);
      assert.ok((await browser.overflow()) <= 0, `${path} is too wide`);
      const cut = await browser.run(`return [...document.querySelectorAll("button, .button, nav a, label, h1, h2, .badge")]
        .filter((one) => one.getClientRects().length > 0 && (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== "visible"))
        .map((one) => one.textContent.trim().slice(0, 40))`);
      assert.deepEqual(cut, [], path);
    }
    await browser.size(1280, 500);
    await browser.driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
    for (const path of ["/console", "/console/dialects/superoffice", "/console/users/new", "/console/customers/10", "/console/account"]) {
      await browser.go(path);
      await browser.run("document.querySelector('.skip').focus()");
      for (let step = 0; step < 60; step += 1) {
        await browser.keys(Key.TAB);
        // Something shows where one is, and nothing lies over it (WCAG 2.4.7, 2.4.11).
        const state = await browser.run(`const one = document.activeElement;
          if (one === document.body) return "end";
          const box = one.getBoundingClientRect(), style = getComputedStyle(one);
          const x = Math.min(Math.max(box.left + Math.min(box.width, 20) / 2, 0), innerWidth - 1);
          const y = Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1);
          const top = document.elementFromPoint(x, y);
          const seen = top && (one.contains(top) || top.contains(one) || top.closest("label")?.contains(one));
          const marked = style.outlineStyle !== "none" || one.closest("[data-files]");
          return seen && marked ? "" : (seen ? "unmarked " : "covered ") + one.outerHTML.slice(0, 120) + " by " + top?.outerHTML.slice(0, 60)`);
        if (state === "end") break;
        assert.equal(state, "", `${path} step ${step}`);
      }
    }
  },
};
