import assert from 'node:assert/strict';

// The "subs" claim carries data for the subscriber and info about it for others.
export default async function run(t) {
  const channel = t.channel('closed');
  const client = t.client({ at: 0, claims: { sub: t.unique('user'), subs: { [channel]: { data: { rank: 3 }, info: { role: 'admin' } } } } });
  const subscribed = t.next(client, 'subscribed');
  client.connect();
  const ctx = await subscribed;

  assert.equal(ctx.channel, channel);
  assert.deepEqual(t.decode(ctx.data), { rank: 3 });
  const { presence } = await t.api('presence', { channel }, 1);
  assert.deepEqual(Object.values(presence).map((info) => info.chan_info), [{ role: 'admin' }]);
}
