import { h } from '../dom.js';
import { count, people } from '../format.js';
import { list } from '../list.js';

/** The channels that have subscribers, by name. */
export function channels(main, { call, go }, _, query) {
  const open = h('form', {
    onsubmit: (event) => {
      event.preventDefault();
      const name = new FormData(open).get('name').trim();
      if (name) {
        go(`#/channel/${encodeURIComponent(name)}`);
      }
    },
  }, h('input', { name: 'name', placeholder: 'Open any channel…', 'aria-label': 'Open any channel', autocomplete: 'off', spellcheck: 'false' }));
  return list(main, {
    view: 'channels',
    title: 'Channels',
    columns: ['Channel', 'Subscribers'],
    search: query.get('q') ?? '',
    beside: open,
    async load(page) {
      const { channels: found, next } = await call('channels', page);
      return { items: Object.entries(found).map(([name, { num_clients: clients }]) => ({ name, clients })), next };
    },
    row: ({ name, clients }, all) => [
      h('td', {}, h('a', { class: 'row', 'data-id': name, href: `#/channel/${encodeURIComponent(name)}` }, name)),
      h('td', {}, h('div', { class: 'occupancy number' },
        h('meter', { min: '0', max: String(Math.max(...all.map((c) => c.clients))), value: String(clients), 'aria-label': people(clients, 'subscriber') }),
        h('span', {}, count(clients))))],
    none: (search) => (search ? `No channel with subscribers matches “${search}”.` : 'No channel has subscribers now.'),
  });
}
