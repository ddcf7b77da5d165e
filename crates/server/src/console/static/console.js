// Steps saved: everything here can be done without it.
"use strict";
const root = document.body.dataset.root;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

// Times in the reader's own zone: in a table as they sort, in a sentence as the language has them. The exact one stays in the title.
function local(within) {
  const form = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
  const exact = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });
  const norwegian = document.documentElement.lang === "nb";
  const day = new Intl.DateTimeFormat(norwegian ? "nb-NO" : "en-GB", { dateStyle: "medium" });
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
  const prose = { format: (at) => day.format(at) + (norwegian ? " kl. " : ", ") + clock.format(at) };
  const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
  for (const time of all("time[datetime]", within)) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) {
      time.title = time.dateTime;
      const minutes = Math.round((at - Date.now()) / 60000);
      // What just happened is told by how long ago that was, where the exact moment is not looked for.
      const near = time.closest(".entry, .lines") && minutes <= 0 && minutes > -1440;
      const told = "seconds" in time.dataset ? exact : time.closest("td") ? form : prose;
      time.textContent = !near ? told.format(at)
        : minutes > -60 ? ago.format(minutes, "minute") : ago.format(Math.round(minutes / 60), "hour");
    }
  }
}
local(document);

// What needs a script is shown only where there is one.
for (const button of all("[data-copy], [data-take], [data-open]")) button.hidden = false;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-take], [data-open]");
  if (!button) return;
  const { copy, take, open } = button.dataset;
  if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy).textContent);
    button.textContent = button.dataset.done;
  } else if (take) {
    const field = document.getElementById(take);
    if (field.type === "checkbox") field.checked = button.dataset.value === "true";
    else field.value = button.dataset.value;
    field.focus();
  } else if (open) {
    explain();
  }
});

// The keys of this page: those that do nothing here are left out.
function explain() {
  const keys = document.getElementById("keys");
  for (const line of all("[data-needs]", keys)) line.hidden = !one(line.dataset.needs);
  keys.showModal();
}

// One submission of a form, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// All rows of a page at once.
for (const box of all("[data-all]")) {
  box.hidden = false;
  box.addEventListener("change", () => all("tbody input[name=id]").forEach((one) => { one.checked = box.checked; }));
}

// An open menu closes when something else is looked at.
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// The palette: the pages, what a menu does, and the customers and tickets that a search finds.
const palette = document.getElementById("palette");
if (palette) {
  const input = one("input", palette);
  const list = one("ul", palette);
  let waiting;
  let chosen = 0;
  const show = (entries) => {
    list.replaceChildren(...entries.map((entry, at) => {
      const item = document.createElement("li");
      item.role = "option";
      item.id = `option-${at}`;
      item.textContent = entry.name;
      item.addEventListener("click", () => follow_(entry));
      item.entry = entry;
      return item;
    }));
    choose(0);
  };
  const choose = (at) => {
    chosen = Math.max(0, Math.min(at, list.children.length - 1));
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
    const item = list.children[chosen];
    input.setAttribute("aria-activedescendant", item ? item.id : "");
    if (item) item.scrollIntoView({ block: "nearest" });
  };
  const follow_ = ({ address, button }) => {
    if (address) return location.assign(address);
    palette.close();
    button.click();
  };
  const pages = all(".top nav a, [data-further] a").map((link) => ({ name: link.textContent, address: link.href }));
  pages.push(...all(".top .menu button").map((button) => ({ name: button.textContent, button })));
  const search = async () => {
    const words = input.value.trim().toLowerCase();
    const found = pages.filter((page) => page.name.toLowerCase().includes(words));
    show(found);
    if (!words) return;
    const answer = await fetch(`${root}/find?q=${encodeURIComponent(words)}`);
    if (answer.ok && input.value.trim().toLowerCase() === words) show([...found, ...(await answer.json())]);
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  palette.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      choose(chosen + step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const item = list.children[chosen];
      if (item) follow_(item.entry);
    }
  });
  palette.open_ = () => {
    input.value = "";
    show(pages);
    palette.showModal();
    input.focus();
  };
}

// Keys. None while something is typed.
let row = -1;
function move(step) {
  const rows = all("table.list tbody tr");
  if (rows.length === 0) return;
  rows.forEach((other) => other.classList.remove("here"));
  row = Math.max(0, Math.min(row + step, rows.length - 1));
  rows[row].classList.add("here");
  const link = one("a", rows[row]);
  if (link) link.focus();
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette) {
    event.preventDefault();
    if (!palette.open) palette.open_();
    return;
  }
  // What is typed is sent from where it is typed; with Shift by the second button.
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form?.method === "post") {
    const buttons = all("button:not([type=button])", event.target.form);
    event.preventDefault();
    event.target.form.requestSubmit((event.shiftKey && buttons[1]) || buttons[0]);
    return;
  }
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.getElementById("search");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "?" && document.getElementById("keys")) {
    explain();
  } else if (event.key === "j") {
    move(1);
  } else if (event.key === "k") {
    move(-1);
  } else if (event.key === " " && row >= 0 && event.target.closest("table.list a")) {
    const box = one("input[type=checkbox]", all("table.list tbody tr")[row]);
    if (!box) return;
    event.preventDefault();
    box.click();
  } else if (/^[a-z]$/.test(event.key)) {
    const target = (one("input[name=id]:checked") && one(`[data-chosen=${event.key}]`)) || one(`[data-key=${event.key}]`);
    if (!target) return;
    event.preventDefault();
    const field = target.matches("form") ? one("input:not([type=hidden]), select, textarea", target) : target;
    if (target.matches("form, textarea, input:not([type=checkbox])")) field?.focus();
    else target.click();
  }
});

// What happens meanwhile. The lines are made of text, never of markup.
function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
function follow(place, address, event, add) {
  const [live, paused, pause, goOn] = place.dataset.words.split("|");
  const state = element("span", paused);
  place.replaceChildren(state);
  let waits = false;
  const source = new EventSource(address);
  source.onopen = () => { state.textContent = `● ${live}`; };
  source.onerror = () => { state.textContent = paused; };
  source.addEventListener(event, (message) => { if (!waits) add(JSON.parse(message.data)); });
  window.addEventListener("pagehide", () => source.close());
  if (pause) {
    const button = element("button", pause, { type: "button", class: "link", "data-key": "p" });
    button.addEventListener("click", () => {
      waits = !waits;
      button.textContent = waits ? goOn : pause;
      state.textContent = waits ? paused : `● ${live}`;
    });
    place.append(" ", button);
  }
}
const calls = one("[data-live]");
if (calls) {
  const rows = document.getElementById("calls");
  follow(calls, calls.dataset.live, "call", (call) => {
    const cell = (text, kind = "") => element("td", text, kind ? { class: kind } : {});
    const when = element("td", "", { class: "time" });
    const link = element("a", "", { href: call.address });
    link.append(element("time", call.at, { datetime: call.at, "data-seconds": "" }));
    when.append(link);
    const outcome = element("td", "");
    outcome.append(element("span", `${call.status} ${call.said}`, { class: `badge ${call.outcome}` }));
    const why = cell(call.why);
    if (call.notes) why.append(" ", element("span", calls.dataset.notes.replace("{}", call.notes), { class: "badge warn" }));
    const line = element("tr", "", { class: "new" });
    const customer = cell("", "number");
    for (const [id, href] of call.customers) customer.append(customer.firstChild ? " " : "", href ? element("a", id, { href }) : id);
    line.append(when, cell(call.dialect), cell(call.operation), cell(call.client), customer, outcome, cell(call.took, "number"), why);
    rows.prepend(line);
    local(line);
    while (rows.children.length > 200) rows.lastElementChild.remove();
    const clear = one("[data-clear]");
    const cleared = new URL(clear.href);
    cleared.searchParams.set("after", call.number);
    clear.href = cleared;
  });
}
const changes = one("[data-changes]");
if (changes) {
  const list = document.getElementById("changed");
  const many = Object.fromEntries(changes.dataset.kinds.split(" ").map((pair) => pair.split("=")));
  follow(changes, changes.dataset.changes, "change", (change) => {
    const line = element("li", "", { class: "new" });
    const name = `${change.name} #${change.id}`;
    line.append(many[change.kind] ? element("a", name, { href: `${root}/${many[change.kind]}/${change.id}` }) : name);
    const fields = change.changes.slice(0, 4).map((told) => told.label).join(", ") + (change.changes.length > 4 ? ", …" : "");
    line.append(` ${fields} `);
    const about = element("span", `· ${change.origin.credential} · ${change.origin.dialect} · `, { class: "quiet" });
    about.append(element("time", change.at, { datetime: change.at }));
    line.append(about);
    list.prepend(line);
    local(line);
    while (list.children.length > 12) list.lastElementChild.remove();
  });
}

// Somebody else changed the record that is being edited.
const watched = one("[data-watch]");
if (watched) {
  const source = new EventSource(`${root}/live`);
  const told = new Set();
  source.addEventListener("change", (message) => {
    const change = JSON.parse(message.data);
    if (`${change.kind}-${change.id}` !== watched.dataset.watch) return;
    for (const { field } of change.changes) {
      const label = one(`label[for="f-${CSS.escape(field)}"]`);
      told.add(label ? label.textContent : field);
    }
    const who = `${change.origin.credential} · ${change.origin.dialect}`;
    watched.textContent = `${watched.dataset.words.replace("{}", who)} (${[...told].join(", ")})`;
    watched.hidden = false;
  });
  window.addEventListener("pagehide", () => source.close());
}

// What is sent is kept until the server has said what became of it: a lost connection loses nothing.
const kept = (form) => `samerow ${form.getAttribute("action")}`;
const typed = (form) => JSON.stringify([...new FormData(form)].filter(([name, value]) =>
  typeof value === "string" && !["csrf", "once", "version"].includes(name) && one(`[name="${CSS.escape(name)}"]`, form)?.type !== "password"));
for (const form of all("form[data-keep]")) {
  const was = sessionStorage.getItem(kept(form));
  const [sentence, again, forget] = form.dataset.keep.split("|");
  // A page that shows what was typed, or what became of it, needs no reminder.
  if (was && (one(".notice, [aria-invalid=true], .conflict") || was === typed(form))) sessionStorage.removeItem(kept(form));
  else if (was) {
    const note = element("p", `${sentence} `, { class: "warning", role: "status", "data-kept": "" });
    const fill = element("button", again, { type: "button" });
    const drop = element("button", forget, { type: "button", class: "link" });
    fill.addEventListener("click", () => {
      const values = JSON.parse(was);
      for (const field of all("input[type=checkbox]", form)) field.checked = values.some(([name]) => name === field.name);
      for (const [name, value] of values) {
        const field = one(`[name="${CSS.escape(name)}"]:not([type=hidden]):not([type=checkbox])`, form);
        if (field) field.value = value;
      }
      note.remove();
    });
    drop.addEventListener("click", () => { sessionStorage.removeItem(kept(form)); note.remove(); });
    note.append(fill, " ", drop);
    form.before(note);
  }
  form.addEventListener("submit", () => sessionStorage.setItem(kept(form), typed(form)));
}

// Files of a reply: sent at once, linked when the reply is.
for (const label of all("[data-files]")) {
  label.classList.add("button");
  const form = label.closest("form");
  one("input", label).addEventListener("change", async (event) => {
    for (const file of event.target.files) {
      const answer = await fetch(`${root}/attachments?name=${encodeURIComponent(file.name)}`, {
        method: "POST", body: file,
        headers: { "x-csrf-token": form.elements.csrf.value, "content-type": file.type || "application/octet-stream" },
      }).catch(() => ({ ok: false }));
      const item = element("li", file.name);
      if (answer.ok) item.append(element("input", "", { type: "hidden", name: "attachment", value: (await answer.json()).id }));
      else {
        item.textContent = `${file.name}: ${label.dataset.files}`;
        item.className = "problem";
      }
      one(".files", form).append(item);
    }
    event.target.value = "";
  });
}
