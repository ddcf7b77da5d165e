// Steps saved: everything here can be done without it.
"use strict";
const root = document.body.dataset.root;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

// Times in the reader's own zone; the exact one stays in the title.
function local(within) {
  const form = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
  for (const time of all("time[datetime]", within)) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) {
      time.title = time.dateTime;
      time.textContent = form.format(at);
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
    document.getElementById(open).showModal();
  }
});

// One submission of a form, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

// An open menu closes when something else is looked at.
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// The palette: the pages, and the customers that a search finds.
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
      item.dataset.address = entry.address;
      item.addEventListener("click", () => location.assign(entry.address));
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
  const pages = all(".top nav a").map((link) => ({ name: link.textContent, address: link.href }));
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
      if (item) location.assign(item.dataset.address);
    }
  });
  palette.open_ = () => {
    input.value = "";
    show(pages);
    palette.showModal();
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
  const typing = event.target.closest("input, select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.getElementById("search");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "?" && document.getElementById("keys")) {
    document.getElementById("keys").showModal();
  } else if (event.key === "j") {
    move(1);
  } else if (event.key === "k") {
    move(-1);
  } else if (event.key === "n") {
    const link = one("[data-key=n]");
    if (link) link.click();
  }
});
