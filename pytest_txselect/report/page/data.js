// What the page knows: columns of rows, tables of texts they point into, and what every part asks of them.
const DATA = JSON.parse(document.getElementById("data").textContent);
const R = DATA.rows, N = R.name.length, OUTCOMES = DATA.outcomes;
const SIGN = { passed: "✓", failed: "✗", error: "!", skipped: "–", xfailed: "x", xpassed: "X", rerun: "↻", "not selected": "○", "not run": "?" };
const $ = (id) => document.getElementById(id);
const css = (outcome) => "o-" + outcome.replace(" ", "-");
const outcomeOf = (i) => OUTCOMES[R.outcome[i]];
const reasonOf = (i) => (R.reason[i] < 0 ? "" : DATA.reasons[R.reason[i]]);
const groupOf = (i) => (R.group[i] < 0 ? "" : DATA.reasons[R.group[i]]);
const fileOf = (i) => DATA.files[R.file[i]];
const idOf = (i) => (R.name[i] ? fileOf(i) + "::" + R.name[i] : fileOf(i));

/** Make an element; texts become text nodes, never markup. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== "") element.append(child);
  return element;
}

/** Seconds for a person. */
function seconds(ms) {
  if (ms < 0) return "";
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return Math.round(ms) + " ms";
  if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + " s";
  const whole = Math.round(ms / 1000);
  return Math.floor(whole / 60) + " min " + String(whole % 60).padStart(2, "0") + " s";
}
const count = (n) => n.toLocaleString("en");

/** What a search looks at, in lower case; made on first use. */
let haystack = null;
function haystackOf(i) {
  if (!haystack) haystack = new Array(N);
  return (haystack[i] ??= (idOf(i) + " " + (R.tag[i] < 0 ? "" : DATA.tags[R.tag[i]] + " ") + reasonOf(i)).toLowerCase());
}

/** Colour a traceback: what went wrong, the line it happened on, and where. */
function paint(pre) {
  const lines = pre.textContent.split("\n");
  pre.textContent = "";
  lines.forEach((line, number) => {
    let kind = "";
    if (/^E(\s|$)/.test(line)) kind = "e";
    else if (/^>(\s|$)/.test(line)) kind = "now";
    else if (/^\S.*:\d+: /.test(line) || /^\S.*:\d+: ?$/.test(line)) kind = "at";
    else if (/^(_ )+_?\s*$/.test(line) || /^\[gw\d+\] /.test(line)) kind = "dim";
    pre.append(kind ? make("span", { class: kind }, line) : line);
    if (number < lines.length - 1) pre.append("\n");
  });
  return pre;
}

/** Show text with what was searched for marked. */
function marked(text, words) {
  const parts = [];
  const lower = text.toLowerCase();
  let at = 0;
  while (words.length && at < text.length) {
    let first = -1, found = "";
    for (const word of words) {
      const where = lower.indexOf(word, at);
      if (where >= 0 && (first < 0 || where < first)) { first = where; found = word; }
    }
    if (first < 0) break;
    parts.push(text.slice(at, first), make("mark", {}, text.slice(first, first + found.length)));
    at = first + found.length;
  }
  parts.push(text.slice(at));
  return parts;
}
