import { arrowKeys, confirm, empty, h } from '../dom.js';
import { moment, people, since } from '../format.js';

const shownChannels = 8;

/** One user's connections: where, since when, with what; and an end to them. */
export function user(main, { call, title }, name) {
  const called = name || 'Anonymous connections';
  title(called);
  let gone = false;
  const status = h('span', { class: 'pill' }, '…');
  const body = h('tbody');
  const nothing = empty('');
  const all = h('button', { type: 'button', class: 'danger', onclick: () => end() }, 'Disconnect all');
  const error = h('p', { class: 'notice', role: 'alert', hidden: true });
  main.append(
    h('div', { class: 'heading' }, h('h1', {}, called), status,
      h('div', { class: 'end' }, h('a', { class: 'button', href: `#/why?user=${encodeURIComponent(name)}` }, 'Why did they not get…?'), all)),
    error,
    h('section', { class: 'card' }, h('header', {}, h('h2', {}, 'Sessions')),
      h('div', { class: 'scroll' }, h('table', { class: 'cards' },
        h('thead', {}, h('tr', {}, ['Connection', 'Gateway', 'Since', 'Transport', 'Client', 'Channels', ''].map((c) => h('th', { scope: 'col' }, c)))), body)), nothing));
  arrowKeys(main);

  async function load() {
    try {
      const [{ connections, next }, seen] = await Promise.all([
        call('connections', { user: name, limit: 200 }),
        name ? call('user_status', { user: name }) : null]);
      if (gone) {
        return;
      }
      error.hidden = true;
      draw(connections, next);
      status.dataset.state = connections.length ? 'good' : '';
      status.textContent = connections.length ? people(connections.length, 'connection') + (next ? ' and more' : '')
        : seen?.last_seen ? `away since ${moment(seen.last_seen * 1000)}` : 'not connected';
      all.disabled = !connections.length;
    } catch (problem) {
      error.hidden = false;
      error.textContent = problem.message;
    }
  }

  function draw(connections) {
    const focused = document.activeElement?.dataset?.id;
    body.replaceChildren(...connections.map((c) => h('tr', {},
      h('td', { 'data-label': 'Connection' }, h('a', { class: 'row mono', 'data-id': c.client, title: c.client, href: `#/why?client=${c.client}` }, c.client.slice(0, 8))),
      h('td', { 'data-label': 'Gateway', class: 'nowrap' }, c.node),
      h('td', { 'data-label': 'Since', class: 'number nowrap', title: moment(c.connected_at * 1000) }, since(c.connected_at * 1000)),
      h('td', { 'data-label': 'Transport' }, c.transport),
      h('td', { 'data-label': 'Client', class: 'nowrap' }, [c.name, c.version].filter(Boolean).join(' ') || '–'),
      h('td', { 'data-label': 'Channels' }, h('div', { class: 'chips' },
        c.channels.slice(0, shownChannels).map((channel) => h('a', { class: 'chip', href: `#/channel/${encodeURIComponent(channel)}` }, channel)),
        c.channels.length > shownChannels && h('span', { class: 'chip' }, `and ${c.channels.length - shownChannels} more`))),
      h('td', { class: 'right' }, h('button', { type: 'button', class: 'danger', onclick: () => end(c.client) }, 'Disconnect')))));
    nothing.hidden = connections.length > 0;
    nothing.textContent = name ? 'This user has no connection now.' : 'There is no anonymous connection now.';
    if (focused) {
      body.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  }

  async function end(client) {
    const what = client ? `Connection ${client.slice(0, 8)}` : `Every connection of ${called}`;
    if (await confirm('Disconnect?', `${what} ends with code 3503: the client does not come back by itself.`, 'Disconnect')) {
      try {
        await call('disconnect', { user: name, ...(client && { client }) });
        setTimeout(load, 150);
      } catch (problem) {
        error.hidden = false;
        error.textContent = problem.message;
      }
    }
  }

  load();
  const timer = setInterval(() => !document.hidden && load(), 3000);
  return () => {
    gone = true;
    clearInterval(timer);
  };
}
