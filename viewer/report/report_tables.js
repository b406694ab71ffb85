// report_tables.js - the figures at the top, the calls, the connections, and
// what could not be seen.
'use strict';

const tables = (() => {
  const PAGE = 20; // rows that are put into the page at a time
  let shownRows = PAGE;
  let sortBy = {connections: ['opened', 1], calls: ['count', -1]};

  // --- figures ----------------------------------------------------------------------

  function figures() {
    let failed = 0, bytes = 0, lost = 0, calls = 0;
    for (const record of data.records) {
      if (record[RECORD.call] === LOST) {
        lost += record[RECORD.bytes];
        continue;
      }
      calls++;
      if (record[RECORD.error]) failed++;
      if (record[RECORD.way] === OUT) bytes += record[RECORD.bytes];
    }
    const all = [
      ['calls', grouped(calls)], ['processes', grouped(data.processes.length)], ['sockets', grouped(data.sockets.length)],
      ['connectionsCount', grouped(data.connections.length)], ['bytes', size(bytes)], ['errors', grouped(failed)],
      ['duration', length(data.span || 0)],
    ];
    if (lost > 0) all.push(['lost', grouped(lost)]);
    byId('figures').replaceChildren(...all.map(([key, value]) =>
      element('div', {'data-figure': key}, element('dd', null, value), element('dt', null, word(key)))));
  }

  // --- tables that sort --------------------------------------------------------------

  // columns: [key, heading, class, text of a row, value to sort by]
  function table(id, columns, rows, choose) {
    const [key, way] = sortBy[id];
    const column = columns.find(c => c[0] === key);
    const value = row => column[4](row);
    rows.sort((a, b) => {
      const x = value(a), y = value(b);
      return way * (x < y ? -1 : x > y ? 1 : 0);
    });
    const heads = columns.map(([name, heading, kind]) => {
      const button = element('button', {type: 'button'}, word(heading));
      button.addEventListener('click', () => {
        sortBy[id] = [name, name === key ? -way : 1];
        draw();
        byId(id).querySelector(`th[data-key="${name}"] button`).focus();
      });
      const sorted = name === key ? (way > 0 ? 'ascending' : 'descending') : 'none';
      return element('th', {scope: 'col', class: kind, 'aria-sort': sorted, 'data-key': name}, button);
    });
    const body = rows.slice(0, id === 'connections' ? shownRows : rows.length).map(row => {
      const cells = columns.map(([, , kind, text]) => element('td', {class: kind}, ...[text(row)].flat()));
      const line = element('tr', null, ...cells);
      if (choose) choose(line, row);
      return line;
    });
    byId(id).replaceChildren(element('thead', null, element('tr', null, ...heads)), element('tbody', null, ...body));
  }

  // --- calls --------------------------------------------------------------------------

  function callRows() {
    const rows = new Map();
    for (const record of data.records) {
      if (record[RECORD.call] === LOST) continue;
      const name = callName(record);
      let row = rows.get(name);
      if (!row) rows.set(name, row = {name, phase: phaseOf(record), count: 0, failed: 0, bytes: [0, 0], times: [], event: true});
      row.count++;
      if (record[RECORD.ret] !== null) row.event = false;
      if (record[RECORD.error]) row.failed++;
      if (record[RECORD.way]) row.bytes[record[RECORD.way] - 1] += record[RECORD.bytes];
      row.times.push(record[RECORD.dur]);
    }
    for (const row of rows.values()) row.times = Float64Array.from(row.times).sort();
    return [...rows.values()];
  }
  const calls = callRows();
  const part = (row, share) => row.times[Math.max(0, Math.ceil(row.times.length * share) - 1)];
  const took = (row, share) => row.event ? '' : length(part(row, share));
  const orNothing = number => number ? grouped(number) : '';

  const callColumns = [
    ['name', 'call', '', row => [element('i', {class: `dot ${PHASES[row.phase]}`}), row.name], row => row.name],
    ['count', 'count', 'number', row => grouped(row.count), row => row.count],
    ['failed', 'failed', 'number', row => orNothing(row.failed), row => row.failed],
    ['sent', 'sent', 'number', row => orNothing(row.bytes[0]), row => row.bytes[0]],
    ['received', 'received', 'number', row => orNothing(row.bytes[1]), row => row.bytes[1]],
    ['least', 'least', 'number', row => took(row, 0), row => part(row, 0)],
    ['median', 'median', 'number', row => took(row, 0.5), row => part(row, 0.5)],
    ['p99', 'p99', 'number', row => took(row, 0.99), row => part(row, 0.99)],
    ['most', 'most', 'number', row => took(row, 1), row => part(row, 1)],
  ];

  // --- connections --------------------------------------------------------------------

  const endName = (row, end) => laneName(row[CONNECTION.lanes][end]);
  function endCell(row, end) {
    const lane = row[CONNECTION.lanes][end];
    const who = lane < 0 ? [element('span', {class: 'faint'}, word('notRecorded'))]
      : [element('b', null, processName(data.lanes[lane][LANE.process])), ' ',
        element('span', {class: 'fd'}, `fd ${data.lanes[lane][LANE.fd]}`)];
    return [...who, element('span', {class: 'address'}, row[CONNECTION.addresses][end] || word('noName'))];
  }
  function lifeOf(row) {
    return row[CONNECTION.opened] === null ? null : (row[CONNECTION.closed] ?? data.span) - row[CONNECTION.opened];
  }
  const connectionColumns = [
    ['client', 'client', 'end', row => endCell(row, 0), row => endName(row, 0)],
    ['kind', 'kind', 'kind', row => [element('span', {class: 'pipe'}, '⇄'), row[CONNECTION.kind]],
      row => row[CONNECTION.kind]],
    ['server', 'server', 'end', row => endCell(row, 1), row => endName(row, 1)],
    ['host', 'host', '', row => row[CONNECTION.host], row => row[CONNECTION.host]],
    ['sent', 'sent', 'number', row => grouped(row[CONNECTION.bytes][0]), row => row[CONNECTION.bytes][0]],
    ['received', 'received', 'number', row => grouped(row[CONNECTION.bytes][1]), row => row[CONNECTION.bytes][1]],
    ['opened', 'opened', 'number', row => row[CONNECTION.opened] === null ? '' : `+${length(row[CONNECTION.opened])}`,
      row => row[CONNECTION.opened] ?? -1],
    ['life', 'life', 'number', row => row[CONNECTION.error] ? element('span', {class: 'error'}, row[CONNECTION.error])
      : `${length(lifeOf(row))}${row[CONNECTION.closed] === null ? ` ${word('still')}` : ''}`, row => lifeOf(row) ?? -1],
  ];

  // The text in which the filter looks.
  const haystacks = data.connections.map(row =>
    [laneName(row[CONNECTION.lanes][0]), laneName(row[CONNECTION.lanes][1]), ...row[CONNECTION.addresses],
      row[CONNECTION.host], row[CONNECTION.kind], row[CONNECTION.error]].join('\n').toLowerCase());
  const numbers = new Map(data.connections.map((row, i) => [row, i]));

  function filtered() {
    const wanted = byId('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
    return data.connections.filter((row, i) => wanted.every(part => haystacks[i].includes(part)));
  }

  function connections() {
    const rows = filtered();
    table('connections', connectionColumns, rows, (line, row) => {
      const number = numbers.get(row);
      line.tabIndex = 0;
      line.setAttribute('aria-selected', String(number === chosen.connection));
      const choose = () => change({connection: number === chosen.connection ? -1 : number});
      line.addEventListener('click', choose);
      line.addEventListener('keydown', event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          choose();
          const again = [...byId('connections').tBodies[0].rows][line.sectionRowIndex];
          if (again) again.focus();
        } else if (event.key === 'ArrowDown' && line.nextSibling) {
          event.preventDefault();
          line.nextSibling.focus();
        } else if (event.key === 'ArrowUp' && line.previousSibling) {
          event.preventDefault();
          line.previousSibling.focus();
        }
      });
    });
    byId('filter-count').textContent = word('shown', rows.length, data.connections.length);
    const more = byId('connections-more');
    more.hidden = rows.length <= shownRows;
    more.textContent = word('more', grouped(rows.length - shownRows));
  }

  function unseen() {
    const lines = data.unseen.map(row => {
      const said = chosen.language === 'ko' && word('unseenWords')[row[UNSEEN.key]];
      return said ? said(grouped(row[UNSEEN.count])) : `${grouped(row[UNSEEN.count])} ${row[UNSEEN.text]}`;
    });
    byId('unseen').replaceChildren(
      ...(lines.length ? lines : [word('allSeen')]).map(text => element('li', null, text)));
  }

  function draw() {
    figures();
    table('calls', callColumns, calls);
    connections();
    unseen();
  }

  byId('filter').addEventListener('input', () => {
    shownRows = PAGE;
    connections();
  });
  byId('connections-more').addEventListener('click', () => {
    shownRows += 10 * PAGE;
    connections();
  });
  onChange(what => {
    if ('language' in what) draw();
    else if ('connection' in what) connections();
  });
  return {draw};
})();
