// One result in full: message, traceback, output, why it ran, and how to run it again.
const details = DATA.details;
const panel = $("detail");

function openDetail(i) {
  view.chosen = i;
  const outcome = outcomeOf(i);
  const detail = R.detail[i] < 0 ? {} : details[R.detail[i]];
  const tag = R.tag[i] < 0 ? "" : " " + DATA.tags[R.tag[i]];
  const facts = make("dl", {});
  const fact = (name, value) => { if (value) facts.append(make("dt", {}, name), make("dd", {}, value)); };
  fact("Took", R.ms[i] >= 0 ? seconds(R.ms[i]) + (detail.phases ? " (" + detail.phases.map(([when, ms]) => when + " " + seconds(ms)).join(", ") + ")" : "") : "");
  fact("Started", R.start[i] >= 0 ? seconds(R.start[i]) + " into the run" + (R.worker[i] < 0 ? "" : ", on " + DATA.workers[R.worker[i]]) : "");
  fact("Defined", R.line[i] > 0 ? fileOf(i) + ":" + R.line[i] : "");
  fact("Failed at", detail.place);
  fact("Selected", R.why[i] < 0 ? "" : DATA.whys[R.why[i]]);
  for (const [name, value] of detail.properties || []) fact(name, value);
  panel.className = "detail " + css(outcome);
  panel.replaceChildren(
    make("button", { class: "plain close", onclick: closeDetail, "aria-label": "Close (Escape)" }, "✕"),
    make("h3", {}, make("i", {}, SIGN[outcome] + " " + outcome + tag), idOf(i)),
    ...(detail.message || reasonOf(i) ? [make("div", { class: "message" }, detail.message || reasonOf(i))] : []),
    ...(detail.trace ? [make("h4", {}, "Traceback"), paint(make("pre", { tabindex: "0" }, detail.trace))] : []),
    ...(detail.sections || []).flatMap(([title, text]) => [make("h4", {}, title), make("pre", { tabindex: "0" }, text)]),
    ...(detail.cut ? [make("p", { class: "soft" }, detail.cut)] : []),
    ...others(i), facts, actions(i));
  panel.hidden = false;
  panel.scrollTop = 0;
  $("split").classList.add("open");
}

/** Other results of the same test: attempts, subtests, the error of its teardown. */
function others(i) {
  if (R.again[i] < 0) return [];
  const rows = DATA.again[R.again[i]].filter((other) => other !== i);
  if (!rows.length) return [];
  return [make("h4", {}, "Same test"), ...rows.slice(0, 50).map((other) => make("div", {}, make("button", { class: "link " + css(outcomeOf(other)), onclick: () => openDetail(other) },
    SIGN[outcomeOf(other)] + " " + outcomeOf(other) + (R.tag[other] < 0 ? "" : " " + DATA.tags[R.tag[other]]) + (reasonOf(other) ? ": " + reasonOf(other) : ""))))];
}

function actions(i) {
  const quoted = "'" + idOf(i).replaceAll("'", "'\\''") + "'";
  return make("div", { class: "actions" }, copier("Copy node id", idOf(i)), copier("Copy command", "pytest " + quoted),
    ...(groupOf(i) && R.detail[i] >= 0 ? [make("button", { class: "plain", onclick: () => showGroup(R.group[i]) }, "All with this reason")] : []));
}

function copier(label, text) {
  const button = make("button", { class: "plain", onclick: async () => {
    try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
    catch { button.textContent = "Select and copy:"; button.after(make("code", {}, text)); }
    setTimeout(() => { button.textContent = label; }, 1500);
  } }, label);
  return button;
}

function closeDetail() {
  if (panel.hidden) return false;
  panel.hidden = true;
  view.chosen = -1;
  $("split").classList.remove("open");
  list.focus({ preventScroll: true });
  layout();
  return true;
}
