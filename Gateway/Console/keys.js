// The keyboard: "/" to the search field, "g" and a letter to a view, Esc back out, "?" shows all of it.
import { h } from './dom.js';

const letters = { t: '#/try', o: '#/overview', c: '#/channels', u: '#/users', m: '#/cluster', w: '#/why' };
let afterG = 0;

export function listen(allowed) {
  document.addEventListener('keydown', (event) => {
    const typing = event.target.matches('input, textarea, select');
    if (event.key === 'Escape') {
      leave(event.target, typing);
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
      return;
    }
    if (Date.now() < afterG && letters[event.key] && allowed(letters[event.key].slice(2))) {
      location.hash = letters[event.key];
      event.preventDefault();
    } else if (event.key === '/') {
      const field = document.querySelector('main input[type=search], main input');
      field?.focus();
      field?.select();
      event.preventDefault();
    } else if (event.key === '?') {
      showKeys();
      event.preventDefault();
    } else if (event.key === 'ArrowDown' && document.activeElement === document.body) {
      document.querySelector('main .row')?.focus();
      event.preventDefault();
    }
    afterG = event.key === 'g' ? Date.now() + 1500 : 0;
  });
}

/** Out of a field first, then from a channel or user to the list. */
function leave(target, typing) {
  if (document.querySelector('dialog[open]')) {
    return; // it closes itself
  }
  if (typing) {
    target.blur();
    return;
  }
  const up = { channel: '#/channels', user: '#/users' }[location.hash.split(/[/?]/)[1]];
  if (up) {
    location.hash = up;
  } else {
    document.activeElement?.blur();
  }
}

export function showKeys() {
  const row = (keys, text) => [h('span', {}, keys.map((k) => [h('kbd', {}, k), ' '])), h('span', {}, text)];
  const dialog = h('dialog', { 'aria-label': 'Keys' },
    h('h2', {}, 'Keys'),
    h('div', { class: 'keys' },
      row(['/'], 'search, or the first field'),
      row(['↑', '↓'], 'rows of a list; Enter opens one'),
      row(['Esc'], 'out of a field, back to the list'),
      row(['Ctrl', 'Enter'], 'publish'),
      row(['g', 't'], 'try it'), row(['g', 'o'], 'overview'), row(['g', 'c'], 'channels'),
      row(['g', 'u'], 'users'), row(['g', 'm'], 'members of the cluster'), row(['g', 'w'], 'why did X not get Y?'),
      row(['?'], 'this')),
    h('div', { class: 'actions' }, h('button', { type: 'button', class: 'primary', onclick: () => dialog.close() }, 'Close')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
