// report.js - what all parts of the page share: the recording, words in both
// languages, numbers and times as people read them, and making elements.
//
// Whatever comes from a traced program reaches the page by textContent and by
// nothing else; the page's policy forbids the other ways.
'use strict';

const data = JSON.parse(document.getElementById('recording').textContent || '{}');
for (const table of ['calls', 'processes', 'sockets', 'lanes', 'connections', 'records', 'unseen', 'steps'])
  data[table] = data[table] || [];

// The columns of the rows, as viewer/report_data.c and report_records.c write
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

const words = {
  en: {
    language: 'Language', appearance: 'Appearance', light: 'Light', dark: 'Dark', summary: 'Summary',
    callsTable: 'Calls one by one', connections: 'Connections', filter: 'Filter', timeline: 'Timeline',
    scale: 'Scale', byTime: 'By time', bySteps: 'By steps', zoom: 'Zoom', zoomIn: 'Zoom in', zoomOut: 'Zoom out',
    zoomFit: 'All', diagram: 'Sequence', of: 'of', lecture: 'Step by step', unseen: 'What could not be seen',
    timelineHelp: 'Timeline. Arrow keys move from call to call, Enter goes to the other end, plus and minus zoom.',
    timelineHint: 'Drag to move, Ctrl and the wheel (or + and −) to zoom; click a call, or use the arrow keys; ' +
      'Enter goes to the other end of the transfer.',
    processes: 'processes', sockets: 'sockets', calls: 'calls', bytes: 'bytes sent', errors: 'failed calls',
    lost: 'records lost', duration: 'duration', connectionsCount: 'connections',
    create: 'creating', connect: 'connecting', transfer: 'sending and receiving', close: 'disconnecting',
    other: 'other calls', client: 'Client', server: 'Server', sent: 'Sent',
    received: 'Received', opened: 'Opened', life: 'Life', host: 'Host', kind: 'Kind', call: 'Call', count: 'Calls',
    failed: 'Failed', bytesColumn: 'Bytes', least: 'Min', median: 'p50', p99: 'p99', most: 'Max',
    more: n => `Show ${n} more`, shown: (n, all) => n === all ? `${all}` : `${n} of ${all}`,
    all: 'the whole recording', furtherMessages: n => `… ${n} more`, nothing: 'Nothing was recorded.',
    nothingHere: 'None.', notRecorded: 'not recorded', still: 'open', program: 'Program', record: 'Record',
    took: 'took', otherEnd: 'Other end', thread: 'thread', payload: 'Payload',
    lostHere: n => `${n} records are missing here`, allSeen: 'Nothing is known to have escaped.',
    noLecture: 'Nothing to tell.', truncatedLecture: n => `… ${n} more steps: sockspy explain tells them all.`,
    unseenWords: {},
    made: (version, when) => `Made by sockspy ${version} on ${when}. This page is whole in itself and loads nothing.`,
    subtitle: (who, when) => `${who}, recorded on ${when}`,
    peer: 'Peer', local: 'Local', refused: 'failed',
  },
  ko: {
    language: '언어', appearance: '화면', light: '밝게', dark: '어둡게', summary: '요약',
    callsTable: '호출별 통계', connections: '접속', filter: '거르기', timeline: '시간표',
    scale: '눈금', byTime: '시간', bySteps: '순서', zoom: '확대', zoomIn: '확대', zoomOut: '축소',
    zoomFit: '전체', diagram: '순서도', of: '대상', lecture: '단계별 설명', unseen: '관찰하지 못한 것',
    timelineHelp: '시간표. 화살표 키로 호출 사이를 이동하고, Enter로 상대편으로, + 와 − 로 확대·축소합니다.',
    timelineHint: '끌어서 이동하고 Ctrl+휠(또는 + 와 −)로 확대·축소합니다. 호출을 누르거나 화살표 키를 쓰고, ' +
      'Enter를 누르면 송수신의 상대편으로 갑니다.',
    processes: '프로세스', sockets: '소켓', calls: '호출', bytes: '송신 바이트', errors: '실패한 호출',
    lost: '잃은 기록', duration: '기간', connectionsCount: '접속',
    create: '소켓 작성', connect: '접속', transfer: '송수신', close: '연결 끊기',
    other: '그 밖의 호출', client: '클라이언트', server: '서버', sent: '송신',
    received: '수신', opened: '시작', life: '수명', host: '호스트', kind: '종류', call: '호출', count: '횟수',
    failed: '실패', bytesColumn: '바이트', least: '최소', median: '중앙값', p99: 'p99', most: '최대',
    more: n => `${n}개 더 보기`, shown: (n, all) => n === all ? `${all}개` : `${all}개 중 ${n}개`,
    all: '기록 전체', furtherMessages: n => `… ${n}개 더`, nothing: '기록된 것이 없습니다.',
    nothingHere: '없음', notRecorded: '기록되지 않음', still: '열려 있음', program: '프로그램', record: '기록',
    took: '걸린 시간', otherEnd: '상대편', thread: '스레드', payload: '데이터',
    lostHere: n => `여기서 기록 ${n}개를 잃었습니다`, allSeen: '놓친 것으로 알려진 것이 없습니다.',
    noLecture: '설명할 것이 없습니다.', truncatedLecture: n => `… ${n}단계 더: sockspy explain이 모두 설명합니다.`,
    unseenWords: {
      lost: n => `기록 ${n}개를 잃었습니다. 나중 기록이 덮어썼거나 끝까지 쓰이지 못했습니다.`,
      unwritten: n => `링에 자리가 없어 기록하지 못한 것이 ${n}개 있습니다.`,
      hidden_opens: n => `보이지 않는 곳(libc 내부 또는 직접 시스템 콜)에서 열린 소켓이 ${n}개 있습니다.`,
      hidden_closes: n => `보이지 않는 곳에서 닫힌 디스크립터가 ${n}개 있습니다.`,
      hidden_uses: n => `libc 내부에서 소켓을 사용한 호출이 ${n}번 있었습니다.`,
      blind_execs: n => `라이브러리 없이 시작되어 기록되지 않은 프로그램이 ${n}개 있습니다.`,
      io_uring: n => `io_uring이 ${n}개 만들어졌습니다. 그것을 통한 입출력은 보이지 않습니다.`,
    },
    made: (version, when) => `sockspy ${version}이 ${when}에 만들었습니다. 이 페이지는 아무것도 불러오지 않습니다.`,
    subtitle: (who, when) => `${who}, ${when}에 기록`,
    peer: '상대', local: '자신', refused: '실패',
  },
};

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
