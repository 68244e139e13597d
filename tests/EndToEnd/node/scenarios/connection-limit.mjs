import assert from 'node:assert/strict';

// The limit of a user's connections counts those of all gateways.
export default async function run(t) {
  const user = t.unique('user');
  const clients = [];
  for (let i = 0; i < t.settings.maxConnections; i++) {
    clients.push(await t.connected({ at: i % 2, user }));
  }
  const oneTooMany = t.client({ at: 1, user });
  const end = t.next(oneTooMany, 'disconnected');
  oneTooMany.connect();
  assert.deepEqual(await end, { code: 3504, reason: 'connection limit' });

  clients[0].disconnect();
  await t.until('a place to become free', async () => {
    const next = t.client({ at: 1, user });
    next.connect();
    return next.ready(1000).then(() => true, () => false);
  });
}
