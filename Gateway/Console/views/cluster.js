import { h } from '../dom.js';
import { bytes, count, duration, milliseconds, moment, since } from '../format.js';

/** The members of the cluster and how each is. */
export function cluster(main, { figures, me }) {
  const summary = h('span', { class: 'pill' }, '…');
  const gateways = h('div', { class: 'members' });
  const silos = h('div', { class: 'members' });
  main.append(
    h('div', { class: 'heading' }, h('h1', {}, `Cluster ${me.cluster}`), summary),
    h('div', { class: 'stack' }, h('h2', {}, 'Gateways'), gateways, h('h2', {}, 'Silos'), silos));

  function draw() {
    const frame = figures.latest;
    if (!frame) {
      return;
    }
    const all = [...frame.gateways.map(gatewayHealth), ...frame.silos.filter((s) => s.status !== 'Dead').map(siloHealth)];
    const bad = all.filter(([state]) => state !== 'good').length;
    summary.dataset.state = bad ? 'warn' : 'good';
    summary.textContent = bad ? `${bad} of ${all.length} need a look` : `all ${all.length} members are well`;
    gateways.replaceChildren(...frame.gateways.map((g) => member(g.name ?? g.id, gatewayHealth(g), [
      ['Id', g.id], ['Connections', count(g.clients)], ['Users', count(g.users)], ['Subscriptions', count(g.subs)],
      ['Delivery latency', g.delay === undefined ? '–' : `${milliseconds(g.delay)} ms`],
      ['Memory', bytes(g.rss)], ['Up', duration(g.uptime)], ['Version', g.version]])));
    silos.replaceChildren(...frame.silos.map((s) => member(s.address, siloHealth(s), [
      ['Name', s.name], ['Channels', count(s.channels)], ['Users', count(s.users)], ['Waiting for gateways', bytes(s.outbox)],
      ['Batches repeated', count(s.retries)], ['Memory', bytes(s.rss)], ['Started', moment(s.started)],
      ['Last “I am alive”', s.alive ? `${since(s.alive)} ago` : '–'], ['Version', s.version]])));
  }

  figures.addEventListener('change', draw);
  draw();
  return () => figures.removeEventListener('change', draw);
}

function gatewayHealth(gateway) {
  return gateway.silent ? ['bad', 'does not answer'] : gateway.draining ? ['warn', 'draining']
    : gateway.slowest > 1000 ? ['warn', 'slow deliveries'] : ['good', 'well'];
}

function siloHealth(silo) {
  return silo.status === 'Dead' ? ['', 'gone'] : silo.status !== 'Active' ? ['warn', silo.status.toLowerCase()]
    : silo.silent ? ['bad', 'does not answer'] : silo.overflows ? ['warn', 'outbox overflowed'] : ['good', 'well'];
}

function member(name, [state, text], facts) {
  return h('section', { class: 'card member' },
    h('h3', {}, name, h('span', { class: 'pill', 'data-state': state }, text)),
    h('dl', { class: 'facts' }, facts.filter(([, value]) => value !== undefined && value !== '' && value !== '–')
      .map(([term, value]) => [h('dt', {}, term), h('dd', {}, value)])));
}
