// node shots.mjs SAMEROW FOLDER: the pages as docs/console shows them, each in both themes, of a server with some life in it.
import { mkdirSync } from "node:fs";
import { open } from "./browser.mjs";
import { PAGES, native, trackfinity } from "./checks.mjs";
import { Place } from "./place.mjs";

const [binary, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const place = new Place(binary);
let browser;
try {
  await place.serve(["--demo", "--ephemeral", "--demo-customers", "60"]);
  const { base } = place;
  const soap = (user) => fetch(`${base}/scripts/SOAP?action=ticket`, { method: "POST",
    headers: { "content-type": "text/xml", "user-agent": "NightSync/2.3" },
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><t:login xmlns:t="urn:ticket">
      <userName>${user}</userName><password>banken</password></t:login></s:Body></s:Envelope>` });
  const everlytic = (id, body) => fetch(`${base}/api/2.0/customers/${id}`, { method: "PUT", body: JSON.stringify(body),
    headers: { authorization: `Basic ${btoa("demo:0123456789abcdef0123456789ABCDEF_1")}`, "content-type": "application/json",
      "user-agent": "Mailer/3" } });
  await trackfinity(base, "customer_id=10&zip=0150&city=Oslo&address1=Storgata+1&country=NO", { "user-agent": "BillingSync/4" });
  await native(base, "PATCH", "/v1/customers/10", { phone: "+47 22 55 50 10", company: 17, note: "Prefers to be called in the morning." });
  for (const id of [191, 192, 1003]) await everlytic(id, { telephone: `+47 555 ${id}` });
  await native(base, "POST", "/v1/customers", { name: "Jon Doe", emails: ["john.doe@example.com"], phone: "+47 22 55 50 10" });
  await soap("egon");
  await soap("nobody");
  await trackfinity(base, "customer_id=11&firstname=Jane&zip=5003", { "user-agent": "BillingSync/4" });
  await trackfinity(base, "customer_id=11&colour=red", { "user-agent": "BillingSync/4", "x-request-id": "looked-at" });
  await native(base, "POST", "/v1/webhooks", { name: "Warehouse", url: "https://warehouse.example/hook", kinds: ["customer"] });
  browser = await open(base);
  const look = async (name, path, width = 1120) => {
    await browser.size(width, 760);
    for (const colours of ["light", "dark"]) {
      await browser.colours(colours);
      await browser.go(path);
      await browser.shot(`${folder}/${name}-${colours}.webp`);
    }
  };
  await look("sign-in", "/console/sign-in");
  await browser.signIn();
  await browser.go("/console/tickets/500");
  await browser.type("#reply [name=text]", "We found it: the old password had expired.\nPlease try the new one.");
  await browser.press("#reply .primary");
  await browser.type("#reply [name=text]", "Same as 790? Ask Kari.");
  await browser.find("#reply [name=internal]").then((box) => box.click());
  await browser.press("#reply .primary");
  for (const [name, path] of Object.entries(PAGES)) {
    await look(name, name === "replay" ? (await call(browser, "/replay")) : path);
  }
  await look("customer-narrow", "/console/customers/10", 320);
} finally {
  if (browser) await browser.quit();
  await place.leave();
}

// The page of the call that was refused.
async function call(browser, rest) {
  await browser.go("/console/requests/looked-at");
  return new URL(await browser.driver.getCurrentUrl()).pathname + rest;
}
