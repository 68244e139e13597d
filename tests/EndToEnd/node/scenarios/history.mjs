import assert from 'node:assert/strict';

// History read through the other gateway: by limit, from a position, backwards, and the position alone.
export default async function run(t) {
  const channel = t.channel('chat');
  const publisher = await t.connected({ at: 0 });
  await t.subscribe(publisher, channel).live();
  for (let n = 1; n <= 10; n++) {
    await publisher.publish(channel, t.encode(n));
  }
  const reader = await t.subscribe(await t.connected({ at: 1 }), channel).live();
  const read = async (options) => {
    const { publications, offset } = await reader.subscription.history(options);
    assert.equal(offset, 10);
    return publications.map((p) => [p.offset, t.decode(p.data)]);
  };
  const pairs = (...ns) => ns.map((n) => [n, n]);
  const { epoch } = await reader.subscription.history();

  assert.deepEqual(await read(), []);
  assert.deepEqual(await read({ limit: 3 }), pairs(1, 2, 3));
  assert.deepEqual(await read({ limit: -1 }), pairs(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  assert.deepEqual(await read({ limit: 2, since: { offset: 4, epoch } }), pairs(5, 6));
  assert.deepEqual(await read({ limit: 2, reverse: true }), pairs(10, 9));
  assert.deepEqual(await read({ limit: 2, since: { offset: 4, epoch }, reverse: true }), pairs(3, 2));
  assert.equal((await t.error(reader.subscription.history({ limit: 1, since: { offset: 4, epoch: 'other' } }))).code, 112);

  await t.api('history_remove', { channel }, 1);
  assert.deepEqual(await read({ limit: -1 }), []);
  assert.equal((await reader.subscription.history()).epoch, epoch);
  assert.equal((await t.error(publisher.history(t.channel('plain'), { limit: 1 }))).code, 108);
}
