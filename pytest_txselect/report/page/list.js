// The list of results: searched, filtered, sorted, grouped; only the rows in view exist as elements.
const view = { outcomes: new Set(), words: [], without: [], group: "none", sort: "worst", items: [], closed: new Set(), groups: [], active: -1, chosen: -1 };
const list = $("list");
let rowHeight = 34;

/** Recompute which rows there are, in which order; an item is a row's number, or -1 - the number of a group. */
function refresh() {
  const shown = [];
  for (let i = 0; i < N; i++) {
    const outcome = outcomeOf(i);
    if (view.outcomes.size ? !view.outcomes.has(outcome) : outcome === "not selected") continue;
    if (view.words.length || view.without.length) {
      const text = haystackOf(i);
      if (!view.words.every((word) => text.includes(word)) || view.without.some((word) => text.includes(word))) continue;
    }
    shown.push(i);
  }
  if (view.sort === "slowest") shown.sort((a, b) => R.ms[b] - R.ms[a] || a - b);
  else if (view.sort === "name") { const keys = new Map(shown.map((i) => [i, idOf(i)])); shown.sort((a, b) => (keys.get(a) < keys.get(b) ? -1 : 1)); }
  else if (view.sort === "worst") shown.sort((a, b) => DATA.rank[R.outcome[a]] - DATA.rank[R.outcome[b]] || a - b);
  view.groups = [];
  view.items = view.group === "none" ? shown : grouped(shown);
  view.shown = shown.length;
  view.active = Math.min(view.active, view.items.length - 1);
  $("count").textContent = shown.length === N ? count(DATA.total) + " results" : count(shown.length) + " of " + count(DATA.total) + " results";
  $("nothing").hidden = shown.length > 0;
  layout();
}

function grouped(shown) {
  const key = { file: (i) => fileOf(i), reason: (i) => groupOf(i) || "(" + outcomeOf(i) + ", no reason)", worker: (i) => (R.worker[i] < 0 ? "(no worker)" : DATA.workers[R.worker[i]]) }[view.group];
  const found = new Map();
  for (const i of shown) {
    const name = key(i);
    let group = found.get(name);
    if (!group) found.set(name, (group = { name, rows: [], tally: {}, ms: 0, rank: 99 }));
    group.rows.push(i);
    group.tally[R.outcome[i]] = (group.tally[R.outcome[i]] || 0) + 1;
    group.ms += Math.max(R.ms[i], 0);
    group.rank = Math.min(group.rank, DATA.rank[R.outcome[i]]);
  }
  view.groups = [...found.values()];
  if (view.group === "reason") view.groups.sort((a, b) => Math.min(a.rank, 3) - Math.min(b.rank, 3) || b.rows.length - a.rows.length);
  else if (view.sort === "worst") view.groups.sort((a, b) => a.rank - b.rank);
  else if (view.sort === "slowest") view.groups.sort((a, b) => b.ms - a.ms);
  const items = [];
  view.groups.forEach((group, number) => {
    items.push(-1 - number);
    if (!view.closed.has(group.name)) for (const i of group.rows) items.push(i);
  });
  return items;
}

function layout() {
  rowHeight = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 34;
  list.style.height = view.items.length * rowHeight + "px";
  draw(true);
}

/** Draw the rows in view, and a few around them; elements are kept while they stay in view. */
const drawn = new Map();
function draw(anew) {
  if (list.offsetParent === null) return;
  const top = -list.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(top / rowHeight) - 8);
  const last = Math.min(view.items.length, Math.ceil((top + innerHeight) / rowHeight) + 8);
  if (anew) { list.textContent = ""; drawn.clear(); }
  for (const [position, element] of drawn) if (position < first || position >= last) { element.remove(); drawn.delete(position); }
  const fresh = document.createDocumentFragment();
  for (let position = first; position < last; position++) {
    if (drawn.has(position)) continue;
    const item = view.items[position];
    const element = item < 0 ? drawGroup(view.groups[-1 - item]) : drawRow(item);
    element.style.top = position * rowHeight + "px";
    element.id = "row" + position;
    element.dataset.position = position;
    element.setAttribute("aria-posinset", position + 1);
    element.setAttribute("aria-setsize", view.items.length);
    drawn.set(position, element);
    fresh.append(element);
  }
  list.append(fresh);
  for (const [position, element] of drawn) element.setAttribute("aria-selected", position === view.active);
  if (drawn.has(view.active)) list.setAttribute("aria-activedescendant", "row" + view.active);
  else list.removeAttribute("aria-activedescendant");
}

function drawRow(i) {
  const outcome = outcomeOf(i);
  const name = make("span", { class: "name", title: idOf(i) }, ...marked(R.name[i] || fileOf(i), view.words));
  if (R.tag[i] >= 0) name.append(" ", make("span", { class: "tag" }, DATA.tags[R.tag[i]]));
  if (view.group !== "file" && R.name[i]) name.append("  ", make("span", { class: "file" }, ...marked(fileOf(i), view.words)));
  return make("div", { class: "r " + css(outcome), role: "option" },
    make("span", { class: "sign", title: outcome, role: "img", "aria-label": outcome }, SIGN[outcome]), name,
    make("span", { class: "why" }, ...marked(reasonOf(i), view.words)),
    make("span", { class: "time" + (R.ms[i] >= 1000 ? " slow" : "") }, seconds(R.ms[i])));
}

function drawGroup(group) {
  const tally = make("span", { class: "tally" }, count(group.rows.length));
  for (const [outcome, n] of Object.entries(group.tally)) tally.append(make("span", { class: css(OUTCOMES[outcome]), title: OUTCOMES[outcome] }, SIGN[OUTCOMES[outcome]] + " " + count(n)));
  return make("div", { class: "g", role: "option", "aria-expanded": String(!view.closed.has(group.name)) }, make("b", { title: group.name }, group.name), tally);
}

/** Make a position the active one and bring it into view. */
function activate(position, open) {
  if (!view.items.length) return;
  view.active = Math.max(0, Math.min(position, view.items.length - 1));
  const bar = document.querySelector(".tools").getBoundingClientRect().bottom;
  const top = list.getBoundingClientRect().top + view.active * rowHeight;
  if (top < bar) scrollBy(0, top - bar);
  else if (top + rowHeight > innerHeight) scrollBy(0, top + rowHeight - innerHeight + 4);
  draw();
  const item = view.items[view.active];
  if (open && item >= 0) openDetail(item);
}

function toggleGroup(position) {
  const group = view.groups[-1 - view.items[position]];
  if (view.closed.has(group.name)) view.closed.delete(group.name); else view.closed.add(group.name);
  refresh();
}

list.addEventListener("click", (event) => {
  const element = event.target.closest("[data-position]");
  if (!element) return;
  const position = Number(element.dataset.position);
  view.active = position;
  if (view.items[position] < 0) toggleGroup(position); else { openDetail(view.items[position]); draw(); }
});
list.addEventListener("focus", () => { if (view.active < 0 && view.items.length) { view.active = 0; draw(); } });
let asked = false;
addEventListener("scroll", () => { if (!asked) { asked = true; requestAnimationFrame(() => { asked = false; draw(); }); } }, { passive: true });
addEventListener("resize", () => layout());
