// Tabs, filters, keys, theme, and the address: what is shown can be linked to.
const tabs = [...document.querySelectorAll("[role=tab]")];

function showTab(name) {
  if (!tabs.some((tab) => tab.dataset.tab === name)) name = "overview";
  for (const tab of tabs) {
    const chosen = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
    $(tab.dataset.tab).hidden = !chosen;
  }
  view.tab = name;
  if (name === "tests") layout();
  if (name === "timeline") drawLanes();
}

function readAddress() {
  const state = new URLSearchParams(location.hash.slice(1));
  view.outcomes = new Set((state.get("outcome") || "").split(",").filter((outcome) => OUTCOMES.includes(outcome)));
  view.group = ["file", "reason", "worker"].includes(state.get("group")) ? state.get("group") : "none";
  view.sort = ["slowest", "name", "order"].includes(state.get("sort")) ? state.get("sort") : "worst";
  setWords(state.get("q") || "");
  $("search").value = state.get("q") || "";
  $("group").value = view.group;
  $("sort").value = view.sort;
  showChips();
  refresh();
  showTab(state.get("tab") || "overview");
  const test = state.get("test");
  if (test) for (let i = 0; i < N; i++) if (idOf(i) === test) { showRow(i); break; }
}

function writeAddress() {
  const state = new URLSearchParams();
  if (view.tab !== "overview") state.set("tab", view.tab);
  if (view.outcomes.size) state.set("outcome", [...view.outcomes].join(","));
  if (view.group !== "none") state.set("group", view.group);
  if (view.sort !== "worst") state.set("sort", view.sort);
  if ($("search").value) state.set("q", $("search").value);
  try { history.replaceState(null, "", "#" + state); } catch { /* a sandboxed frame has no history; the page works without */ }
}

function setWords(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  view.words = words.filter((word) => word[0] !== "-" || word.length === 1);
  view.without = words.filter((word) => word[0] === "-" && word.length > 1).map((word) => word.slice(1));
}

function showChips() {
  for (const chip of document.querySelectorAll(".chip")) chip.setAttribute("aria-pressed", view.outcomes.has(chip.dataset.outcome));
}

function toggleOutcome(outcome) {
  if (view.outcomes.has(outcome)) view.outcomes.delete(outcome); else view.outcomes.add(outcome);
  showChips(); refresh(); showTab("tests"); writeAddress();
}

/** Show a row in the list, whatever was filtered. */
function showRow(i) {
  let position = view.items.indexOf(i);
  if (position < 0) {
    view.outcomes.clear(); view.closed.clear(); setWords(""); $("search").value = "";
    if (outcomeOf(i) === "not selected") view.outcomes.add("not selected");
    showChips(); refresh();
    position = view.items.indexOf(i);
  }
  showTab("tests");
  activate(position, true);
}

/** Show all results of one reason. */
function showGroup(group) {
  view.outcomes.clear(); view.closed.clear(); setWords(""); $("search").value = "";
  view.group = $("group").value = "reason";
  showChips(); refresh(); showTab("tests");
  const position = view.items.findIndex((item) => item >= 0 && R.group[item] === group);
  activate(position - 1, false);
  activate(position, true);
  writeAddress();
}

for (const tab of tabs) tab.addEventListener("click", () => { showTab(tab.dataset.tab); writeAddress(); });
for (const chip of document.querySelectorAll(".chip")) chip.addEventListener("click", () => toggleOutcome(chip.dataset.outcome));
for (const button of document.querySelectorAll("[data-row]")) button.addEventListener("click", () => showRow(Number(button.dataset.row)));
for (const button of document.querySelectorAll("[data-group]")) button.addEventListener("click", () => showGroup(Number(button.dataset.group)));
for (const pre of document.querySelectorAll("pre.trace")) paint(pre).scrollTop = 1e9;
for (const cause of document.querySelectorAll(".cause")) cause.addEventListener("toggle", () => { const pre = cause.querySelector("pre"); if (pre) pre.scrollTop = 1e9; });
let typing = 0;
$("search").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => { setWords($("search").value); view.active = -1; refresh(); writeAddress(); }, 60); });
$("group").addEventListener("change", () => { view.group = $("group").value; refresh(); writeAddress(); });
$("sort").addEventListener("change", () => { view.sort = $("sort").value; refresh(); writeAddress(); });
$("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("txselect-theme", document.documentElement.dataset.theme); } catch { /* a file has no storage in some browsers */ }
  drawLanes();
});
$("help").addEventListener("click", () => $("keys").showModal());
addEventListener("hashchange", readAddress);
addEventListener("resize", drawLanes);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawLanes);

/** Go to the next (1) or previous (-1) result that did not go well. */
function jump(direction) {
  if (view.tab !== "tests") showTab("tests");
  for (let position = view.active + direction; position >= 0 && position < view.items.length; position += direction) {
    const item = view.items[position];
    if (item >= 0 && ["failed", "error"].includes(outcomeOf(item))) return activate(position, true);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  const field = event.target.closest("input, select, textarea");
  if (event.key === "Escape") {
    if (!closeDetail() && field) field.blur();
    return;
  }
  if (field) {
    if (event.target.id === "search" && (event.key === "Enter" || event.key === "ArrowDown")) { event.preventDefault(); list.focus({ preventScroll: true }); activate(0, event.key === "Enter"); }
    return;
  }
  if (event.target.closest("[role=tab]") && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    const next = tabs[(tabs.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
    next.focus(); next.click();
    return;
  }
  const inTests = view.tab === "tests";
  const page = Math.max(1, Math.floor(innerHeight / rowHeight) - 4);
  const onList = event.target === list || event.target === document.body;
  const moves = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 };
  if (event.key === "/") { event.preventDefault(); showTab("tests"); $("search").focus(); $("search").select(); }
  else if (event.key === "?") $("keys").showModal();
  else if (event.key === "n") jump(1);
  else if (event.key === "p") jump(-1);
  else if (event.key === "g") { view.group = $("group").value = { none: "file", file: "reason", reason: "worker", worker: "none" }[view.group]; refresh(); showTab("tests"); writeAddress(); }
  else if (event.key === "s") { view.sort = $("sort").value = { worst: "slowest", slowest: "order", order: "name", name: "worst" }[view.sort]; refresh(); showTab("tests"); writeAddress(); }
  else if (/^[1-9]$/.test(event.key) && tabs[event.key - 1]) { tabs[event.key - 1].click(); tabs[event.key - 1].focus(); }
  else if (inTests && moves[event.key] && (onList || event.key === "j" || event.key === "k")) { event.preventDefault(); activate(view.active + moves[event.key], !panel.hidden); }
  else if (inTests && onList && (event.key === "Enter" || event.key === " ") && view.active >= 0) {
    event.preventDefault();
    if (view.items[view.active] < 0) toggleGroup(view.active); else activate(view.active, true);
  } else if (inTests && onList && view.items[view.active] < 0 && (event.key === "ArrowLeft" || event.key === "ArrowRight")) toggleGroup(view.active);
});
try { const theme = localStorage.getItem("txselect-theme"); if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme; } catch { /* as above */ }
readAddress();
document.documentElement.dataset.ready = "yes";
