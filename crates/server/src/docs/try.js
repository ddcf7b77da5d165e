// Adds to each operation a form that tries it out. It is built when the operation is opened, from the description of the
// API. The token stays in this page and is gone with it.
"use strict";

const description = fetch("/openapi.json").then((answer) => answer.json());

function element(name, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...children);
  return made;
}

function resolver(whole) {
  return (value) => {
    const place = value && value.$ref;
    return place ? place.slice(2).split("/").reduce((at, part) => at[part], whole) : value;
  };
}

/** A body to begin with: what is needed, or else the first two members that are texts. */
function example(schema, resolve) {
  schema = resolve(schema);
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat()[0];
  if (type === "array") return schema.items ? [example(schema.items, resolve)] : [];
  if (type === "integer" || type === "number") return schema.minimum ?? 0;
  if (type === "boolean") return false;
  if (type !== "object") return schema.format === "date-time" ? "2030-01-01T00:00:00Z" : "text";
  const members = Object.entries(schema.properties ?? {});
  const texts = members.filter(([, member]) => [resolve(member).type].flat()[0] === "string").slice(0, 2);
  const needed = members.filter(([name]) => (schema.required ?? []).includes(name));
  const chosen = needed.length ? needed : texts.length ? texts : members.slice(0, 1);
  return Object.fromEntries(chosen.map(([name, member]) => [name, example(member, resolve)]));
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The request that a form stands for. */
function request(form, method, path) {
  const query = new URLSearchParams();
  const headers = new Headers();
  for (const field of form.querySelectorAll("[data-in]")) {
    const { value, name } = field;
    if (field.dataset.in === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    if (field.dataset.in === "query" && value !== "") query.set(name, value);
    if (field.dataset.in === "header" && value !== "") headers.set(name, value);
  }
  const token = document.getElementById("token").value.trim();
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const url = query.size ? `${path}?${query}` : path;
  const body = form.querySelector("[name='body']");
  const file = form.querySelector("[type='file']");
  const options = { method: method.toUpperCase(), headers, credentials: "omit", cache: "no-store" };
  if (file) options.body = file.files[0] ?? "";
  if (body && body.value.trim() !== "") {
    headers.set("Content-Type", form.querySelector("[name='type']").value);
    options.body = body.value;
  }
  return { url, options };
}

function curl(url, { method, headers, body }) {
  const parts = ["curl", "-X", method, quoted(location.origin + url)];
  for (const [name, value] of headers) {
    parts.push("-H", quoted(name === "authorization" ? "Authorization: Bearer …" : `${name}: ${value}`));
  }
  if (typeof body === "string") parts.push("-d", quoted(body));
  return parts.join(" ");
}

/** The beginning of what was answered: a stream of events does not end. */
async function beginning(answer) {
  if (!answer.body) return "";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length < 200_000) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
    if ((answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) break;
  }
  await reader.cancel();
  return text;
}

async function send(form, output, method, path) {
  const { url, options } = request(form, method, path);
  output.textContent = `${options.method} ${url} …`;
  try {
    const answer = await fetch(url, options);
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    let text = await beginning(answer);
    if ((answer.headers.get("content-type") ?? "").includes("json")) {
      try {
        text = JSON.stringify(JSON.parse(text), null, 2);
      } catch {
        // More than one document: as it came.
      }
    }
    output.textContent = `${curl(url, options)}\n\n${answer.status} ${answer.statusText}\n${headers}\n\n${text}`;
  } catch (problem) {
    output.textContent = `${curl(url, options)}\n\nNo answer: ${problem.message}`;
  }
}

function fieldOf(parameter, resolve) {
  const schema = resolve(parameter.schema);
  const needed = parameter.required === true;
  let field;
  if (schema.enum || schema.type === "boolean") {
    field = element("select");
    for (const choice of ["", ...(schema.enum ?? ["true", "false"])]) field.append(element("option", { value: choice }, choice));
  } else {
    field = element("input", { type: "text", autocomplete: "off", spellcheck: false });
  }
  Object.assign(field, { name: parameter.name, required: needed });
  field.dataset.in = parameter.in;
  return element("label", {}, `${parameter.name}${needed ? "" : " (optional)"} `, field);
}

async function build(details) {
  const whole = await description;
  const resolve = resolver(whole);
  const { method, path } = details.dataset;
  const operation = whole.paths[path][method];
  const form = element("form");
  const parameters = [...(whole.paths[path].parameters ?? []), ...(operation.parameters ?? [])].map(resolve);
  for (const parameter of parameters.filter(({ name }) => name !== "X-Request-Id")) form.append(fieldOf(parameter, resolve));
  const contents = Object.entries(operation.requestBody?.content ?? {});
  if (contents.some(([type]) => type === "application/octet-stream")) {
    form.append(element("label", { className: "wide" }, "file ", element("input", { type: "file" })));
  } else if (contents.length) {
    const types = element("select", { name: "type" });
    for (const [type] of contents) types.append(element("option", { value: type }, type));
    const body = element("textarea", { name: "body", spellcheck: false });
    const fill = () => {
      const [, { schema }] = contents.find(([type]) => type === types.value);
      body.value = JSON.stringify(example(schema, resolve), null, 2);
    };
    types.addEventListener("change", fill);
    fill();
    form.append(element("label", {}, "type ", types), element("label", { className: "wide" }, "body ", body));
  }
  const output = element("pre", { tabIndex: 0, hidden: true });
  output.setAttribute("aria-live", "polite");
  output.setAttribute("aria-label", "Answer");
  form.append(element("button", {}, "Send"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    output.hidden = false;
    send(form, output, method, path);
  });
  details.append(form, output);
}

for (const details of document.querySelectorAll("details.operation")) {
  details.addEventListener("toggle", () => details.open && build(details), { once: true });
}

/** Opens what an address points to. */
function show() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
  if (target) target.scrollIntoView();
}
addEventListener("hashchange", show);
show();

const find = document.getElementById("find");
find.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const section of document.querySelectorAll("section")) {
    let any = false;
    for (const details of section.querySelectorAll("details")) {
      const text = `${details.id} ${details.querySelector("summary").textContent}`.toLowerCase();
      details.hidden = !words.every((word) => text.includes(word));
      any ||= !details.hidden;
      count += details.hidden ? 0 : 1;
    }
    section.hidden = !any;
  }
  document.getElementById("found").textContent = find.value.trim() ? `${count} found` : "";
});
document.getElementById("sign-in").hidden = false;
