import assert from 'node:assert/strict';

// A client without a WebSocket: its stream is on one gateway and its requests arrive at the other, then the other way round.
export default async function run(t) {
  const { transport } = t.settings;
  const channel = t.channel('chat');
  const stream = await t.proxy(0);
  const requests = await t.proxy(1);
  const reader = t.client({ at: stream, requestsAt: requests, transport, user: t.unique('reader') });
  const subscription = t.subscribe(reader, channel);
  const opened = t.next(reader, 'connected');
  reader.connect();
  assert.equal((await opened).transport, transport);
  await subscription.live();
  const writer = await t.connected({ at: 1, user: t.unique('writer') });
  t.subscribe(writer, channel);
  await t.until('both are present', async () => Object.keys((await reader.presence(channel)).clients).length === 2);

  // Its own publishes keep their order, and so do those of others.
  let n = 0;
  for (; n < 10; ) {
    await reader.publish(channel, t.encode({ n: ++n }));
  }
  for (; n < 20; ) {
    await writer.publish(channel, t.encode({ n: ++n, text: 'ä\n"\\' }));
  }
  await t.until('the first 20', () => subscription.data.length === 20);
  assert.equal(subscription.data[19].text, 'ä\n"\\');
  assert.equal((await reader.history(channel, { limit: 100 })).publications.length, 20);

  // Commands that are refused say why.
  assert.equal((await t.error(reader.publish(t.channel('closed'), t.encode({})))).code, 103);

  const lost = t.next(reader, 'connecting');
  stream.cut();
  requests.cut();
  await lost;
  for (; n < 60; ) {
    await writer.publish(channel, t.encode({ n: ++n }));
  }
  stream.restore(1);
  requests.restore(0);
  await t.until('the 40 published meanwhile', () => subscription.data.length >= 60);
  await reader.publish(channel, t.encode({ n: ++n }));
  await t.until('one of its own after that', () => subscription.data.length >= 61);
  assert.equal(subscription.all('subscribed').at(-1).recovered, true);
  assert.deepEqual(subscription.data.map((d) => d.n), Array.from({ length: 61 }, (_, i) => i + 1));

  // The server's end of a connection reaches the client with its code.
  const ended = t.next(reader, 'disconnected');
  await t.api('disconnect', { user: t.unique('reader'), disconnect: { code: 4501, reason: 'enough' } });
  const end = await ended;
  assert.deepEqual([end.code, end.reason], [4501, 'enough']);
  await t.until('it has left', async () => Object.keys((await writer.presence(channel)).clients).length === 1);
}
