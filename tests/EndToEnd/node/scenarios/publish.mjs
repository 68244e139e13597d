import assert from 'node:assert/strict';

// Two clients on two gateways talk to each other; the HTTP API of either gateway reaches both.
export default async function run(t) {
  const channel = t.channel('chat');
  const alice = t.subscribe(await t.connected({ at: 0, user: t.unique('alice') }), channel);
  const bob = t.subscribe(await t.connected({ at: 1, user: t.unique('bob') }), channel);
  await alice.live();
  await bob.live();

  await alice.subscription.publish(t.encode({ from: 'alice', text: 'Grüße, 😀' }));
  await t.until('both to see the first message', () => alice.data.length === 1 && bob.data.length === 1);
  await bob.subscription.publish(t.encode({ from: 'bob', n: 12345678901.5 }));
  await t.until('both to see the second message', () => alice.data.length === 2 && bob.data.length === 2);
  const first = await t.api('publish', { channel, data: ['from', 'the', 'api'], tags: { kind: 'news' } }, 0);
  const second = await t.api('publish', { channel, data: null }, 1);
  await t.until('both to see the messages of the API', () => alice.data.length === 4 && bob.data.length === 4);

  assert.deepEqual(alice.data, [{ from: 'alice', text: 'Grüße, 😀' }, { from: 'bob', n: 12345678901.5 }, ['from', 'the', 'api'], null]);
  assert.deepEqual(bob.data, alice.data);
  assert.deepEqual(alice.publications.map((p) => p.offset), [1, 2, 3, 4]);
  assert.deepEqual(bob.publications.map((p) => p.info?.user), [t.unique('alice'), t.unique('bob'), undefined, undefined]);
  assert.deepEqual({ ...bob.publications[2].tags }, { kind: 'news' });
  assert.equal(first.offset, 3);
  assert.equal(second.offset, 4);
  assert.equal(first.epoch, second.epoch);
  assert.notEqual(first.epoch, '');
}
