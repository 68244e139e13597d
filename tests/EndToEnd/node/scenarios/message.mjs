import assert from 'node:assert/strict';

// Data that an application service sends to a user arrives at all of the user's connections, on both gateways.
export default async function run(t) {
  const user = t.unique('user');
  const received = [[], []];
  for (const at of [0, 1]) {
    const client = t.client({ at, user });
    client.on('message', (ctx) => received[at].push(t.decode(ctx.data)));
    client.connect();
    await client.ready();
  }
  const other = await t.connected({ at: 1, user: t.unique('other') });
  other.on('message', () => assert.fail('a message for someone else'));

  t.say({ kind: 'send', user });
  await t.until('the messages', () => received.every((r) => r.length === 2));
  assert.deepEqual(received, [[{ n: 1 }, { n: 2 }], [{ n: 1 }, { n: 2 }]]);
}
