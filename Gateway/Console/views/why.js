import { arrowKeys, empty, fill, h } from '../dom.js';
import { bytes, moment, time } from '../format.js';

const names = {
  written: 'sent', waiting: 'waiting', recovered: 'recovered', earlier: 'before it subscribed', later: 'after it ended', filtered: 'filtered',
  lost: 'lost', dropped: 'dropped', not_arrived: 'not arrived', not_subscribed: 'not subscribed', forgotten: 'forgotten',
};

/** Why did X not get Y? Asks the ledgers of the whole cluster. */
export function why(main, { call }, _, query) {
  let gone = false;
  const isClient = query.has('client');
  const field = (name, label, placeholder, value, more = {}) => h('label', {}, label, h('input', {
    name, placeholder, value, autocomplete: 'off', spellcheck: 'false', ...more }));
  const form = h('form', { class: 'card asks' },
    field('who', 'User or connection', 'user id, or connection id; empty: anonymous', query.get('user') ?? query.get('client') ?? ''),
    field('channel', 'Channel', 'chat:lobby', query.get('channel') ?? ''),
    field('offset', 'Publication', 'offset; empty: the newest', query.get('offset') ?? '', { inputmode: 'numeric', pattern: '[0-9]*' }),
    h('button', { class: 'primary', type: 'submit' }, 'Explain'));
  const result = h('div', { class: 'stack' });
  main.append(
    h('div', { class: 'heading' }, h('h1', {}, 'Why did X not get Y?'),
      h('p', {}, 'What became of a channel’s publications on their way to a user or a connection: sent, waiting, dropped and why, and which gaps were repaired.')),
    form, result);
  arrowKeys(main);

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { who, channel, offset } = Object.fromEntries(new FormData(form));
    const key = isConnectionId(who) ? 'client' : 'user';
    history.replaceState(null, '', `#/why?${new URLSearchParams({ [key]: who, channel, ...(offset && { offset }) })}`);
    ask(key, who.trim(), channel.trim(), offset.trim());
  });

  async function ask(key, who, channel, offset) {
    try {
      const answer = await call('explain', { [key]: who, channel, ...(offset && { offset }) });
      if (!gone) {
        draw(answer, channel);
      }
    } catch (error) {
      result.replaceChildren(h('div', { class: 'card answer' }, error.code === 102 ? `There is no channel “${channel}”: its namespace is not configured.` : error.message));
    }
  }

  function draw(answer, channel) {
    fill(result,
      h('div', { class: 'card answer', role: 'status' }, answer.answer),
      answer.connections.map((c) => connection(c)),
      answer.gateways.some((g) => g.events.length) && h('section', { class: 'card' },
        h('header', {}, h('h2', {}, `What happened to ${channel} at its gateways`)),
        h('div', { class: 'scroll' }, h('table', {}, h('tbody', {}, answer.gateways.flatMap((g) => g.events.map((e) => h('tr', {},
          h('td', { class: 'number' }, time(e.at)), h('td', {}, g.node), h('td', { class: `e-${e.kind}` }, h('span', { class: 'dot' }), e.reason)))))))),
      h('p', { class: 'soft small' }, `Newest publication: ${answer.stream.offset || 'none'}. The channel is on silo ${answer.stream.silo}, which remembers it since ${moment(answer.stream.since)}.`));
  }

  if (query.has('channel') && (query.has('user') || query.has('client'))) {
    form.requestSubmit();
  } else {
    form.querySelector(isClient || query.has('user') ? '[name=channel]' : 'input').focus();
  }
  return () => {
    gone = true;
  };
}

/** One connection: a square for each publication, and a table of those of one outcome or all. */
function connection(c) {
  const facts = [
    c.subscribed_at && `subscribed ${moment(c.subscribed_at)}, pushed what follows #${c.subscribed_from}`,
    c.recovered_after !== undefined && `recovered what followed #${c.recovered_after}`,
    c.filtered && 'has a tags filter',
    c.queued_bytes > 0 && `${bytes(c.queued_bytes)} wait for it`,
    c.ended_at && `ended ${time(c.ended_at)}: ${c.end_reason}${c.end_code ? ` (${c.end_code})` : ''}`,
  ].filter(Boolean);
  const state = { live: 'good', pending: 'warn', none: '', unsubscribed: '', closed: 'bad' }[c.state];
  const body = h('tbody');
  const list = [...c.publications].reverse();
  let only = null;
  const squares = list.map((p, i) => h('button', {
    type: 'button', class: `row o-${p.outcome}`, 'aria-pressed': 'false', title: `#${p.offset || '–'} ${names[p.outcome]}`,
    'aria-label': `Publication ${p.offset || 'without offset'}: ${names[p.outcome]}`, onclick: () => {
      only = only === i ? null : i;
      draw();
    },
  }));

  function draw() {
    squares.forEach((square, i) => square.setAttribute('aria-pressed', String(i === only)));
    body.replaceChildren(...list.filter((_, i) => only === null || i === only).map((p) => h('tr', { class: `o-${p.outcome}` },
      h('td', { class: 'number' }, p.offset ? `#${p.offset}` : '–'),
      h('td', { class: 'number wide-only' }, time(p.published_at)),
      h('td', { class: 'number wide-only' }, time(p.arrived_at)),
      h('td', {}, h('span', { class: 'dot' }), names[p.outcome]),
      h('td', { class: 'soft' }, p.reason))));
  }

  draw();
  const kinds = [...new Set(list.map((p) => p.outcome))];
  return h('section', { class: 'card' },
    h('header', {}, h('h2', {}, c.user || 'anonymous', ' ', h('code', { class: 'soft small', title: c.client }, c.client.slice(0, 8))),
      h('span', { class: 'soft small wide-only' }, `on ${c.node}`),
      h('span', { class: 'pill end', 'data-state': state }, { none: 'not subscribed', live: 'subscribed', pending: 'subscribing' }[c.state] ?? c.state)),
    facts.length > 0 && h('p', { class: 'body soft small' }, `${facts.join(' · ')}.`),
    list.length > 1 && [h('div', { class: 'strip', role: 'group', 'aria-label': 'Publications, newest first' }, squares),
      h('div', { class: 'legend' }, kinds.map((kind) => h('span', { class: `o-${kind}` }, h('span', { class: 'dot' }), names[kind], ` ${list.filter((p) => p.outcome === kind).length}`)))],
    list.length ? h('div', { class: 'scroll' }, h('table', {},
      h('thead', {}, h('tr', {}, [['Offset'], ['Published', 'wide-only'], ['At its gateway', 'wide-only'], ['Outcome'], ['Why']].map(([name, cls]) => h('th', { scope: 'col', class: cls ?? '' }, name)))), body))
      : empty(c.state === 'none' ? 'It is connected, and not subscribed to this channel.' : 'No publication is remembered.'));
}

const isConnectionId = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text.trim());
