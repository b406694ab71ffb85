// report.js - what all parts of the page share: the recording, words in both
// languages, numbers and times as people read them, and making elements.
//
// Whatever comes from a traced program reaches the page by textContent and by
// nothing else; the page's policy forbids the other ways.
'use strict';

const data = JSON.parse(document.getElementById('recording').textContent || '{}');
for (const table of ['calls', 'processes', 'sockets', 'lanes', 'connections', 'records', 'unseen', 'steps'])
  data[table] = data[table] || [];

// The columns of the rows, as report_data.c and report_records.c write
// them. Times are ns since data.began; -1 stands for none, null for not known.
const CALL = {name: 0, phase: 1};
const PROCESS = {pid: 0, comm: 1, path: 2, args: 3, began: 4, ended: 5};
const SOCKET = {id: 0, kind: 1, role: 2, local: 3, peer: 4, host: 5, state: 6, opened: 7, closed: 8};
const LANE = {process: 0, fd: 1, socket: 2, since: 3, until: 4}; // a row may be null
const CONNECTION = { // pairs: the client's, the server's
  id: 0, lanes: 1, addresses: 2, host: 3, kind: 4, bytes: 5, opened: 6, closed: 7, error: 8,
};
const RECORD = { // local, peer: 0 if it is what the socket came to have
  id: 0, time: 1, dur: 2, process: 3, tid: 4, call: 5, fd: 6, lane: 7, connection: 8, ret: 9, error: 10, bytes: 11,
  way: 12, other: 13, args: 14, data: 15, local: 16, peer: 17,
};
const STEP = {record: 0, phase: 1, connection: 2, who: 3, en: 4, ko: 5};
const UNSEEN = {key: 0, count: 1, text: 2};
const OUT = 1, IN = 2; // RECORD.way
const LOST = -1;       // RECORD.call: `bytes` records are missing here

const PHASES = ['other', 'create', 'connect', 'transfer', 'close'];
const PHASE_SIGNS = ['·', '①', '②', '③', '④'];

// What the person chose; parts redraw when they hear 'change'.
const chosen = {
  language: (navigator.language || '').startsWith('ko') ? 'ko' : 'en',
  connection: -1, // row of data.connections, or -1: all
  record: -1,     // row of data.records, or -1: none
};
const listeners = [];
function onChange(listener) {
  listeners.push(listener);
}
function change(what) {
  Object.assign(chosen, what);
  for (const listener of listeners) listener(what);
}

function word(key, ...values) {
  const text = words[chosen.language][key];
  return typeof text === 'function' ? text(...values) : text;
}

// --- elements ---------------------------------------------------------------------

const byId = id => document.getElementById(id);

// element('td', {class: 'number'}, 'text', child…)
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {}))
    if (value !== null && value !== false) made.setAttribute(key, value === true ? '' : value);
  made.append(...children);
  return made;
}

function svg(name, attributes, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// Marks what stands for the chosen record within `place`.
function markChosen(place) {
  for (const node of place.querySelectorAll('[aria-current]')) node.removeAttribute('aria-current');
  if (chosen.record < 0) return;
  for (const node of place.querySelectorAll(`[data-record="${chosen.record}"]`)) node.setAttribute('aria-current', 'true');
}

// --- numbers, times, names -----------------------------------------------------------

const grouped = number => Number(number).toLocaleString('en-US');

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let unit = -1;
  for (; bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${bytes.toFixed(bytes < 10 ? 1 : 0)} ${units[unit]}`;
}

// Nanoseconds with three digits that count: 4.12 ms
function length(ns) {
  if (ns === null || ns === undefined) return '';
  const units = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']];
  for (const [scale, unit] of units)
    if (Math.abs(ns) >= scale) {
      const value = ns / scale;
      return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
    }
  return `${Math.round(ns)} ns`;
}

// The same without zeros at its end, for scales: 4.1 ms, 50 ms
const roundLength = ns => length(ns).replace(/(\.\d*?)0+ /, '$1 ').replace('. ', ' ');

// Wall-clock time of a moment of the recording: 14:02:11.318224
function clock(ns) {
  const [seconds, fraction] = String(data.began || '0.0').split('.');
  const all = BigInt(seconds) * 1000000000n + BigInt((fraction || '').padEnd(9, '0')) + BigInt(Math.round(ns));
  const date = new Date(Number(all / 1000000n));
  const two = n => String(n).padStart(2, '0');
  const micro = String(all / 1000n % 1000000n).padStart(6, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${micro}`;
}

function day(seconds) {
  return new Date(Number(seconds) * 1000).toLocaleString(chosen.language === 'ko' ? 'ko-KR' : 'en-GB',
    {dateStyle: 'long', timeStyle: 'medium'});
}

const processName = row => row < 0 ? '?' : `${data.processes[row][PROCESS.comm]}[${data.processes[row][PROCESS.pid]}]`;
const callName = record => record[RECORD.call] === LOST ? 'lost' : data.calls[record[RECORD.call]][CALL.name];
// Did it fail in earnest? These only say: not yet.
const NOT_YET = ['EINPROGRESS', 'EALREADY', 'EAGAIN', 'EWOULDBLOCK', 'EINTR'];
const inTrouble = record => Boolean(record[RECORD.error]) && !NOT_YET.includes(record[RECORD.error]);
const colourOf = record => inTrouble(record) ? 'error' : PHASES[phaseOf(record)];

const phaseOf = record => record[RECORD.call] === LOST ? 0 : data.calls[record[RECORD.call]][CALL.phase];

// "curl[811] fd 5"
function laneName(row) {
  if (row < 0) return word('notRecorded');
  const lane = data.lanes[row];
  return `${processName(lane[LANE.process])} fd ${lane[LANE.fd]}`;
}

// "connect(…) = 0": a record in one line.
function recordLine(record) {
  if (record[RECORD.call] === LOST) return word('lostHere', grouped(record[RECORD.bytes]));
  const fd = record[RECORD.fd] >= 0 ? `${record[RECORD.fd]}` : '';
  const args = [fd, record[RECORD.args]].filter(Boolean).join(', ');
  const result = record[RECORD.error] ? ` = ${record[RECORD.error]}`
    : record[RECORD.ret] === null ? '' : ` = ${record[RECORD.ret]}`;
  return `${callName(record)}(${args})${result}`;
}
