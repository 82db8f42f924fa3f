"use strict";
// Every page works without this file. It adds a slider over the days and a notice of new events.

// The list of days becomes a slider; leaving it goes to the day.
for (const nav of document.querySelectorAll(".days")) {
  const links = [...nav.querySelectorAll("details ol a")];
  if (links.length < 2) continue;
  const now = nav.querySelector(".steps a:last-child, .steps span:last-child");
  const stops = links.map((link) => ({ href: link.href, label: link.textContent }));
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  stops.push({ href: now.href || location.href, label: "now" });
  const range = document.createElement("input");
  range.type = "range";
  range.max = String(stops.length - 1);
  range.value = String(nav.querySelector(".now b") ? nearest() : stops.length - 1);
  range.setAttribute("aria-label", "Day");
  function nearest() {
    if (current >= 0) return current;
    const asked = new URLSearchParams(location.search).get("as_of") || "";
    const later = stops.findIndex((stop) => stop.label > asked);
    return Math.max(0, (later < 0 ? stops.length - 1 : later) - 1);
  }
  const label = document.createElement("output");
  const tell = () => {
    label.textContent = stops[range.value].label;
    range.setAttribute("aria-valuetext", stops[range.value].label);
  };
  range.addEventListener("input", tell);
  range.addEventListener("change", () => { location.href = stops[range.value].href; });
  tell();
  nav.querySelector(".steps").after(range, label);
}

// "3 new events": the page says so and leaves reloading to the reader.
const live = document.querySelector("[data-live]");
if (live && window.EventSource) {
  let source = new EventSource(live.dataset.live);
  source.addEventListener("recorded", (event) => {
    const count = Number(JSON.parse(event.data).events);
    live.replaceChildren();
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = `${count} new event${count === 1 ? "" : "s"}: reload`;
    live.append(link);
  });
  addEventListener("pagehide", () => source.close());
}

// A link to characters of a text, such as #char=63,79: a mark shows itself; other characters are shown here, on the
// page of the text that has them.
const reading = document.querySelector(".text[data-start]");
function showCharacters() {
  const asked = /^#char=(\d+)(?:,(\d+))?$/.exec(decodeURIComponent(location.hash));
  if (!asked || !reading) return;
  const start = Number(asked[1]), end = Math.max(Number(asked[2] || start), start + 1);
  const size = Number(reading.closest("[data-text]").dataset.text);
  const page = String(Math.floor(start / size) + 1);
  const query = new URLSearchParams(location.search);
  if (start < Number(reading.dataset.start) || start >= Number(reading.dataset.end)) {
    if ((query.get("page") || "1") === page) return;
    query.set("page", page);
    location.replace(`?${query}${location.hash}`);
    return;
  }
  for (const old of reading.querySelectorAll(".here")) old.classList.remove("here");
  if (globalThis.CSS && CSS.highlights) CSS.highlights.delete("here");
  const ranges = [];
  let first = null;
  for (const piece of reading.querySelectorAll("[data-start]")) {
    const from = Number(piece.dataset.start), to = Number(piece.dataset.end);
    if (to <= start || from >= end) continue;
    first ??= piece;
    const range = part(piece, Math.max(start, from) - from, Math.min(end, to) - from, to - from);
    if (piece.tagName !== "MARK" && range) ranges.push(range);
    else piece.classList.add("here");
  }
  if (ranges.length) CSS.highlights.set("here", new Highlight(...ranges));
  if (first && !document.getElementById(location.hash.slice(1))) first.scrollIntoView({ block: "center" });
}
// Characters of a piece of the text as a range; null if the page shows some of them in other words, or if the browser
// cannot show ranges.
function part(piece, from, to, length) {
  const node = piece.firstChild;
  if (!(globalThis.CSS && CSS.highlights) || !node || node.nodeType !== Node.TEXT_NODE) return null;
  const letters = [...node.data];
  if (letters.length !== length) return null;
  const units = (count) => letters.slice(0, count).join("").length;
  const range = document.createRange();
  range.setStart(node, units(from));
  range.setEnd(node, units(to));
  return range;
}
if (reading) {
  showCharacters();
  addEventListener("hashchange", showCharacters);
}
