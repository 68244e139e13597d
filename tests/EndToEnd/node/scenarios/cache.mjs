import assert from 'node:assert/strict';

// A channel in cache mode holds a value: whoever subscribes gets the latest at once.
export default async function run(t) {
  const channel = t.channel('cache');
  const publisher = await t.connected({ at: 0 });
  await publisher.publish(channel, t.encode({ price: 1 }));
  await publisher.publish(channel, t.encode({ price: 2 }));

  const subscription = await t.subscribe(await t.connected({ at: 1 }), channel).live();
  await t.until('the cached value', () => subscription.data.length === 1);
  await publisher.publish(channel, t.encode({ price: 3 }));
  await t.until('the new value', () => subscription.data.length === 2);

  assert.deepEqual(subscription.data, [{ price: 2 }, { price: 3 }]);
  assert.equal(subscription.all('subscribed')[0].recovered, true);
}
