// report_timeline.js - what the timeline is made of: rows (a heading for each
// process, a lane for each descriptor) and a scale, by time or by steps. It is
// drawn by report_draw.js and moved by report_hand.js.
'use strict';

const timeline = (() => {
  const ROW = 26, HEAD = 30, AXIS = 28, TICK = 14;
  const records = data.records;
  const box = byId('timeline');
  const at = {gutter: 220, width: 0, height: 0, bySteps: records.length <= 300, from: 0, to: 1, hovered: -1,
    paper: false};

  // The first place of `list` whose value is not below `value`.
  function lowerBound(list, value, get) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (get(list[middle]) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // --- rows --------------------------------------------------------------------------

  // When a record took effect; the records are in that order.
  const moments = new Float64Array(records.length);
  records.forEach((record, i) => {
    const begins = record[RECORD.way] === OUT || phaseOf(record) === 4 || callName(record) === 'connect';
    const moment = record[RECORD.time] + (begins ? 0 : record[RECORD.dur]);
    moments[i] = i ? Math.max(moments[i - 1], moment) : moment;
  });

  function makeRows() {
    const lanes = data.processes.map(() => []);
    const calls = new Map(); // by lane, or by -2 - process for what acts on no descriptor
    data.lanes.forEach((lane, i) => {
      if (lane) lanes[lane[LANE.process]].push(i);
    });
    records.forEach((record, i) => {
      if (record[RECORD.process] < 0) return;
      const key = record[RECORD.lane] >= 0 ? record[RECORD.lane] : -2 - record[RECORD.process];
      if (!calls.has(key)) calls.set(key, []);
      calls.get(key).push(i);
    });
    const rows = [];
    let top = 0;
    const add = (process, lane, height, own) => {
      rows.push({process, lane, top, height, calls: own || []});
      top += height;
    };
    data.processes.forEach((process, i) => {
      const own = calls.get(-2 - i);
      if (!own && !lanes[i].length) return;
      add(i, -1, HEAD, own);
      lanes[i].sort((a, b) => (data.lanes[a][LANE.since] ?? -1) - (data.lanes[b][LANE.since] ?? -1) || a - b);
      for (const lane of lanes[i]) add(i, lane, ROW, calls.get(lane));
    });
    return rows;
  }
  const rows = makeRows();
  const rowsHeight = rows.reduce((sum, row) => sum + row.height, 0);
  const rowOf = new Int32Array(records.length).fill(-1);
  rows.forEach((row, r) => row.calls.forEach(i => { rowOf[i] = r; }));

  // --- the scale ---------------------------------------------------------------------
  // Its unit is a nanosecond, or a step from one record to the next.

  const extent = () => at.bySteps ? Math.max(records.length, 1) : Math.max(data.span || 1, 1);
  const recordAt = i => at.bySteps ? i + 0.5 : records[i][RECORD.time];
  const momentAt = time => at.bySteps ? lowerBound(moments, time, m => m) + 0.5 : time;
  const pixel = unit => at.gutter + (unit - at.from) / (at.to - at.from) * (at.width - at.gutter);
  const unitAt = x => at.from + (x - at.gutter) / (at.width - at.gutter) * (at.to - at.from);

  // Where a record's call ends, in pixels.
  function pixelEnd(i) {
    return at.bySteps ? pixel(recordAt(i)) : pixel(records[i][RECORD.time] + records[i][RECORD.dur]);
  }

  // Sets what is visible, within what there is.
  function show(from, to) {
    const all = extent(), margin = all * 0.02, least = at.bySteps ? 3 : 100;
    const span = Math.min(Math.max(to - from, least), all + 2 * margin);
    at.from = Math.min(Math.max(from, -margin), all + margin - span);
    at.to = at.from + span;
    timeline.later();
  }
  const fit = () => show(-extent(), 2 * extent());
  function zoom(factor, around = (at.from + at.to) / 2) {
    show(around - (around - at.from) * factor, around + (at.to - around) * factor);
  }
  function shift(by) {
    show(at.from + by, at.to + by);
  }
  const rowAt = y => rows[lowerBound(rows, y + 0.5, row => row.top + row.height)];

  return {
    ROW, HEAD, AXIS, TICK, at, box, rows, rowsHeight, rowOf, rowAt, lowerBound, extent, recordAt, momentAt, pixel,
    pixelEnd, unitAt, show, fit, zoom, shift,
    later: () => {}, // draws soon; report_draw.js
  };
})();
