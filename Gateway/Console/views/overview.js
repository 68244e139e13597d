import { arrowKeys, h } from '../dom.js';
import { most, sum } from '../figures.js';
import { bytes, count, duration, milliseconds, rate } from '../format.js';
import { plot, spark } from '../plot.js';

/** What the cluster does now and did in the last two minutes, as a whole or of one member. */
export function overview(main, { figures }) {
  let only = null; // a gateway or silo
  const tiles = [
    tile('Connections', count, '', 1, (id) => [figures.series((f) => sum(f.gateways, 'clients', id))]),
    tile('Commands in', rate, '/s', 2, (id) => [figures.rates('gateways', 'commands', id)]),
    tile('Messages out', rate, '/s', 3, (id) => [figures.rates('gateways', 'deliveries', id)]),
    tile('Delivery latency', milliseconds, 'ms', 4, (id) => [
      figures.series((f) => most(f.gateways, 'delay', id)),
      figures.series((f) => most(f.gateways, 'slowest', id))], 'From publish to delivery through the whole cluster, as canaries measure it; dashed: the slowest lane'),
    tile('Publications', rate, '/s', 1, (id) => [figures.rates('silos', 'publications', id)]),
    tile('Waiting for clients', bytes, '', 5, (id) => [figures.series((f) => sum(f.gateways, 'queued', id))], 'Bytes queued for connections that read slowly'),
  ];
  const chip = h('button', { type: 'button', hidden: true, onclick: () => choose(null) });
  const gateways = h('tbody');
  const silos = h('tbody');
  main.append(
    h('div', { class: 'heading' }, h('h1', {}, 'Overview'), h('div', { class: 'end' }, chip)),
    h('div', { class: 'tiles' }, tiles.map((t) => t.element)),
    h('div', { class: 'stack' },
      table('Gateways', ['Gateway', 'Connections', 'Channels', 'In /s', 'Out /s', '', 'Latency', 'CPU', 'Memory', 'Up'], gateways),
      table('Silos', ['Silo', 'Channels', 'Users', 'Publications /s', '', 'To gateways', 'History', 'CPU', 'Memory', 'Up'], silos)));
  arrowKeys(main);

  function choose(id) {
    only = only === id ? null : id;
    draw();
  }

  function draw() {
    const frame = figures.latest;
    if (!frame) {
      return;
    }
    if (only && !frame.gateways.some((m) => m.id === only) && !frame.silos.some((m) => m.id === only)) {
      only = null;
    }
    chip.hidden = !only;
    chip.textContent = only ? `Only ${only} ✕` : '';
    tiles.forEach((t) => t.draw(only));
    const focused = document.activeElement?.dataset?.id;
    gateways.replaceChildren(...frame.gateways.map((g) => {
      const out = figures.rates('gateways', 'deliveries', g.id);
      return row(g, [
        count(g.clients), count(g.channels), rate(last(figures.rates('gateways', 'commands', g.id))), rate(last(out)), spark(out, 'Messages out'),
        g.delay === undefined ? '–' : `${milliseconds(g.delay)} ms`, percent(figures.rates('gateways', 'cpu', g.id)), bytes(g.rss), duration(g.uptime)]);
    }));
    silos.replaceChildren(...frame.silos.map((s) => {
      const published = figures.rates('silos', 'publications', s.id);
      return row({ ...s, name: s.address }, [
        count(s.channels), count(s.users), rate(last(published)), spark(published, 'Publications'), bytes(s.outbox), bytes(s.history),
        percent(figures.rates('silos', 'cpu', s.id)), bytes(s.rss), duration(s.uptime)]);
    }));
    if (focused) {
      main.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    }
  }

  function row(member, cells) {
    const bad = member.silent || (member.status && member.status !== 'Active') || member.draining;
    return h('tr', { 'aria-selected': String(member.id === only) },
      h('td', {}, h('button', { class: 'row quiet', type: 'button', 'data-id': member.id, title: member.id, onclick: () => choose(member.id) },
        h('span', { class: 'pill', 'data-state': bad ? 'warn' : 'good' }, member.name || member.id))),
      cells.map((cell) => h('td', { class: 'right number' }, cell)));
  }

  figures.addEventListener('change', draw);
  draw();
  return () => figures.removeEventListener('change', draw);
}

const last = (points) => points.at(-1)?.[1];
const percent = (points) => (points.length ? `${Math.round(last(points) / 10)} %` : '–'); // milliseconds of CPU in a second

function tile(name, show, unit, tone, read, hint = '') {
  const value = h('span', { class: 'value' }, '–');
  const drawing = plot(name, (v) => `${show(v)} ${unit}`);
  const element = h('section', { class: `card tile tone-${tone}`, title: hint }, h('h2', {}, name, drawing.readout), value, drawing.svg);
  return {
    element,
    draw(id) {
      const [points, second] = read(id);
      value.replaceChildren(show(last(points)), unit && points.length ? h('small', {}, unit) : '');
      drawing.draw(points, second);
    },
  };
}

function table(name, columns, body) {
  return h('section', { class: 'card' }, h('header', {}, h('h2', {}, name)),
    h('div', { class: 'scroll' }, h('table', {},
      h('thead', {}, h('tr', {}, columns.map((column, i) => h('th', { scope: 'col', class: i ? 'right' : '' }, column)))), body)));
}
