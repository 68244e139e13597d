import assert from 'node:assert/strict';

// A channel without history: publications have no offset, and nothing arrives after an unsubscribe.
export default async function run(t) {
  const channel = t.channel('plain');
  const publisher = await t.connected({ at: 0 });
  const subscriber = await t.connected({ at: 1 });
  const subscription = await t.subscribe(subscriber, channel).live();
  const witness = await t.subscribe(await t.connected({ at: 1 }), channel).live();

  await publisher.publish(channel, t.encode(1));
  await t.until('the first publication', () => subscription.data.length === 1);
  subscription.subscription.unsubscribe();
  await subscriber.presenceStats(channel).catch(() => {}); // answered in order: the unsubscribe has been handled
  await publisher.publish(channel, t.encode(2));
  await t.until('the witness to see both', () => witness.data.length === 2);

  assert.deepEqual(subscription.data, [1]);
  assert.equal(subscription.publications[0].offset, undefined);
  assert.deepEqual(witness.data, [1, 2]);
  subscription.subscription.subscribe();
  await t.until('the second subscription', () => subscription.subscription.state === 'subscribed');
  await publisher.publish(channel, t.encode(3));
  await t.until('the third publication', () => subscription.data.length === 2);
  assert.deepEqual(subscription.data, [1, 3]);
}
