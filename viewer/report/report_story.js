// report_story.js - the story step by step. What belongs to none of the four phases
// is told in one line, which opens.
'use strict';

const story = (() => {
  const STEPS = 400; // what is put into the page at the most

  function stepItem(step) {
    const [head, ...rest] = step[chosen.language === 'ko' ? STEP.ko : STEP.en];
    const phase = step[STEP.phase], row = step[STEP.record], failed = row >= 0 && inTrouble(data.records[row]);
    const item = element('li', {class: failed ? 'error' : PHASES[phase], tabindex: '0', 'data-record': row},
      element('span', {class: 'step'}, row >= 0 ? String(row + 1) : ''),
      element('span', {class: 'sign', title: word(PHASES[phase])}, PHASE_SIGNS[phase]),
      element('span', {class: 'who'}, step[STEP.who]),
      element('div', {class: 'says'}, element('p', {class: 'head'}, head), ...rest.map(text => element('p', null, text))));
    if (phase === 0 && !failed && rest.length) item.setAttribute('aria-expanded', 'false');
    const choose = () => {
      if (item.hasAttribute('aria-expanded'))
        item.setAttribute('aria-expanded', String(item.getAttribute('aria-expanded') === 'false'));
      if (row >= 0) change({record: row});
    };
    item.addEventListener('click', choose);
    item.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose();
    });
    return item;
  }

  function draw() {
    const steps = data.steps.filter(step => chosen.connection < 0 || step[STEP.connection] === chosen.connection);
    const shown = steps.slice(0, STEPS), rest = steps.length - shown.length + (chosen.connection < 0 ? data.untold : 0);
    byId('lecture').replaceChildren(
      shown.length ? element('ol', {class: 'story'}, ...shown.map(stepItem))
        : element('p', {class: 'faint'}, word('noLecture')),
      ...(rest > 0 ? [element('p', {class: 'faint'}, word('truncatedLecture', grouped(rest)))] : []));
    markChosen(byId('lecture'));
  }

  onChange(what => {
    if ('record' in what) markChosen(byId('lecture'));
    if ('language' in what || 'connection' in what) draw();
  });

  function start() {
    byId('lecture').style.setProperty('--digits', String(data.records.length).length); // of the steps' numbers
    draw();
  }
  return {start};
})();
