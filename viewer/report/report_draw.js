// report_draw.js - the timeline on its canvas: only what is visible, however much
// there is.
'use strict';

const drawing = (() => {
  const {AXIS, TICK, at, box, rows, rowsHeight, rowOf, lowerBound, recordAt, pixel, unitAt} = timeline;
  const ALL_ARROWS = 160; // no more than these at once
  const records = data.records;
  const canvas = byId('timeline-canvas');
  const pen = canvas.getContext('2d');
  const colours = {};
  let gutter = 0; // as wide as the labels want it

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ['ink', 'muted', 'line', 'card', 'error', 'faint', 'mono', ...PHASES])
      colours[name] = style.getPropertyValue(`--${name}`).trim();
    colours.text = getComputedStyle(document.body).fontFamily;
    gutter = widest() + 34;
  }

  function resize() {
    const ratio = at.paper ? 3 : window.devicePixelRatio || 1;
    byId('timeline-sheet').style.height = `${AXIS + rowsHeight + 8}px`;
    at.width = Math.max(box.clientWidth, 320);
    at.height = box.clientHeight;
    at.gutter = Math.min(gutter, at.width * 0.36);
    canvas.width = Math.round(at.width * ratio);
    canvas.height = Math.round(at.height * ratio);
    canvas.style.width = `${at.width}px`;
    canvas.style.height = `${at.height}px`;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    timeline.later();
  }

  // How much room the labels take at the most; of many lanes, the first will do.
  function widest() {
    let most = 100;
    for (const row of rows.slice(0, 1000)) {
      const [name, where] = labelOf(row);
      pen.font = row.lane < 0 ? HEAD_FONT() : LANE_FONT();
      const wide = pen.measureText(name).width;
      pen.font = PLACE_FONT();
      most = Math.max(most, wide + (where ? 22 + pen.measureText(where).width : 0));
    }
    return most;
  }

  let waiting = false;
  timeline.later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };

  // --- the axis ------------------------------------------------------------------------

  // A round step such that labels keep their distance.
  function axisStep(space) {
    const rough = (at.to - at.from) / Math.max(1, (at.width - at.gutter) / space);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough);
    return at.bySteps ? Math.max(1, Math.round(step)) : step;
  }

  function line(fromX, fromY, toX, toY) {
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
    pen.stroke();
  }

  function drawAxis() {
    const step = axisStep(110), first = Math.ceil(Math.max(at.from, 0) / step) * step;
    pen.font = `11px ${colours.text}`;
    pen.textBaseline = 'middle';
    pen.textAlign = 'center';
    pen.strokeStyle = colours.line;
    pen.fillStyle = colours.muted;
    pen.lineWidth = 1;
    for (let unit = first; unit <= Math.min(at.to, timeline.extent()); unit += step) {
      const x = Math.round(pixel(at.bySteps ? unit + 0.5 : unit)) + 0.5;
      if (x < at.gutter) continue;
      pen.globalAlpha = 0.6;
      line(x, AXIS - 5, x, at.height);
      pen.globalAlpha = 1;
      pen.fillText(at.bySteps ? String(unit + 1) : unit === 0 ? '0' : roundLength(unit), x, AXIS / 2);
    }
    line(0, AXIS - 0.5, at.width, AXIS - 0.5);
  }

  // --- a row ----------------------------------------------------------------------------

  function clipped(text, room) {
    if (pen.measureText(text).width <= room) return text;
    let low = 0, high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pen.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
      else high = middle - 1;
    }
    return `${text.slice(0, low)}…`;
  }

  const HEAD_FONT = () => `600 13px ${colours.text}`;
  const LANE_FONT = () => `12px ${colours.mono}`;
  const PLACE_FONT = () => `11px ${colours.text}`;

  // A process; or a descriptor, with its addresses, and these ever shorter.
  function labelOf(row) {
    if (row.lane < 0) return [processName(row.process), ''];
    const lane = data.lanes[row.lane], socket = data.sockets[lane[LANE.socket]] || [];
    const local = socket[SOCKET.local] || '', peer = socket[SOCKET.peer];
    const port = address => address.replace(/^(?!unix:).*(:\d+)$/, '$1');
    return [`fd ${lane[LANE.fd]}`, peer ? `${local || '?'} → ${peer}` : local || socket[SOCKET.kind] || '',
      peer ? `${port(local) || '?'} → ${port(peer)}` : port(local), port(local)];
  }

  function drawLabel(row, y) {
    const [name, ...places] = labelOf(row), middle = y + row.height / 2;
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    pen.fillStyle = colours.ink;
    if (row.lane < 0) {
      pen.font = HEAD_FONT();
      pen.fillText(clipped(name, at.gutter - 20), 10, middle + 1);
      return;
    }
    pen.font = LANE_FONT();
    pen.fillText(name, 22, middle);
    const left = 22 + pen.measureText(name).width + 10, room = at.gutter - left - 8;
    pen.font = PLACE_FONT();
    pen.fillStyle = colours.muted;
    const fitting = places.find(text => text && pen.measureText(text).width <= room);
    pen.fillText(fitting || clipped(places[0], room), left, middle);
  }

  function isOfChosen(row) {
    return chosen.connection < 0 || data.connections[chosen.connection][CONNECTION.lanes].includes(row.lane);
  }

  // The bar of a lane's life, in the colours of the phases it goes through.
  function drawBar(row, y) {
    const lane = data.lanes[row.lane];
    const end = lane[LANE.until] === null ? timeline.extent() : timeline.momentAt(lane[LANE.until]);
    let begin = lane[LANE.since] === null ? 0 : timeline.momentAt(lane[LANE.since]), phase = 1;
    const piece = until => {
      const left = Math.max(pixel(begin), at.gutter), right = Math.min(pixel(until), at.width);
      pen.fillStyle = colours[PHASES[phase]];
      if (right > left) pen.fillRect(left, y + row.height / 2 - 4, Math.max(right - left, 1), 8);
    };
    pen.globalAlpha *= 0.3;
    for (let k = 0; k < row.calls.length && phase < 4; k++) {
      const next = phaseOf(records[row.calls[k]]);
      if (next <= phase) continue;
      const here = Math.min(Math.max(recordAt(row.calls[k]), begin), end);
      piece(here);
      [begin, phase] = [here, next];
    }
    piece(end);
    pen.globalAlpha /= 0.3;
  }

  // Ticks, one a pixel at the most: of those that fall together, a failed one is
  // shown.
  function drawCalls(row, y) {
    const calls = row.calls, tall = row.lane < 0 ? 10 : TICK;
    const step = Math.min(Math.max((at.width - at.gutter) / (at.to - at.from) * 0.5, 2), 8);
    pen.font = `11px ${colours.text}`;
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    for (let k = firstVisible(calls); k < calls.length;) {
      const first = k, x = pixel(recordAt(calls[k])), next = unitAt(x + 1);
      if (x > at.width + TICK) break;
      let failed = false;
      for (; k === first || (k < calls.length && recordAt(calls[k]) < next); k++)
        failed = failed || inTrouble(records[calls[k]]);
      const begin = at.bySteps ? x - step / 2 : x;
      const end = at.bySteps ? x + step / 2 : Math.max(x + 2, timeline.pixelEnd(calls[k - 1]));
      if (end < at.gutter) continue;
      pen.fillStyle = failed ? colours.error : colours[PHASES[phaseOf(records[calls[k - 1]])]];
      pen.fillRect(Math.max(begin, at.gutter), y + (row.height - tall) / 2, end - Math.max(begin, at.gutter), tall);
      if (k === first + 1) drawName(row, first, Math.max(end, x) + 4, y);
    }
  }

  // A long call may begin before what is visible and reach into it.
  function firstVisible(calls) {
    const k = lowerBound(calls, unitAt(at.gutter - TICK), recordAt);
    return k > 0 && timeline.pixelEnd(calls[k - 1]) > at.gutter ? k - 1 : k;
  }

  // The call's name, where there is room for it up to the next tick.
  function drawName(row, k, left, y) {
    const next = k + 1 < row.calls.length ? pixel(recordAt(row.calls[k + 1])) - 8 : at.width;
    if (next - left < 24 || left < at.gutter) return;
    const name = callName(records[row.calls[k]]), wide = pen.measureText(name).width;
    if (wide > next - left) return;
    pen.fillStyle = row.lane < 0 ? colours.faint : colours.card;
    pen.globalAlpha *= 0.75;
    pen.fillRect(left - 1, y + row.height / 2 - 7, wide + 2, 14);
    pen.globalAlpha /= 0.75;
    pen.fillStyle = colours.ink;
    pen.fillText(name, left, y + row.height / 2);
  }

  // --- arrows and marks ---------------------------------------------------------------------

  function middleOf(i) {
    const row = rows[rowOf[i]];
    return {x: pixel(recordAt(i)), y: AXIS + row.top - box.scrollTop + row.height / 2};
  }

  function drawArrow(from, strong) {
    const to = records[from][RECORD.other];
    if (!(to >= 0) || rowOf[from] < 0 || rowOf[to] < 0) return;
    const a = middleOf(from), b = middleOf(to);
    if (Math.max(a.x, b.x) < at.gutter || Math.min(a.x, b.x) > at.width) return;
    const way = b.y > a.y ? 1 : -1, bend = TICK / 2 + Math.min(24, Math.abs(b.y - a.y) / 2);
    pen.strokeStyle = pen.fillStyle = colours.transfer;
    pen.globalAlpha = strong ? 1 : 0.35;
    pen.lineWidth = strong ? 1.8 : 1;
    pen.beginPath();
    pen.moveTo(a.x, a.y + way * TICK / 2);
    pen.bezierCurveTo(a.x, a.y + way * bend, b.x, b.y - way * bend, b.x, b.y - way * (TICK / 2 + 3));
    pen.stroke();
    pen.beginPath();
    pen.moveTo(b.x, b.y - way * TICK / 2);
    pen.lineTo(b.x - 3.5, b.y - way * (TICK / 2 + 6));
    pen.lineTo(b.x + 3.5, b.y - way * (TICK / 2 + 6));
    pen.fill();
    pen.globalAlpha = 1;
  }

  // The sends that are visible, in these rows; none of them if they are too many.
  function drawArrows(visibleRows) {
    const sends = [];
    for (const row of visibleRows) {
      if (!isOfChosen(row)) continue;
      for (let k = lowerBound(row.calls, at.from, recordAt); k < row.calls.length; k++) {
        const i = row.calls[k];
        if (recordAt(i) > at.to) break;
        if (records[i][RECORD.way] === OUT && records[i][RECORD.other] >= 0) sends.push(i);
        if (sends.length > ALL_ARROWS) return;
      }
    }
    for (const i of sends) drawArrow(i, false);
  }

  function drawMark(i) {
    if (i < 0 || rowOf[i] < 0) return;
    const {x, y} = middleOf(i);
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.5;
    if (x >= at.gutter) pen.strokeRect(x - 6, y - TICK / 2 - 3, 12, TICK + 6);
    const other = records[i][RECORD.other];
    if (records[i][RECORD.way] === OUT) drawArrow(i, true);
    else if (other >= 0) drawArrow(other, true);
  }

  // --- all of it ---------------------------------------------------------------------------

  function drawRow(row) {
    const y = AXIS + row.top - box.scrollTop;
    pen.globalAlpha = isOfChosen(row) || row.lane < 0 ? 1 : 0.25;
    if (row.lane < 0) {
      pen.fillStyle = colours.faint;
      pen.fillRect(0, y + 2, at.width, row.height - 2);
    } else {
      drawBar(row, y);
    }
    drawCalls(row, y);
    pen.globalAlpha = Math.max(pen.globalAlpha, 0.5);
    drawLabel(row, y);
    pen.globalAlpha = 1;
  }

  function draw() {
    pen.fillStyle = colours.card;
    pen.fillRect(0, 0, at.width, at.height);
    drawAxis();
    const first = lowerBound(rows, box.scrollTop + 0.5, row => row.top + row.height);
    const last = lowerBound(rows, box.scrollTop + at.height - AXIS, row => row.top);
    const visibleRows = rows.slice(first, last);
    pen.save();
    pen.beginPath();
    pen.rect(0, AXIS, at.width, at.height - AXIS);
    pen.clip();
    visibleRows.forEach(drawRow);
    drawArrows(visibleRows);
    drawMark(at.hovered);
    if (chosen.record !== at.hovered) drawMark(chosen.record);
    pen.restore();
  }

  // At once: a page that is being printed does not wait.
  function repaint() {
    readColours();
    resize();
    draw();
  }
  return {repaint, resize, draw};
})();
