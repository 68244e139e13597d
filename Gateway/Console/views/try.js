import { h } from '../dom.js';
import { people } from '../format.js';
import { Wire } from '../wire.js';

const animals = ['otter', 'heron', 'lynx', 'finch', 'badger', 'marten', 'raven', 'hare', 'newt', 'stoat', 'wren', 'seal'];
const moods = ['brisk', 'calm', 'keen', 'merry', 'mild', 'quick', 'sunny', 'witty', 'brave', 'spry'];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** The first minute: two windows, and a message that arrives in both. A connection like any client's, with nothing but a WebSocket. */
export function tryIt(main, _, __, query) {
  const name = sessionStorage.getItem('name') ?? `${pick(moods)} ${pick(animals)}`;
  sessionStorage.setItem('name', name);
  let channel = query.get('channel') ?? 'chat:lobby';
  let subscribed = null;
  const sentAt = new Map(); // when this window sent what
  const state = h('span', { class: 'pill', 'data-state': 'closed', role: 'status' }, 'connecting…');
  const here = h('span', { class: 'soft small' });
  const log = h('ul', { id: 'log', class: 'log', 'aria-live': 'polite', 'aria-label': 'Messages' });
  const where = h('input', { id: 'channel', value: channel, 'aria-label': 'Channel', autocomplete: 'off', spellcheck: 'false' });
  const text = h('input', { id: 'text', autocomplete: 'off', placeholder: `Say something as ${name}`, maxlength: '2000' });
  const wire = new Wire('try-page');

  main.append(h('div', { class: 'try' },
    h('div', { class: 'lead' },
      h('div', {}, h('h1', {}, 'Send a message'),
        h('p', {}, 'Open this page in a second window: what you send in one arrives in both, at once. Close one and open it again: what it missed is there.')),
      h('button', { type: 'button', class: 'primary', onclick: secondWindow }, 'Open a second window')),
    h('section', { class: 'card' },
      h('header', {}, state, here, h('form', {
        class: 'where end',
        onsubmit: (event) => {
          event.preventDefault();
          subscribe(where.value.trim());
        },
      }, where, h('button', {}, 'Subscribe'))),
      log,
      h('form', {
        class: 'say',
        onsubmit: (event) => {
          event.preventDefault();
          send();
        },
      }, h('label', {}, h('span', {}, 'Message'), text), h('button', { class: 'primary' }, 'Send'))),
    h('div', { class: 'next' },
      h('div', { class: 'card' }, h('h2', {}, 'In your application'),
        h('p', {}, 'This is nothing but ', h('code', {}, 'new WebSocket(…)'), '; an ',
          h('a', { href: 'https://github.com/centrifugal/centrifuge-js', rel: 'noreferrer' }, 'SDK'), ' reconnects and recovers by itself.')),
      h('div', { class: 'card' }, h('h2', {}, 'From a terminal'), h('p', {}, 'The gateway printed a ', h('code', {}, 'curl'), ' line: what it publishes appears here.')),
      h('div', { class: 'card' }, h('h2', {}, 'Look inside'), h('p', {}, h('a', { href: '#/overview' }, 'Live figures'), ', ',
        h('a', { href: `#/channel/${encodeURIComponent(channel)}` }, 'this channel'), ', ', h('a', { href: '#/why' }, 'why something did not arrive'), '.')))));

  function note(words) {
    log.append(h('li', { class: 'note' }, words));
    log.scrollTop = log.scrollHeight;
  }

  function show(publication, fresh) {
    const { data, offset } = publication;
    const from = typeof data?.from === 'string' ? data.from : '';
    const words = typeof data?.text === 'string' ? data.text : JSON.stringify(data);
    const started = sentAt.get(data?.id);
    sentAt.delete(data?.id);
    const under = [from && from !== name && from, started && `back in ${Math.max(.1, performance.now() - started).toFixed(1)} ms`, offset && `#${offset}`].filter(Boolean).join(' · ');
    log.append(h('li', { class: from === name ? 'mine' : '' },
      h('span', { class: `avatar tone-${tone(from)}`, 'aria-hidden': 'true' }, from ? from.split(' ').map((w) => w[0].toUpperCase()).join('') : '›'),
      h('div', {}, h('div', { class: `bubble ${fresh && from !== name ? 'arrive' : ''}` }, words), h('div', { class: 'under' }, under))));
    if (log.children.length > 500) {
      log.firstChild.remove();
    }
    log.scrollTop = log.scrollHeight;
  }

  async function subscribe(wanted) {
    if (!wanted) {
      return;
    }
    if (subscribed && subscribed !== wanted) {
      await wire.call({ unsubscribe: { channel: subscribed } });
      subscribed = null;
    }
    const before = channel;
    channel = wanted;
    log.replaceChildren();
    const reply = await wire.call({ subscribe: { channel, recover: true } });
    if (reply.error && !(reply.error.code === 105 && before === wanted)) {
      note(`${channel}: ${reply.error.message} (${reply.error.code})`);
      return;
    }
    subscribed = channel;
    note(`Subscribed to ${channel}.`);
    (reply.subscribe?.publications ?? []).forEach((publication) => show(publication, false));
    countPresence();
  }

  async function countPresence() {
    const { presence_stats: stats } = await wire.call({ presence_stats: { channel } });
    here.textContent = stats ? `${people(stats.num_clients, 'window')} here` : '';
  }

  async function send() {
    const words = text.value;
    if (!words) {
      return;
    }
    text.value = '';
    const id = Math.random().toString(36).slice(2, 8);
    sentAt.set(id, performance.now());
    const reply = await wire.call({ publish: { channel, data: { text: words, from: name, id } } });
    if (reply.error) {
      sentAt.delete(id);
      note(`Not sent: ${reply.error.message} (${reply.error.code})`);
    }
  }

  function secondWindow() {
    const width = Math.min(760, Math.round(screen.availWidth / 2));
    window.open(`${location.pathname}#/try?channel=${encodeURIComponent(channel)}`, '',
      `popup,noopener,width=${width},height=${Math.min(820, screen.availHeight)},left=${screen.availWidth - width},top=0`);
  }

  wire.addEventListener('open', () => {
    state.dataset.state = 'open';
    state.textContent = 'connected';
    subscribed = null;
    subscribe(channel);
  });
  wire.addEventListener('refused', ({ detail }) => note(`Connect: ${detail.message} (${detail.code})`));
  wire.addEventListener('closed', ({ detail }) => {
    state.dataset.state = 'closed';
    state.textContent = 'disconnected';
    note(`Connection closed${detail.reason ? `: ${detail.reason}` : ''}${detail.code ? ` (${detail.code})` : ''}.`);
  });
  wire.addEventListener('push', ({ detail }) => {
    if (detail.channel === channel && detail.pub) {
      show(detail.pub, true);
    } else if (detail.channel === channel && (detail.join || detail.leave)) {
      countPresence();
    }
  });
  wire.open();
  text.focus({ preventScroll: true });
  return () => wire.close();
}

function tone(name) {
  return ([...name].reduce((sum, c) => sum + c.codePointAt(0), 0) % 6) + 1;
}
