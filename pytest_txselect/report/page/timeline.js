// Who ran what when: a lane for each worker, drawn on a canvas; the worst outcome wins where tests share a pixel.
const lanes = { from: 0, to: 1, hits: [], rows: null };
const LANE = 34, HEAD = 22, LABEL = 92;

function prepareLanes() {
  if (lanes.rows) return;
  const names = DATA.workers.length ? DATA.workers : ["pytest"];
  lanes.names = names;
  lanes.rows = names.map(() => []);
  lanes.end = 1;
  for (let i = 0; i < N; i++) {
    if (R.start[i] < 0 || R.ms[i] < 0 || R.tag[i] >= 0 && DATA.tags[R.tag[i]].startsWith("[")) continue;
    lanes.rows[Math.max(R.worker[i], 0)].push(i);
    lanes.end = Math.max(lanes.end, R.start[i] + R.ms[i]);
  }
  for (const rows of lanes.rows) rows.sort((a, b) => R.start[a] - R.start[b]);
  lanes.to = lanes.end;
}

function drawLanes() {
  const canvas = $("lanes");
  if (canvas.offsetParent === null) return;
  prepareLanes();
  const width = canvas.clientWidth, height = HEAD + lanes.rows.length * LANE;
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio; canvas.height = height * ratio; canvas.style.height = height + "px";
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue("--" + name).trim();
  const colours = OUTCOMES.map((outcome) => colour({ "not run": "notrun", "not selected": "unselected" }[outcome] || outcome));
  const scale = (width - LABEL) / (lanes.to - lanes.from);
  pen.font = "12px " + style.getPropertyValue("--sans");
  pen.textBaseline = "middle";
  ticks(pen, width, height, scale, colour);
  lanes.hits = [];
  lanes.rows.forEach((rows, lane) => {
    const y = HEAD + lane * LANE;
    pen.fillStyle = colour("sunken"); pen.fillRect(LABEL, y + 4, width - LABEL, LANE - 8);
    const columns = new Int32Array(width).fill(-1);
    let busy = 0;
    for (const i of rows) {
      busy += R.ms[i];
      const x0 = LABEL + (R.start[i] - lanes.from) * scale, x1 = LABEL + (R.start[i] + R.ms[i] - lanes.from) * scale;
      if (x1 < LABEL || x0 > width) continue;
      for (let x = Math.max(LABEL, Math.floor(x0)); x <= Math.min(width - 1, Math.max(Math.floor(x0), Math.ceil(x1) - 1)); x++) {
        if (columns[x] < 0 || DATA.rank[R.outcome[i]] < DATA.rank[R.outcome[columns[x]]] || (DATA.rank[R.outcome[i]] === DATA.rank[R.outcome[columns[x]]] && R.ms[i] > R.ms[columns[x]])) columns[x] = i;
      }
    }
    for (let x = LABEL; x < width; x++) {
      if (columns[x] < 0) continue;
      const begin = x;
      while (x + 1 < width && columns[x + 1] === columns[begin]) x++;
      pen.fillStyle = colours[R.outcome[columns[begin]]];
      pen.globalAlpha = outcomeOf(columns[begin]) === "passed" ? 0.55 : 1;
      pen.fillRect(begin, y + 4, Math.max(1, x - begin + 1 - (x - begin > 2 ? 1 : 0)), LANE - 8);
    }
    pen.globalAlpha = 1;
    lanes.hits.push(columns);
    pen.fillStyle = colour("ink"); pen.fillText(lanes.names[lane], 8, y + LANE / 2 - 6, LABEL - 14);
    pen.fillStyle = colour("soft"); pen.fillText(count(rows.length) + ", " + Math.round((100 * busy) / lanes.end) + "% busy", 8, y + LANE / 2 + 8, LABEL - 14);
  });
  $("range").textContent = seconds(lanes.from) .replace("<1 ms", "0 s") + " to " + seconds(lanes.to);
}

function ticks(pen, width, height, scale, colour) {
  let step = 1;
  while (step * scale < 70) step *= String(step)[0] === "2" ? 2.5 : 2;
  pen.strokeStyle = colour("line"); pen.fillStyle = colour("soft");
  for (let at = Math.ceil(lanes.from / step) * step; at <= lanes.to; at += step) {
    const x = Math.round(LABEL + (at - lanes.from) * scale) + 0.5;
    pen.beginPath(); pen.moveTo(x, HEAD - 5); pen.lineTo(x, height); pen.stroke();
    if (x + 44 <= width) pen.fillText(at === 0 ? "0" : seconds(at), x + 3, HEAD / 2);
  }
}

function laneHit(event) {
  const box = $("lanes").getBoundingClientRect();
  const columns = lanes.hits[Math.floor((event.clientY - box.top - HEAD) / LANE)];
  if (!columns) return -1;
  const x = Math.floor(event.clientX - box.left);
  for (const near of [0, 1, -1, 2, -2, 3, -3]) if (columns[x + near] >= 0 && x + near >= LABEL) return columns[x + near];
  return -1;
}

/** Zoom by a factor around a place, 0 to 1 of what is shown. */
function zoomLanes(factor, around) {
  const length = Math.min(lanes.end, Math.max(2, (lanes.to - lanes.from) * factor));
  const centre = lanes.from + (lanes.to - lanes.from) * around;
  lanes.from = Math.max(0, Math.min(centre - length * around, lanes.end - length));
  lanes.to = lanes.from + length;
  drawLanes();
}

$("lanes").addEventListener("pointermove", (event) => {
  const i = laneHit(event), tip = $("tip");
  tip.hidden = i < 0;
  if (i < 0) return;
  tip.textContent = SIGN[outcomeOf(i)] + " " + idOf(i) + ", " + seconds(R.ms[i]);
  const box = $("lanes").getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(event.clientX - box.left + 12, box.width - tip.offsetWidth - 4)) + "px";
  tip.style.top = Math.max(4, Math.min(event.clientY - box.top + 16, box.height - tip.offsetHeight - 2)) + "px";
});
$("lanes").addEventListener("pointerleave", () => { $("tip").hidden = true; });
$("lanes").addEventListener("click", (event) => { const i = laneHit(event); if (i >= 0) showRow(i); });
$("lanes").addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const box = $("lanes").getBoundingClientRect();
  zoomLanes(event.deltaY > 0 ? 1.4 : 0.7, Math.max(0, Math.min(1, (event.clientX - box.left - LABEL) / (box.width - LABEL))));
}, { passive: false });
$("zoom-in").addEventListener("click", () => zoomLanes(0.5, 0.5));
$("zoom-out").addEventListener("click", () => zoomLanes(2, 0.5));
$("pan-left").addEventListener("click", () => panLanes(-0.5));
$("pan-right").addEventListener("click", () => panLanes(0.5));
function panLanes(share) {
  const length = lanes.to - lanes.from;
  lanes.from = Math.max(0, Math.min(lanes.from + length * share, lanes.end - length));
  lanes.to = lanes.from + length;
  drawLanes();
}
