// report_hand.js - the timeline by mouse and keyboard: zooming, moving, hovering
// over a record, choosing one, going to the other end.
'use strict';

const hand = (() => {
  const {AXIS, HEAD, at, box, rows, rowsHeight, rowOf, lowerBound, recordAt} = timeline;
  const records = data.records;
  const canvas = byId('timeline-canvas'), tip = byId('tooltip');

  // --- a record in words ---------------------------------------------------------------

  // What the record tells of an end; 0 stands for what its socket came to have.
  function endOf(record, column, socketColumn) {
    if (record[column] !== 0) return record[column];
    const lane = data.lanes[record[RECORD.lane]];
    return lane ? data.sockets[lane[LANE.socket]][socketColumn] : '';
  }

  function facts(i) {
    const record = records[i], other = records[record[RECORD.other]];
    const took = `${word('took')} ${length(record[RECORD.dur])}`;
    return [
      ['program', record[RECORD.process] >= 0 &&
        `${processName(record[RECORD.process])}, ${word('thread')} ${record[RECORD.tid]}`],
      ['record', `${record[RECORD.id]} · ${clock(record[RECORD.time])} · ${took}`],
      ['addresses', [endOf(record, RECORD.local, SOCKET.local), endOf(record, RECORD.peer, SOCKET.peer)]
        .filter(Boolean).join(' → ')],
      ['bytesColumn', record[RECORD.call] !== LOST && record[RECORD.bytes] ? grouped(record[RECORD.bytes]) : ''],
      ['otherEnd', other && `${laneName(other[RECORD.lane])}: ${callName(other)}`],
      ['payload', record[RECORD.data]],
    ].filter(([, text]) => text);
  }

  function describe(place, i) {
    const record = records[i];
    place.replaceChildren(
      element('p', {class: 'line'}, element('i', {class: `dot ${colourOf(record)}`}), recordLine(record)),
      element('dl', null, ...facts(i).map(([name, text]) =>
        element('div', null, element('dt', null, word(name)), element('dd', null, text)))));
    place.hidden = false;
  }

  // What is chosen stays in sight, wherever one is on the page.
  function showRecord() {
    const i = chosen.record;
    byId('record').hidden = i < 0;
    if (i < 0) return;
    describe(byId('record-facts'), i);
    byId('record-other').hidden = !(records[i][RECORD.other] >= 0);
  }

  // --- choosing ------------------------------------------------------------------------

  function reveal(i) {
    if (i < 0 || rowOf[i] < 0) return;
    const unit = recordAt(i), row = rows[rowOf[i]], span = at.to - at.from;
    if (unit < at.from || unit > at.to) timeline.show(unit - span / 2, unit + span / 2);
    if (row.top < box.scrollTop) box.scrollTop = row.top;
    else if (row.top + row.height > box.scrollTop + at.height - AXIS)
      box.scrollTop = row.top + row.height - at.height + AXIS;
    const hidden = box.getBoundingClientRect().top + AXIS + row.top - box.scrollTop + 2 * row.height -
      byId('record').getBoundingClientRect().top;
    if (!byId('record').hidden && hidden > 0) window.scrollBy(0, hidden);
  }

  function choose(i) {
    change({record: i});
    reveal(i);
  }

  // The next record of the lane, step ±1.
  function moveAlong(step) {
    const now = chosen.record, first = rows.find(row => row.calls.length);
    if (now < 0 || rowOf[now] < 0) {
      if (first) choose(first.calls[0]);
      return;
    }
    const calls = rows[rowOf[now]].calls, next = calls[lowerBound(calls, now, i => i) + step];
    if (next !== undefined) choose(next);
  }

  // The nearest record of the lane above or below.
  function moveAcross(step) {
    const now = chosen.record;
    if (now < 0 || rowOf[now] < 0) {
      moveAlong(0);
      return;
    }
    let r = rowOf[now] + step;
    while (rows[r] && !rows[r].calls.length) r += step;
    if (!rows[r]) return;
    const calls = rows[r].calls, k = lowerBound(calls, recordAt(now), recordAt);
    choose(calls[Math.min(k, calls.length - 1)]);
  }

  function goToOtherEnd() {
    const other = chosen.record >= 0 ? records[chosen.record][RECORD.other] : -1;
    if (other >= 0) choose(other);
  }

  // --- keys ------------------------------------------------------------------------------

  const span = () => at.to - at.from;
  const keys = {
    ArrowLeft: () => moveAlong(-1), ArrowRight: () => moveAlong(1),
    ArrowUp: () => moveAcross(-1), ArrowDown: () => moveAcross(1),
    PageUp: () => timeline.shift(-0.8 * span()), PageDown: () => timeline.shift(0.8 * span()),
    Home: () => timeline.show(0, span()), End: () => timeline.show(timeline.extent() - span(), timeline.extent()),
    '+': () => timeline.zoom(0.6), '=': () => timeline.zoom(0.6), '-': () => timeline.zoom(1 / 0.6), 0: timeline.fit,
    Enter: goToOtherEnd,
  };
  box.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && chosen.record >= 0) change({record: -1});
  });
  byId('record-other').addEventListener('click', goToOtherEnd);
  byId('record-close').addEventListener('click', () => change({record: -1}));

  // --- the mouse -------------------------------------------------------------------------

  // The record under the pointer, or near it.
  function recordNear(event) {
    const area = canvas.getBoundingClientRect();
    const x = event.clientX - area.left, y = event.clientY - area.top;
    const row = x >= at.gutter && y >= AXIS && timeline.rowAt(y - AXIS + box.scrollTop);
    if (!row) return -1;
    const k = lowerBound(row.calls, timeline.unitAt(x), recordAt);
    let best = -1, distance = 9;
    for (const i of row.calls.slice(Math.max(0, k - 1), k + 1)) {
      const left = timeline.pixel(recordAt(i)), right = timeline.pixelEnd(i);
      const far = x < left ? left - x : Math.max(0, x - right);
      if (far < distance) [best, distance] = [i, far];
    }
    return best;
  }

  function placeTip(event) {
    const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
    const below = event.clientY + 18, above = event.clientY - tip.offsetHeight - 12;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below + tip.offsetHeight < window.innerHeight ? below : Math.max(8, above)}px`;
  }

  function hover(event) {
    const found = recordNear(event);
    if (found !== at.hovered) {
      at.hovered = found;
      timeline.later();
      if (found >= 0) describe(tip, found);
    }
    tip.hidden = found < 0;
    canvas.style.cursor = found >= 0 ? 'pointer' : '';
    if (found >= 0) placeTip(event);
  }

  let drag = null;
  function pull(event) {
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    drag.moved = drag.moved || Math.abs(dx) > 3 || Math.abs(dy) > 3;
    if (!drag.moved) return;
    const by = dx / (at.width - at.gutter) * (drag.to - drag.from);
    tip.hidden = true;
    box.scrollTop = drag.scroll - dy;
    timeline.show(drag.from - by, drag.to - by);
  }

  canvas.addEventListener('pointerdown', event => {
    drag = {x: event.clientX, y: event.clientY, from: at.from, to: at.to, scroll: box.scrollTop, moved: false};
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', event => drag ? pull(event) : hover(event));
  canvas.addEventListener('pointerup', event => {
    if (drag && !drag.moved) choose(recordNear(event));
    drag = null;
  });
  canvas.addEventListener('pointercancel', () => { drag = null; });
  canvas.addEventListener('pointerleave', () => {
    at.hovered = -1;
    tip.hidden = true;
    timeline.later();
  });
  // The wheel scrolls; with Ctrl it zooms, with Shift it moves in time.
  box.addEventListener('wheel', event => {
    const x = Math.max(event.clientX - canvas.getBoundingClientRect().left, at.gutter);
    if (event.ctrlKey || event.metaKey) timeline.zoom(event.deltaY > 0 ? 1.25 : 0.8, timeline.unitAt(x));
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))
      timeline.shift((event.deltaX || event.deltaY) / (at.width - at.gutter) * span());
    else return;
    event.preventDefault();
  }, {passive: false});
  box.addEventListener('scroll', () => timeline.later());

  // --- around it ---------------------------------------------------------------------------

  function setScale(bySteps) {
    at.bySteps = bySteps;
    byId('scale-time').setAttribute('aria-pressed', String(!bySteps));
    byId('scale-steps').setAttribute('aria-pressed', String(bySteps));
    timeline.fit();
    reveal(chosen.record);
  }

  function legend() {
    const item = (colour, text) => element('li', null, element('i', {class: `dot ${colour}`}), text);
    byId('legend').replaceChildren(
      ...PHASES.map((phase, i) => item(phase, i ? `${PHASE_SIGNS[i]} ${word(phase)}` : word(phase))),
      item('error', word('refused')));
  }

  byId('scale-time').addEventListener('click', () => setScale(false));
  byId('scale-steps').addEventListener('click', () => setScale(true));
  byId('zoom-in').addEventListener('click', () => timeline.zoom(0.6));
  byId('zoom-out').addEventListener('click', () => timeline.zoom(1 / 0.6));
  byId('zoom-fit').addEventListener('click', timeline.fit);
  onChange(what => {
    if ('language' in what) legend();
    showRecord();
    if ('connection' in what && chosen.connection >= 0) {
      const lanes = data.connections[chosen.connection][CONNECTION.lanes];
      const row = rows.find(r => r.lane >= 0 && lanes.includes(r.lane));
      if (row) box.scrollTop = Math.max(0, row.top - 2 * HEAD);
    }
    timeline.later();
  });

  // As tall as what there is, within reason; the rest scrolls.
  function setHeight(most) {
    box.style.height = `${Math.min(AXIS + rowsHeight + 10, most)}px`;
  }
  const setScreenHeight = () => setHeight(Math.max(260, Math.round(window.innerHeight * 0.62)));

  // On paper nothing scrolls: a page of it from the top, as wide as paper is.
  let scrolled = 0;
  function print(on) {
    at.paper = on;
    box.style.width = on ? '680px' : '';
    if (on) {
      scrolled = box.scrollTop;
      setHeight(900);
      box.scrollTop = 0;
    } else {
      setScreenHeight();
      box.scrollTop = scrolled;
    }
  }

  function start() {
    setScreenHeight();
    legend();
    drawing.repaint();
    setScale(at.bySteps);
    new ResizeObserver(drawing.resize).observe(box);
  }
  return {start, print};
})();
