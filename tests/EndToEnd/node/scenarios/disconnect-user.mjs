import assert from 'node:assert/strict';

// The API ends the connections of a user on all gateways; others stay. A code of choice reaches the client.
export default async function run(t) {
  const [user, other] = [t.unique('user'), t.unique('other')];
  const clients = [await t.connected({ at: 0, user }), await t.connected({ at: 1, user }), await t.connected({ at: 1, user })];
  const bystander = await t.connected({ at: 0, user: other });
  const ends = clients.map((c) => t.next(c, 'disconnected'));

  await t.api('disconnect', { user }, 0);
  for (const end of ends) {
    assert.deepEqual(await end, { code: 3503, reason: 'force disconnect' });
  }
  assert.equal(bystander.state, 'connected');

  const end = t.next(bystander, 'disconnected');
  await t.api('disconnect', { user: other, disconnect: { code: 4900, reason: 'closing time' } }, 1);
  assert.deepEqual(await end, { code: 4900, reason: 'closing time' });
}
