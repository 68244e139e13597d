import { empty, h } from '../dom.js';
import { count, data, people } from '../format.js';

const mostLines = 300;
const startLines = 50;

/** One channel: its history and what is published from now on, who is in it, publishing by hand. */
export function channel(main, context, name) {
  const { call, title } = context;
  title(name);
  let gone = false;
  let top = 0;
  const log = h('ol', { class: 'log', 'aria-live': 'polite', 'aria-label': 'Publications', tabindex: '0' });
  const live = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => (watching ? stopWatching() : watch()) }, 'Watch');
  const facts = h('dl', { class: 'facts' });
  const who = h('ul', { class: 'people' });
  const whoTitle = h('h2', {}, 'Here now');
  const subscribers = h('span', { class: 'pill' }, '…');
  let watching = false;

  const payload = h('textarea', { rows: '2', name: 'data', spellcheck: 'false', 'aria-label': 'Data to publish', placeholder: '{"text":"hello"}' });
  const sent = h('span', { class: 'soft small', role: 'status' });
  const form = h('form', {
    class: 'publish',
    onsubmit: (event) => {
      event.preventDefault();
      publish();
    },
    onkeydown: (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        publish();
      }
    },
  }, payload, h('div', { class: 'actions' }, sent, h('button', { class: 'primary', type: 'submit', title: 'Ctrl+Enter' }, 'Publish')));

  main.append(
    h('div', { class: 'heading' }, h('h1', {}, name), subscribers,
      h('div', { class: 'end' }, h('a', { class: 'button', href: `#/why?channel=${encodeURIComponent(name)}` }, 'Why did X not get…?'))),
    h('div', { class: 'columns' },
      h('section', { class: 'card' }, h('header', {}, h('h2', {}, 'Publications'), h('span', { class: 'end' }, live)), log, form),
      h('div', { class: 'stack' },
        h('section', { class: 'card' }, h('header', {}, h('h2', {}, 'Stream')), h('div', { class: 'body' }, facts)),
        h('section', { class: 'card' }, h('header', {}, whoTitle), h('div', { class: 'people-list' }, who)))));

  function line(publication, fresh) {
    const info = publication.info;
    log.querySelector('.empty')?.remove();
    log.append(h('li', { class: fresh ? 'arrive' : '' },
      h('span', { class: 'offset' }, publication.offset ? `#${publication.offset}` : '–'),
      h('div', {}, h('div', { class: 'data' }, data(publication)),
        (info || publication.tags) && h('div', { class: 'meta' },
          info && `by ${info.user || 'anonymous'} `,
          Object.entries(publication.tags ?? {}).map(([k, v]) => [h('span', { class: 'chip' }, `${k}=${v}`), ' '])))));
    if (log.children.length > mostLines) {
      log.firstChild.remove();
    }
    log.scrollTop = log.scrollHeight;
  }

  async function readHistory() {
    try {
      const history = await call('history', { channel: name, limit: startLines, reverse: true });
      top = history.offset;
      history.publications.reverse().forEach((publication) => line(publication, false));
      if (!history.publications.length) {
        log.append(h('li', { class: 'note empty' }, 'No publication is kept.'));
      }
      showStream(history);
    } catch (error) {
      log.append(h('li', { class: 'note empty' }, error.code === 108 ? 'This channel keeps no history: what is published from now on is shown here.' : error.message));
      facts.replaceChildren(h('dt', {}, 'History'), h('dd', {}, error.code === 108 ? 'off' : '–'));
    }
  }

  function showStream({ offset, epoch }) {
    facts.replaceChildren(h('dt', {}, 'Newest offset'), h('dd', {}, count(offset)), h('dt', {}, 'Epoch'), h('dd', { class: 'mono' }, epoch || '–'));
  }

  async function refresh() {
    try {
      const { channels } = await call('channels', { limit: 1, pattern: name.replace(/[*?[\]]/g, '?') });
      subscribers.textContent = people((channels[name]?.num_clients ?? 0) - (watching ? 1 : 0), 'subscriber');
      subscribers.dataset.state = channels[name] ? 'good' : '';
      const { presence } = await call('presence', { channel: name });
      const members = Object.values(presence).sort((a, b) => a.user.localeCompare(b.user) || a.client.localeCompare(b.client));
      whoTitle.textContent = `Here now: ${members.length}`;
      who.replaceChildren(...members.slice(0, 200).map((m) => h('li', {},
        h('a', { class: 'who', href: `#/user/${encodeURIComponent(m.user)}` }, m.user || 'anonymous'), h('code', { class: 'soft small' }, m.client.slice(0, 8)))));
      if (!members.length) {
        who.replaceChildren(empty('Nobody.'));
      }
    } catch (error) {
      who.replaceChildren(empty(error.code === 108 ? 'This channel keeps no presence.' : error.message));
    }
  }

  // The server subscribes this page's own connection: without being seen in presence, whatever clients may do in the channel.
  async function watch() {
    const client = context.wire?.client;
    if (!client || gone) {
      return;
    }
    try {
      await call('subscribe', { user: '!console', client, channel: name, override: { presence: { value: false }, join_leave: { value: false } } });
      setWatching(true);
    } catch (error) {
      sent.textContent = `Not watching: ${error.message}`;
    }
  }

  async function stopWatching() {
    setWatching(false);
    const client = context.wire?.client;
    if (client) {
      await call('unsubscribe', { user: '!console', client, channel: name }).catch(() => {});
    }
  }

  function setWatching(value) {
    watching = value;
    live.textContent = value ? 'Watching' : 'Watch';
    live.setAttribute('aria-pressed', String(value));
    live.classList.toggle('primary', value);
  }

  async function publish() {
    const text = payload.value.trim() || payload.placeholder;
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      value = text; // plain text is a JSON string
    }
    try {
      const { offset } = await call('publish', { channel: name, data: value });
      sent.textContent = offset ? `Published as #${offset}.` : 'Published.';
      payload.value = '';
      if (!watching) {
        line({ data: value, offset }, true);
      }
    } catch (error) {
      sent.textContent = `Not published: ${error.message}`;
    }
  }

  function pushed({ detail }) {
    if (detail.channel === name && detail.pub && !(detail.pub.offset && detail.pub.offset <= top)) {
      top = detail.pub.offset ?? top;
      line(detail.pub, true);
      if (detail.pub.offset) {
        facts.querySelector('dd')?.replaceChildren(count(detail.pub.offset));
      }
    } else if (detail.channel === name && detail.unsubscribe) {
      setWatching(false);
    }
  }

  const { wire } = context;
  const lost = () => setWatching(false);
  wire?.addEventListener('push', pushed);
  wire?.addEventListener('open', watch);
  wire?.addEventListener('closed', lost);
  readHistory().then(watch).then(refresh);
  const timer = setInterval(() => !document.hidden && refresh(), 3000);
  return () => {
    gone = true;
    clearInterval(timer);
    wire?.removeEventListener('push', pushed);
    wire?.removeEventListener('open', watch);
    wire?.removeEventListener('closed', lost);
    if (watching) {
      stopWatching();
    }
  };
}
