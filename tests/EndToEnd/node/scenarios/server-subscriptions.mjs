import assert from 'node:assert/strict';

// Subscriptions that the server makes: from the connection token, recovered on the other gateway, and from the API.
export default async function run(t) {
  const user = t.unique('user');
  const [news, alerts] = [t.channel('closed', 'news'), t.channel('closed', 'alerts')];
  const network = await t.proxy(0);
  const client = t.client({ at: network, claims: { sub: user, channels: [news] } });
  const seen = [];
  const events = [];
  client.on('publication', (ctx) => seen.push([ctx.channel, t.decode(ctx.data)]));
  for (const event of ['subscribed', 'unsubscribed']) {
    client.on(event, (ctx) => events.push({ event, ...ctx }));
  }
  client.connect();
  await t.until('the subscription of the token', () => events.length === 1);
  assert.equal(events[0].channel, news);
  await t.api('publish', { channel: news, data: 1 }, 1);
  await t.until('a publication', () => seen.length === 1);

  const lost = t.next(client, 'connecting');
  network.cut();
  await lost;
  await t.api('publish', { channel: news, data: 2 }, 0);
  await t.api('publish', { channel: news, data: 3 }, 1);
  network.restore(1);
  await t.until('what was missed', () => seen.length === 3);
  assert.equal(events.at(-1).recovered, true);

  await t.api('subscribe', { user, channel: alerts }, 0);
  await t.until('the subscription of the API', () => events.some((e) => e.event === 'subscribed' && e.channel === alerts));
  await t.api('publish', { channel: alerts, data: 'fire' }, 0);
  await t.until('an alert', () => seen.length === 4);
  await t.api('unsubscribe', { user, channel: alerts }, 0);
  await t.until('the end of it', () => events.some((e) => e.event === 'unsubscribed' && e.channel === alerts));
  await t.api('publish', { channel: alerts, data: 'unseen' }, 0);
  await t.api('publish', { channel: news, data: 4 }, 0);
  await t.until('the last', () => seen.length === 5);
  assert.deepEqual(seen, [[news, 1], [news, 2], [news, 3], [alerts, 'fire'], [news, 4]]);
}
