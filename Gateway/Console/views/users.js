import { h } from '../dom.js';
import { count } from '../format.js';
import { list } from '../list.js';

/** The users that have connections, by name. */
export function users(main, { call }, _, query) {
  return list(main, {
    view: 'users',
    title: 'Users',
    columns: ['User', 'Connections'],
    search: query.get('q') ?? '',
    beside: h('a', { class: 'button', href: '#/user/' }, 'Anonymous connections'),
    async load(page) {
      const { users: items, next } = await call('users', page);
      return { items, next };
    },
    row: ({ user, num_clients: clients }) => [
      h('td', {}, h('a', { class: 'row', 'data-id': user, href: `#/user/${encodeURIComponent(user)}` }, user),
        user === '!console' && h('span', { class: 'soft small' }, ' pages of this console')),
      h('td', { class: 'right number' }, count(clients))],
    none: (search) => (search ? `No connected user matches “${search}”.` : 'No user is connected now.'),
  });
}
