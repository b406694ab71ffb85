// report_start.js - the language, the appearance, printing, and off we go.
'use strict';

(() => {
  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  let theme = ''; // what was chosen: light or dark; else the system's

  function translate() {
    root.lang = chosen.language;
    for (const node of document.querySelectorAll('[data-word]')) node.textContent = word(node.dataset.word);
    for (const node of document.querySelectorAll('[data-word-label]')) {
      node.setAttribute('aria-label', word(node.dataset.wordLabel));
      if (node.tagName === 'BUTTON') node.title = word(node.dataset.wordLabel);
    }
    for (const node of document.querySelectorAll('[data-word-hint]')) node.placeholder = word(node.dataset.wordHint);
    byId('lang-en').setAttribute('aria-pressed', String(chosen.language === 'en'));
    byId('lang-ko').setAttribute('aria-pressed', String(chosen.language === 'ko'));
    const names = [...new Set(data.processes.map(process => process[PROCESS.comm]))];
    const who = names.slice(0, 4).join(', ') + (names.length > 4 ? ' …' : '');
    byId('subtitle').textContent = names.length
      ? word('subtitle', who, day(String(data.began).split('.')[0])) : word('nothing');
    document.title = names.length ? `${who} – sockspy` : 'sockspy';
    byId('colophon').textContent = word('made', data.version || '', day(data.made || 0));
  }

  function paint(name) {
    root.dataset.theme = name;
    byId('theme-light').setAttribute('aria-pressed', String(name === 'light'));
    byId('theme-dark').setAttribute('aria-pressed', String(name === 'dark'));
    drawing.repaint();
  }
  const current = () => theme || (dark.matches ? 'dark' : 'light');

  byId('lang-en').addEventListener('click', () => change({language: 'en'}));
  byId('lang-ko').addEventListener('click', () => change({language: 'ko'}));
  byId('theme-light').addEventListener('click', () => paint(theme = 'light'));
  byId('theme-dark').addEventListener('click', () => paint(theme = 'dark'));
  dark.addEventListener('change', () => paint(current()));
  // On paper: light, for ink is dear; nothing that has to be opened or scrolled.
  window.addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details:not([open])')) {
      details.open = true;
      details.dataset.printed = '';
    }
    hand.print(true);
    paint('light');
  });
  window.addEventListener('afterprint', () => {
    for (const details of document.querySelectorAll('details[data-printed]')) {
      details.open = false;
      delete details.dataset.printed;
    }
    hand.print(false);
    paint(current());
  });
  onChange(what => {
    if ('language' in what) translate();
  });

  translate();
  tables.draw();
  hand.start();
  diagram.start();
  story.start();
  paint(current());
  root.dataset.ready = Math.round(performance.now()); // ms since the page was asked for
})();
