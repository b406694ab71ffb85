// report_diagram.js - the sequence diagram as SVG.
'use strict';

const diagram = (() => {
  const MESSAGES = 200, CHOICES = 500; // what is put into the page at the most
  const LINE = 34, HEADS = 52, TOP = 14;
  const NUMBERS = 14 + 7 * String(data.records.length).length; // room for the steps' numbers

  // Where things stand: as much room as the window has, within reason.
  const measures = {space: 0, head: 0, first: 0, width: 0};
  function measure(lanes) {
    const room = byId('diagram').clientWidth - 24;
    measures.head = room < 640 ? 150 : 200;
    measures.first = NUMBERS + measures.head / 2 + 8;
    const free = room - measures.first - measures.head / 2 - 8;
    measures.space = Math.max(measures.head + 40, Math.min(420, free / Math.max(1, lanes - 1)));
    measures.width = Math.max(Math.min(room, 480), measures.first + (lanes - 1) * measures.space + measures.head / 2 + 8);
  }

  // Which record accepted a connection.
  const accepts = new Map();
  data.records.forEach((record, i) => {
    if (record[RECORD.call] !== LOST && callName(record).startsWith('accept') && record[RECORD.connection] >= 0)
      accepts.set(record[RECORD.connection], i);
  });

  // The lanes that a diagram of the chosen connection shows: its ends and the
  // listening one.
  function lanesOf(connection) {
    const accepted = data.records[accepts.get(connection)];
    return [...data.connections[connection][CONNECTION.lanes], accepted ? accepted[RECORD.lane] : -1];
  }

  function isShown(record, connection, lanes) {
    if (record[RECORD.call] === LOST || record[RECORD.lane] < 0) return false;
    if (phaseOf(record) === 0 && !record[RECORD.error]) return false; // options and the like
    if (connection < 0 || record[RECORD.connection] === connection) return true;
    return record[RECORD.connection] < 0 && lanes.includes(record[RECORD.lane]);
  }

  // Where a record's arrow leads: bytes to who received them, a connect to the
  // listening socket, an accept to the new one; -1: to nobody.
  function targetOf(record) {
    const connection = record[RECORD.connection], name = callName(record);
    if (record[RECORD.way] === OUT && record[RECORD.other] >= 0) return data.records[record[RECORD.other]][RECORD.lane];
    if (name === 'connect' && accepts.has(connection)) return data.records[accepts.get(connection)][RECORD.lane];
    if (name.startsWith('accept') && connection >= 0) return data.connections[connection][CONNECTION.lanes][1];
    return -1;
  }

  // A line of the diagram for each record. A receive whose send is there is part
  // of the send's arrow.
  function messagesOf(connection) {
    const lanes = connection >= 0 ? lanesOf(connection) : [];
    const messages = [];
    data.records.forEach((record, i) => {
      if (!isShown(record, connection, lanes)) return;
      if (record[RECORD.way] === IN && record[RECORD.other] >= 0) return;
      const to = targetOf(record);
      messages.push({i, from: record[RECORD.lane], to: to === record[RECORD.lane] ? -1 : to});
    });
    return withoutBareCloses(messages);
  }

  // A lane of which there is nothing to tell but its end is left out.
  function withoutBareCloses(messages) {
    const telling = new Set();
    for (const {i, from, to} of messages) {
      if (phaseOf(data.records[i]) !== 4) telling.add(from);
      telling.add(to);
    }
    return messages.filter(message => telling.has(message.from));
  }

  // What is written at a message, in so much room; the result is not cut.
  function label(record, room) {
    const bytes = record[RECORD.bytes] ? ` ${grouped(record[RECORD.bytes])} B` : '';
    const payload = record[RECORD.data] ? `  “${record[RECORD.data].slice(0, 40)}”` : '';
    const result = record[RECORD.error] ? ` = ${record[RECORD.error]}`
      : phaseOf(record) <= 2 && record[RECORD.ret] > 0 ? ` = ${record[RECORD.ret]}`
      : record[RECORD.way] === IN && record[RECORD.ret] === 0 ? ' = 0' : '';
    const named = ['bind', 'connect'].includes(callName(record)) ? ` ${record[RECORD.args].split(', ')[0]}` : '';
    return clip(`${callName(record)}${named}${bytes}${payload}`, room - wide(result)) + result;
  }

  const wide = text => text.length * 6.6; // about, at this size

  function clip(text, room) {
    const most = Math.max(4, Math.floor(room / wide('x')));
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
  }

  // Clients on the left; lanes of one process stand together.
  function sortLanes(lanes) {
    const own = chosen.connection >= 0 ? lanesOf(chosen.connection) : [];
    const sides = data.processes.map(() => [0, 0]);
    for (const row of data.connections)
      row[CONNECTION.lanes].forEach((lane, end) => { if (lane >= 0) sides[data.lanes[lane][LANE.process]][end]++; });
    const rank = lane => {
      if (own.includes(lane)) return own.indexOf(lane) - own.length;
      const process = data.lanes[lane][LANE.process];
      return (sides[process][0] > sides[process][1] ? 0 : 1e6) + process;
    };
    return lanes.sort((a, b) => rank(a) - rank(b) || a - b);
  }

  // A lane's head, and its life between two lines of the diagram.
  function drawLane(heads, picture, lane, x, life, bottom) {
    picture.append(
      svg('line', {x1: x, y1: 0, x2: x, y2: bottom, class: 'lifeline'}),
      svg('line', {x1: x, y1: life.first, x2: x, y2: life.last, class: 'life'}));
    heads.append(
      svg('rect', {x: x - measures.head / 2, y: 8, width: measures.head, height: 42, rx: 8, class: 'head'}),
      svg('text', {x, y: 26, class: 'who', 'text-anchor': 'middle'},
        clip(processName(data.lanes[lane][LANE.process]), measures.head - 10)),
      svg('text', {x, y: 42, class: 'what', 'text-anchor': 'middle'}, `fd ${data.lanes[lane][LANE.fd]}`));
  }

  function drawArrow(group, record, phase, x, end, y) {
    const way = end > x ? 1 : -1;
    group.append(
      svg('line', {x1: x, y1: y, x2: end - way * 7, y2: y, class: `arrow ${phase} ${record[RECORD.bytes] ? '' : 'dashed'}`}),
      svg('path', {d: `M${end} ${y} l${-way * 9} -4.5 v9 z`, class: `point ${phase}`}),
      svg('text', {x: Math.min(x, end) + 12, y: y - 6}, label(record, Math.abs(end - x) - 20)));
  }

  function drawRemark(group, record, phase, x, y, last) {
    const closes = callName(record) === 'close' && !record[RECORD.error];
    group.append(
      closes ? svg('path', {d: `M${x - 5} ${y - 8} l10 10 m0 -10 l-10 10`, class: `cross ${phase}`})
        : svg('circle', {cx: x, cy: y - 3, r: 4.5, class: `point ${phase}`}),
      svg('text', {x: last ? x - 12 : x + 12, y, 'text-anchor': last ? 'end' : 'start'},
        label(record, measures.space - 30)));
  }

  function drawMessage(picture, message, y, xs) {
    const record = data.records[message.i], x = xs.get(message.from), end = xs.get(message.to);
    const phase = colourOf(record);
    const group = svg('g', {class: 'message', tabindex: '0', role: 'button', 'data-record': message.i});
    group.append(svg('title', {}, `${clock(record[RECORD.time])}\n${recordLine(record)}`),
      svg('rect', {x: 0, y: y - 20, width: measures.width, height: LINE - 4, rx: 6, class: 'mark'}),
      svg('text', {x: NUMBERS - 4, y, class: 'what', 'text-anchor': 'end'}, String(message.i + 1)));
    if (end !== undefined) drawArrow(group, record, phase, x, end, y);
    else drawRemark(group, record, phase, x, y, x + measures.space > measures.width);
    const choose = () => change({record: message.i});
    group.addEventListener('click', choose);
    group.addEventListener('keydown', event => {
      if (event.key === 'Enter') choose();
    });
    picture.append(group);
  }

  // From the first to the last line that touches each lane.
  function livesOf(messages) {
    const lives = new Map();
    messages.forEach((message, n) => {
      for (const lane of [message.from, message.to]) {
        if (lane < 0) continue;
        if (!lives.has(lane)) lives.set(lane, {first: TOP + LINE * n + 17});
        lives.get(lane).last = TOP + LINE * n + 17;
      }
    });
    return lives;
  }

  function sheet(width, height) {
    return svg('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': word('diagram')});
  }

  function draw() {
    const messages = messagesOf(chosen.connection), shown = messages.slice(0, MESSAGES);
    const more = messages.length - shown.length;
    const lives = livesOf(shown), lanes = sortLanes([...lives.keys()]);
    if (!shown.length) {
      byId('diagram').replaceChildren(element('p', {class: 'faint'}, word('nothingHere')));
      return;
    }
    measure(lanes.length);
    const xs = new Map(lanes.map((lane, n) => [lane, measures.first + n * measures.space]));
    const width = measures.width, height = TOP + LINE * (shown.length + (more ? 1 : 0)) + 16;
    const heads = sheet(width, HEADS), picture = sheet(width, height);
    for (const lane of lanes) drawLane(heads, picture, lane, xs.get(lane), lives.get(lane), height - 8);
    shown.forEach((message, n) => drawMessage(picture, message, TOP + LINE * n + 20, xs));
    if (more) picture.append(svg('text', {x: NUMBERS, y: height - 14, class: 'what'}, word('furtherMessages', grouped(more))));
    byId('diagram').replaceChildren(element('div', {class: 'heads'}, heads), picture);
    markChosen(byId('diagram'));
  }

  // --- what the diagram is of ---------------------------------------------------------

  function choices() {
    const options = [element('option', {value: '-1'}, word('all'))];
    data.connections.slice(0, CHOICES).forEach((row, i) => {
      options.push(element('option', {value: String(i)},
        `${laneName(row[CONNECTION.lanes][0])} → ${laneName(row[CONNECTION.lanes][1])}`));
    });
    if (chosen.connection >= CHOICES)
      options.push(element('option', {value: String(chosen.connection)},
        laneName(data.connections[chosen.connection][CONNECTION.lanes][0])));
    byId('diagram-choice').replaceChildren(...options);
    byId('diagram-choice').value = String(chosen.connection);
  }

  byId('diagram-choice').addEventListener('change', event => change({connection: Number(event.target.value)}));
  onChange(what => {
    if ('record' in what) markChosen(byId('diagram'));
    if (!('language' in what) && !('connection' in what)) return;
    choices();
    draw();
  });

  // In a window of another width, things stand elsewhere.
  let drawn = 0;
  function start() {
    choices();
    new ResizeObserver(() => {
      if (byId('diagram').clientWidth === drawn) return;
      drawn = byId('diagram').clientWidth;
      draw();
    }).observe(byId('diagram'));
    drawn = byId('diagram').clientWidth;
    draw();
  }
  return {start};
})();
