import { arrowKeys, empty, h, searchField } from '../dom.js';
import { count } from '../format.js';
import { pattern } from './channels.js';

const pageSize = 100;

/** The users that have connections, by name, a page at a time. */
export function users(main, { call }, _, query) {
  let search = query.get('q') ?? '';
  let shown = [];
  let next = null;
  let gone = false;
  const body = h('tbody');
  const table = h('table', {},
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'User'), h('th', { scope: 'col', class: 'right' }, 'Connections'))), body);
  const more = h('div', { class: 'more', hidden: true }, h('button', { type: 'button', onclick: () => load(next) }, 'Show more'));
  const nothing = empty('');
  main.append(
    h('div', { class: 'heading' }, h('h1', {}, 'Users'), searchField('Search users', search, (text) => {
      search = text;
      history.replaceState(null, '', text ? `#/users?q=${encodeURIComponent(text)}` : '#/users');
      load(null);
    }), h('div', { class: 'end' }, h('a', { class: 'button', href: '#/user/' }, 'Anonymous connections'))),
    h('section', { class: 'card' }, h('div', { class: 'scroll' }, table), nothing, more));
  arrowKeys(main);

  async function load(after) {
    const asked = search;
    let result;
    try {
      result = await call('users', { limit: pageSize, pattern: pattern(search), ...(after && { after }) });
    } catch (error) {
      nothing.textContent = error.message;
      nothing.hidden = false;
      return;
    }
    if (gone || asked !== search) {
      return;
    }
    shown = after ? [...shown, ...result.users] : result.users;
    next = result.next ?? null;
    draw();
  }

  function draw() {
    const focused = document.activeElement?.dataset?.id;
    body.replaceChildren(...shown.map(({ user, num_clients: clients }) => h('tr', {},
      h('td', {}, h('a', { class: 'row', 'data-id': user, href: `#/user/${encodeURIComponent(user)}` }, user),
        user === '!console' && h('span', { class: 'soft small' }, ' pages of this console')),
      h('td', { class: 'right number' }, count(clients)))));
    table.hidden = !shown.length;
    nothing.hidden = shown.length > 0;
    nothing.textContent = search ? `No connected user matches “${search}”.` : 'No user is connected now.';
    more.hidden = !next;
    if (focused) {
      body.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  }

  load(null);
  const timer = setInterval(() => !document.hidden && shown.length <= pageSize && load(null), 4000);
  return () => {
    gone = true;
    clearInterval(timer);
  };
}
