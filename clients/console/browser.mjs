// A headless Chromium with what every test needs: a page's faults, its requests, its looks.
import { readFileSync, writeFileSync } from "node:fs";
import { Builder, By, Key, error, logging, until } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";

export { By, Key, until };

// In milliseconds: a slow machine is no fault of a page.
export const PATIENCE = 30000;

const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export async function open(base) {
  const options = new chrome.Options();
  options.setChromeBinaryPath(process.env.CHROMIUM ?? "/usr/bin/chromium");
  options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en-GB",
    "--force-prefers-reduced-motion", "--hide-scrollbars", "--disable-background-networking", "--no-first-run");
  const wanted = new logging.Preferences();
  wanted.setLevel(logging.Type.BROWSER, logging.Level.ALL);
  wanted.setLevel(logging.Type.PERFORMANCE, logging.Level.ALL);
  options.setLoggingPrefs(wanted);
  options.setUserPreferences({ "intl.accept_languages": "en-GB,en" });
  const service = new chrome.ServiceBuilder(process.env.CHROMEDRIVER ?? "/usr/bin/chromedriver");
  const driver = await new Builder().forBrowser("chrome").setChromeOptions(options).setChromeService(service).build();
  await driver.manage().setTimeouts({ implicit: 0, pageLoad: 30000, script: 30000 });
  return new Browser(driver, base);
}

class Browser {
  constructor(driver, base) {
    this.driver = driver;
    this.base = base;
  }

  go(path) {
    return this.driver.get(this.base + path);
  }

  find(selector) {
    return this.driver.findElement(By.css(selector));
  }

  all(selector) {
    return this.driver.findElements(By.css(selector));
  }

  // The page may draw an element anew between finding and reading it.
  async text(selector = "body") {
    for (;;) {
      try {
        return await (await this.find(selector)).getText();
      } catch (gone) {
        if (!(gone instanceof error.StaleElementReferenceError)) throw gone;
      }
    }
  }

  async has(selector) {
    return (await this.all(selector)).length > 0;
  }

  async see(selector) {
    return this.driver.wait(until.elementLocated(By.css(selector)), PATIENCE, `${selector} does not appear`);
  }

  // Waits until a condition holds; what it looks for may still be missing.
  until(holds, otherwise, patience = PATIENCE) {
    const told = async () => {
      try {
        return await holds();
      } catch (missing) {
        if (!(missing instanceof error.NoSuchElementError)) throw missing;
        return false;
      }
    };
    return this.driver.wait(told, patience, otherwise);
  }

  run(script, ...values) {
    return this.driver.executeScript(script, ...values);
  }

  // Presses a button or a link and waits until another page is there.
  async press(selector) {
    await this.run("window.isOld = true");
    const element = await this.find(selector);
    await this.run("arguments[0].scrollIntoView({ block: 'center' })", element);
    await element.click();
    await this.another();
  }

  async another() {
    const there = () => this.run("return !window.isOld && document.readyState === 'complete'").catch(() => false);
    await this.until(there, "no other page comes");
  }

  async type(selector, text) {
    const field = await this.find(selector);
    await field.clear();
    await field.sendKeys(text);
  }

  // As a script would: for texts that no keyboard types.
  async put(selector, text) {
    await this.run("arguments[0].value = arguments[1]", await this.find(selector), text);
  }

  keys(...keys) {
    return this.driver.actions().sendKeys(...keys).perform();
  }

  // The element that has the focus, as its text or label.
  focused() {
    return this.run(`const e = document.activeElement;
      return e.id || e.name || e.getAttribute("href") || e.textContent.trim() || e.tagName`);
  }

  async signIn(name = "admin", password = "demo") {
    await this.go("/console/sign-in");
    await this.type("[name=name]", name);
    await this.type("[name=password]", password);
    await this.press("main form .primary");
  }

  size(width, height = 900) {
    return this.driver.sendDevToolsCommand("Emulation.setDeviceMetricsOverride",
      { width, height, deviceScaleFactor: 1, mobile: false });
  }

  colours(scheme) {
    return this.driver.sendDevToolsCommand("Emulation.setEmulatedMedia",
      { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  // What is not accessible (WCAG 2.2 AA), in words.
  async faults() {
    // A bar that stays in view covers what is under it until one scrolls on: axe looks at everything in its own place.
    await this.run(`for (const one of document.querySelectorAll("*"))
      if (getComputedStyle(one).position === "sticky") one.style.position = "static"`);
    await this.run(axe);
    return this.driver.executeAsyncScript(`const done = arguments[0];
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      axe.run(document, { runOnly: tags }).then(
        (found) => done(found.violations.map((v) => v.id + ": " + v.help + " "
          + v.nodes.slice(0, 4).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | "))),
        (error) => done(["axe: " + error]))`);
  }

  // How much wider the page is than the window, in pixels.
  async overflow() {
    return this.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  async shot(file, full = false) {
    const { data } = await this.driver.sendAndGetDevToolsCommand("Page.captureScreenshot",
      file.endsWith(".webp") ? { format: "webp", quality: 70, captureBeyondViewport: full } : { format: "png", captureBeyondViewport: full });
    writeFileSync(file, Buffer.from(data, "base64"));
  }

  // What the console of the browser says is wrong, and which requests left for elsewhere, since the last time.
  async complaints() {
    const said = await this.driver.manage().logs().get(logging.Type.BROWSER);
    const wrong = said.filter((line) => line.level.value >= logging.Level.WARNING.value)
      // A page that is refused with a status is not a fault of the page.
      .map((line) => line.message).filter((message) => !/status of (401|403|404|405|409|422|423)/.test(message));
    const network = await this.driver.manage().logs().get(logging.Type.PERFORMANCE);
    for (const entry of network) {
      const { method, params } = JSON.parse(entry.message).message;
      const url = method === "Network.requestWillBeSent" ? params.request.url : "";
      if (url && !url.startsWith(this.base + "/") && !/^(data|blob|about|chrome):/.test(url)) wrong.push(`asked ${url}`);
    }
    return wrong;
  }

  quit() {
    return this.driver.quit();
  }
}
