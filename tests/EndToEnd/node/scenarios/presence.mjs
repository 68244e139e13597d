import assert from 'node:assert/strict';

// Each gateway sees the clients of the other; a client that goes is gone from both.
export default async function run(t) {
  const channel = t.channel('chat');
  const [alice, bob] = [t.unique('alice'), t.unique('bob')];
  const first = await t.subscribe(await t.connected({ at: 0, claims: { sub: alice, info: { name: 'Alice' } } }), channel).live();
  const secondClient = await t.connected({ at: 1, user: bob });
  const second = await t.subscribe(secondClient, channel).live();
  const third = await t.subscribe(await t.connected({ at: 1, user: alice }), channel).live();

  for (const { subscription } of [first, second, third]) {
    const { clients } = await subscription.presence();
    const stats = await subscription.presenceStats();
    assert.deepEqual(Object.values(clients).map((c) => c.user).sort(), [alice, alice, bob].sort());
    assert.ok(Object.entries(clients).every(([id, info]) => id === info.client));
    assert.deepEqual(t.decode(Object.values(clients).find((c) => c.connInfo).connInfo), { name: 'Alice' });
    assert.deepEqual([stats.numClients, stats.numUsers], [3, 2]);
  }
  assert.equal(Object.keys((await t.api('presence', { channel }, 1)).presence).length, 3);
  assert.deepEqual(await t.api('presence_stats', { channel }, 0), { num_clients: 3, num_users: 2 });

  secondClient.disconnect();
  await t.until('bob to be gone', async () => (await first.subscription.presenceStats()).numUsers === 1);
  assert.deepEqual(Object.values((await third.subscription.presence()).clients).map((c) => c.user), [alice, alice]);
}
