"use strict";
// Shows of the page what is asked for; without it everything stands there, with its links.
const form = document.getElementById("filter");
const told = form.querySelector("output");
const items = Array.from(document.querySelectorAll(".item"), (element) => ({
  element,
  id: element.id,
  up: element.dataset.up.split(" ").filter(Boolean),
  flags: element.dataset.flags.split(" ").filter(Boolean),
  words: element.textContent.toLowerCase(),
}));
const byId = new Map(items.map((item) => [item.id, item]));
const below = new Map();
for (const item of items) for (const upper of item.up) below.set(upper, [...(below.get(upper) || []), item.id]);
let only = null;

function closure(start, next) {
  const found = new Set([start]);
  for (const id of found) for (const other of next(id)) found.add(other);
  return found;
}

function chain(id) {
  const up = closure(id, (one) => (byId.get(one) || { up: [] }).up);
  const down = closure(id, (one) => below.get(one) || []);
  return new Set([...up, ...down]);
}

function show() {
  const words = form.elements.words.value.trim().toLowerCase();
  const flags = ["changed", "suspect", "gap"].filter((name) => form.elements[name].checked);
  const near = only === null ? null : chain(only);
  let count = 0;
  for (const item of items) {
    const fits = (near === null || near.has(item.id)) && item.words.includes(words)
      && flags.every((flag) => item.flags.includes(flag));
    item.element.classList.toggle("away", !fits);
    count += fits ? 1 : 0;
  }
  for (const file of document.querySelectorAll(".file")) {
    file.classList.toggle("away", !file.querySelector(".item:not(.away)"));
  }
  for (const section of document.querySelectorAll("main > section")) {
    const own = section.querySelectorAll(".item").length;
    const shown = own - section.querySelectorAll(".item.away").length;
    const total = section.querySelector("h2 > .count");
    if (own && total) total.textContent = shown < own ? `${shown} of ${own}` : `${own}`;
  }
  told.textContent = `${count} of ${items.length} shown${only === null ? "" : `, the chain of ${only}`}`;
}

for (const item of items) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Only this chain";
  button.setAttribute("aria-label", `Show only the chain of ${item.id.startsWith("f") ? "these lines" : item.id}`);
  button.addEventListener("click", () => {
    only = item.id;
    show();
    item.element.scrollIntoView();
  });
  item.element.querySelector(".meta").append(" ", button);
}
function showAll() {
  only = null;
  form.reset();
  show();
}

form.elements.clear.addEventListener("click", showAll);
form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", () => {
  const target = byId.get(decodeURIComponent(location.hash.slice(1)));
  if (target && target.element.classList.contains("away")) {
    showAll();
    target.element.scrollIntoView();
  }
});
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details")) one.open = true;
});
form.hidden = false;
form.elements.changed.checked = !location.hash && items.some((item) => item.flags.includes("changed"));
show();
