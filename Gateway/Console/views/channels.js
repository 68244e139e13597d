import { arrowKeys, empty, h, searchField } from '../dom.js';
import { count, people } from '../format.js';

const pageSize = 100;

/** The channels that have subscribers, by name, a page at a time. */
export function channels(main, { call, go }, _, query) {
  let search = query.get('q') ?? '';
  let shown = []; // what is in the list
  let next = null;
  let gone = false;
  const body = h('tbody');
  const table = h('table', {},
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Channel'), h('th', { scope: 'col', class: 'right' }, 'Subscribers'))), body);
  const more = h('div', { class: 'more', hidden: true }, h('button', { type: 'button', onclick: () => load(next) }, 'Show more'));
  const nothing = empty('');
  const open = h('form', {
    class: 'end',
    onsubmit: (event) => {
      event.preventDefault();
      const name = new FormData(open).get('name').trim();
      if (name) {
        go(`#/channel/${encodeURIComponent(name)}`);
      }
    },
  }, h('input', { name: 'name', placeholder: 'Open any channel…', 'aria-label': 'Open any channel', autocomplete: 'off', spellcheck: 'false' }));
  main.append(
    h('div', { class: 'heading' }, h('h1', {}, 'Channels'), searchField('Search channels', search, (text) => {
      search = text;
      history.replaceState(null, '', text ? `#/channels?q=${encodeURIComponent(text)}` : '#/channels');
      load(null);
    }), open),
    h('section', { class: 'card' }, h('div', { class: 'scroll' }, table), nothing, more));
  arrowKeys(main);

  async function load(after) {
    const asked = search;
    let result;
    try {
      result = await call('channels', { limit: pageSize, pattern: pattern(search), ...(after && { after }) });
    } catch (error) {
      nothing.textContent = error.message;
      nothing.hidden = false;
      return;
    }
    if (gone || asked !== search) {
      return; // the answer to an older question
    }
    const found = Object.entries(result.channels).map(([name, { num_clients: clients }]) => ({ name, clients }));
    shown = after ? [...shown, ...found] : found;
    next = result.next ?? null;
    draw();
  }

  function draw() {
    const focused = document.activeElement?.dataset?.id;
    const largest = Math.max(1, ...shown.map((c) => c.clients));
    body.replaceChildren(...shown.map(({ name, clients }) => h('tr', {},
      h('td', {}, h('a', { class: 'row', 'data-id': name, href: `#/channel/${encodeURIComponent(name)}` }, name)),
      h('td', {}, h('div', { class: 'occupancy number' },
        h('meter', { min: '0', max: String(largest), value: String(clients), 'aria-label': people(clients, 'subscriber') }), h('span', {}, count(clients)))))));
    table.hidden = !shown.length;
    nothing.hidden = shown.length > 0;
    nothing.textContent = search ? `No channel with subscribers matches “${search}”.` : 'No channel has subscribers now.';
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

/** A part of a name is enough; * and ? mean what they do in file names. */
export const pattern = (text) => (!text || /[*?]/.test(text) ? text : `*${text}*`);
