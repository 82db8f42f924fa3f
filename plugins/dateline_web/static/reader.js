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
