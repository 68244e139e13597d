import assert from 'node:assert/strict';

// Behind a proxy, while every gateway is stopped and started again: each client gets every publication once, in order.
export default async function run(t) {
  const channel = t.channel('chat');
  const subscriptions = [];
  for (const transport of [undefined, undefined, 'http_stream', 'sse']) {
    const client = t.client({ transport, user: t.unique(`reader-${subscriptions.length}`) });
    subscriptions.push(t.subscribe(client, channel));
    client.connect();
  }
  await Promise.all(subscriptions.map((s) => s.live()));
  t.say({ kind: 'live', channel });

  const count = Number((await t.told(/^published (\d+)$/, 90_000))[1]);
  for (const s of subscriptions) {
    await t.until('the last publication', () => s.data.length >= count);
    assert.deepEqual(s.data, Array.from({ length: count }, (_, i) => i));
    assert.ok(s.all('subscribed').length > 1, 'its gateway stopped, so it must have subscribed again');
    assert.ok(s.all('subscribed').slice(1).every((again) => again.recovered));
  }
}
