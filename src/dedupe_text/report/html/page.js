"use strict";

// The page can be read without this. It adds the filters, the search, the keys and the copying.
document.addEventListener("DOMContentLoaded", () => {
  const PAGE = 50;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const tools = document.querySelector(".tools");
  const repeats = all(".repeat");
  const entries = all(".entry");
  let shown = PAGE;

  const folded = (text) => text.normalize("NFKD").toLowerCase();
  const words = new Map();
  const text = (repeat) => {
    if (!words.has(repeat)) {
      // A patch shows what is around the cut, too.
      const parts = all(":scope > :not(.patch)", repeat).map((part) => part.textContent);
      words.set(repeat, folded(parts.join(" ")));
    }
    return words.get(repeat);
  };

  // --- filters, search and pages

  const button = document.createElement("button");
  button.type = "button";
  entries.at(-1)?.after(button);
  button.addEventListener("click", () => {
    const next = entries.filter((entry) => !entry.classList.contains("out"))[shown];
    shown += PAGE;
    filter();
    next?.querySelector("summary").focus();
  });

  const isRead = (repeat) => !repeat.hidden && !repeat.closest(".entry")?.hidden;

  function filter() {
    const kinds = new Set(all("[name=kind]:checked").map((box) => box.value));
    const sought = folded(tools ? tools.querySelector("#search").value.trim() : "");
    const whole = !sought && kinds.size === all("[name=kind]").length;
    for (const repeat of repeats) {
      repeat.hidden = !kinds.has(repeat.dataset.kind) || !text(repeat).includes(sought);
    }
    for (const other of all(".dots, tr[data-kind]")) {
      const id = other.getAttribute("href") ?? other.querySelector("a").getAttribute("href");
      const target = document.querySelector(id)?.closest(".repeat");
      other.classList.toggle("out", target ? target.hidden : !kinds.has(other.dataset.kind));
    }
    let place = 0;
    for (const entry of entries) {
      const out = !whole && !entry.querySelector(".repeat:not([hidden])");
      entry.classList.toggle("out", out);
      entry.hidden = out || place >= shown;
      place += !out;
    }
    button.hidden = place <= shown;
    button.textContent = `Show ${Math.min(PAGE, place - shown)} more of ${place}`;
    const left = repeats.filter((repeat) => !repeat.hidden).length;
    const status = document.querySelector("#status");
    if (status) status.textContent = whole ? "" : `${left} of ${repeats.length} repeats`;
  }

  // --- from one repeat to the next

  let at = null;
  function go(step) {
    const read = repeats.filter(isRead);
    if (!read.length) return;
    let place = read.indexOf(at) + step;
    if (!read.includes(at)) place = step > 0 ? 0 : read.length - 1;
    show(read[Math.max(0, Math.min(read.length - 1, place))]);
  }
  function show(repeat) {
    at = repeat;
    const entry = repeat.closest(".entry");
    if (entry) entry.open = true;
    const heading = repeat.querySelector("h4");
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  }
  document.addEventListener("keydown", (event) => {
    if (!tools || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.querySelector("#search");
    if (event.target === search && event.key === "Escape") {
      search.value = "";
      filter();
      search.blur();
    }
    if (event.target.matches("input:not([type=checkbox])")) return;
    if (!document.querySelector("#keys").checked) return;
    if (event.key === "j" || event.key === "n") go(1);
    else if (event.key === "k" || event.key === "p") go(-1);
    else if (event.key === "/") search.focus();
    else return;
    event.preventDefault();
  });

  // --- links into what is folded

  function follow() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) {
      box.open = true;
    }
    const repeat = target.closest(".repeat");
    if (repeat) show(repeat);
    else target.scrollIntoView({ block: "start" });
  }
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a");
    // To ask again for the same place changes no address.
    if (link && link.getAttribute("href") === location.hash) follow();
  });

  // --- a cut as a patch

  document.addEventListener("click", async (event) => {
    const copy = event.target.closest?.(".copy");
    if (!copy) return;
    const patch = copy.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(patch.textContent);
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(patch);
      copy.textContent = "Selected: copy it with your browser";
    }
  });

  for (const hidden of all(".tools, .copy, .keys")) hidden.hidden = false;
  for (const box of all("[name=kind]")) box.addEventListener("change", filter);
  document.querySelector("#search")?.addEventListener("input", filter);
  document.querySelector("#next")?.addEventListener("click", () => go(1));
  document.querySelector("#previous")?.addEventListener("click", () => go(-1));
  if (tools) filter();
  else button.hidden = true;
  follow();
});
