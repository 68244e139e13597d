import assert from 'node:assert/strict';

// Behind a proxy, which spreads everything over the gateways: clients of every transport hear each other as soon as one speaks.
export default async function run(t) {
  const channel = t.channel('chat');
  const transports = t.settings.protocol === 'json' ? ['websocket', 'http_stream', 'sse'] : ['websocket', 'http_stream'];
  const clients = [];
  for (const transport of transports) {
    const client = t.client({ transport: transport === 'websocket' ? undefined : transport, user: t.unique(transport) });
    const opened = t.next(client, 'connected');
    const subscription = t.subscribe(client, channel);
    client.connect();
    assert.equal((await opened).transport, transport);
    await subscription.live();
    clients.push({ client, subscription });
  }

  const expected = [];
  for (let round = 0; round < 5; round++) {
    for (const { client } of clients) {
      expected.push({ n: expected.length, text: 'ä'.repeat(100) });
      await client.publish(channel, t.encode(expected.at(-1)));
    }
  }
  for (const { client, subscription } of clients) {
    await t.until('all that was published', () => subscription.data.length === expected.length);
    assert.deepEqual(subscription.data, expected);
    assert.equal(Object.keys((await client.presence(channel)).clients).length, clients.length);
    assert.equal(subscription.all('subscribed').length, 1);
  }
}
