// node issuer.mjs SAMEROW: people sign in through an OpenID Connect issuer, which is this program, on another site than the
// console: it looks at every question as its kind must, and can be told to answer wrongly.
import assert from "node:assert/strict";
import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { open } from "./browser.mjs";
import { Place } from "./place.mjs";

const SECRET = "a secret of ours";
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const coded = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

// Who signs in next, and what is wrong with the answer.
let person = "ann";
let tell = {};
const codes = new Map();
const asked = [];

function token(claims) {
  const text = `${coded({ alg: "RS256", kid: "one" })}.${coded(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey).toString("base64url")}`;
}

const issuer = createServer(async (request, response) => {
  const url = new URL(request.url, base);
  const json = (value, status = 200) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  if (url.pathname === "/.well-known/openid-configuration") {
    json({ issuer: base, jwks_uri: `${base}/keys`, authorization_endpoint: `${base}/authorize?theme=plain`, token_endpoint: `${base}/token` });
  } else if (url.pathname === "/keys") {
    json({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "RS256" }] });
  } else if (url.pathname === "/authorize") {
    // A page of its own, so that coming back is a step from another site.
    const query = Object.fromEntries(url.searchParams);
    asked.push(query);
    const code = randomBytes(16).toString("hex");
    codes.set(code, query);
    const back = new URLSearchParams(tell.error ? { error: tell.error, state: query.state } : { code, state: tell.state ?? query.state });
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><html lang="en"><title>Issuer</title><link rel="icon" href="data:,"><h1>Issuer</h1>
      <a id="yes" href="${query.redirect_uri}?${back.toString().replaceAll("&", "&amp;")}">It is me</a>`);
  } else if (url.pathname === "/token") {
    let body = "";
    for await (const piece of request) body += piece;
    const form = Object.fromEntries(new URLSearchParams(body));
    const query = codes.get(form.code);
    codes.delete(form.code);
    const challenge = createHash("sha256").update(form.code_verifier ?? "").digest("base64url");
    const basic = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
    const good = query && query.code_challenge === challenge && query.redirect_uri === form.redirect_uri
      && form.grant_type === "authorization_code" && decodeURIComponent(basic.replaceAll("+", " ")) === `console:${SECRET}`;
    if (!good) return json({ error: "invalid_grant" }, 400);
    const now = Math.floor(Date.now() / 1000);
    json({ token_type: "Bearer", access_token: "-", id_token: token({ iss: base, aud: "console", sub: "7", exp: now + 600, iat: now,
      nonce: tell.nonce ?? query.nonce, preferred_username: person }) });
  } else {
    json({}, 404);
  }
});
await new Promise((resolve) => issuer.listen(0, "127.0.0.1", resolve));
const base = `http://localhost:${issuer.address().port}`;

const place = new Place(process.argv[2]);
let browser;
try {
  writeFileSync(join(place.folder, "secret"), `${SECRET}\n`);
  await place.serve(["--demo", "--ephemeral", "--demo-customers", "20", `--oidc-issuer=${base}`, "--oidc-client=console",
    "--oidc-client-secret-file=secret"]);
  place.export("export SAMEROW_TOKEN=demo-admin-token");
  // A user without a password: only the issuer lets them in.
  place.run("samerow user add username=ann role=agent dialects=console");
  browser = await open(place.base);
  const begin = async (path) => {
    await browser.go(path);
    const link = await browser.find("[href*='/sign-in/oidc']");
    assert.match(await link.getText(), /Sign in with localhost:\d+/);
    await browser.press("[href*='/sign-in/oidc']");
  };
  const signIn = async (path) => {
    await begin(path);
    assert.equal(await browser.text("h1"), "Issuer");
    await browser.press("#yes");
  };
  const settled = (words) => browser.until(async () => (await browser.text().catch(() => "")).includes(words), words);

  // Where somebody wanted to go is where they come, with a strict session.
  await begin("/console/customers/10?x=1;y");
  const query = asked.at(-1);
  assert.deepEqual([query.response_type, query.client_id, query.code_challenge_method, query.theme], ["code", "console", "S256", "plain"]);
  assert.equal(query.redirect_uri, `${place.base}/console/sign-in/done`);
  assert.match(query.scope, /openid/);
  assert.ok([query.state, query.nonce, query.code_challenge].every((text) => text.length >= 43));
  await browser.run("document.querySelector('#yes').click()");
  await settled("John Doe");
  assert.match(await browser.driver.getCurrentUrl(), /\/console\/customers\/10\?x=1;y$/);
  assert.match(await browser.text(".top"), /ann/);
  const cookies = await browser.driver.manage().getCookies();
  assert.deepEqual(cookies.filter(({ name }) => name.startsWith("samerow_")).map(({ name, sameSite, httpOnly }) => [name, sameSite, httpOnly]),
    [["samerow_session", "Strict", true]], "the attempt is forgotten");
  await browser.type("[name=phone]", "0047 1");
  await browser.press(".record .primary");
  assert.match(await browser.text(".entry"), /console ann · update/, "the history says who");

  const out = async () => {
    await browser.go("/console");
    await browser.run("document.querySelector('form[action$=sign-out]').requestSubmit()");
    await browser.see("[name=password]");
  };
  const refused = async (what, sentence) => {
    await signIn("/console/sign-in");
    await settled("Sign in with");
    assert.match(await browser.text(".problem"), sentence, what);
    assert.ok(!(await browser.driver.manage().getCookies()).some(({ name }) => name === "samerow_session"), what);
    assert.deepEqual(await browser.faults(), [], what);
  };
  await out();
  person = "nobody <b>x</b>";
  await refused("a stranger", /known there as nobody <b>x<\/b>, and nobody of that name may come in here/);
  person = "egon";
  await refused("a user of another dialect", /known there as egon/);
  person = "ann";
  tell = { error: "access_denied" };
  await refused("who was refused there", /not signed in there: access_denied/);
  tell = { state: "of somebody else" };
  await refused("an answer to another attempt", /begun in another browser/);
  tell = { nonce: "of another token" };
  await refused("a token of another sign-in", /./);
  tell = {};
  // An address that was used, as a history keeps it, signs nobody in again.
  await begin("/console/sign-in");
  const address = await browser.find("#yes").then((link) => link.getAttribute("href"));
  await browser.press("#yes");
  await settled("Overview");
  await out();
  await browser.driver.get(address);
  assert.match(await browser.text(".problem"), /begun in another browser/);
  // Nothing but our pages and the issuer's was asked for.
  const wrong = (await browser.complaints()).filter((line) => !line.startsWith(`asked ${base}/`));
  assert.deepEqual(wrong, [], "the browser complains");
  assert.ok(!place.log.includes("eyJ") && !place.log.includes(SECRET), "no secret is in the log");
  console.log("done");
} finally {
  if (browser) await browser.quit();
  await place.leave();
  issuer.close();
}
