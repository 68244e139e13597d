import assert from 'node:assert/strict';

// A subscriber loses its connection to one gateway and comes back through the other: nothing is missing, nothing twice.
export default async function run(t) {
  const channel = t.channel('open');
  const network = await t.proxy(0);
  const subscriber = t.client({ at: network, user: t.unique('reader') });
  const subscription = t.subscribe(subscriber, channel);
  subscriber.connect();
  await subscription.live();
  const publisher = await t.connected({ at: 1, user: t.unique('writer') });

  let n = 0;
  const publish = async (count) => {
    for (let i = 0; i < count; i++) {
      await publisher.publish(channel, t.encode({ n: ++n }));
    }
  };
  await publish(20);
  await t.until('the first 20', () => subscription.data.length === 20);

  const lost = t.next(subscriber, 'connecting');
  network.cut();
  await lost;
  await publish(40);
  network.restore(1);
  await t.until('the 40 published meanwhile', () => subscription.data.length >= 60);
  await publish(10);
  await t.until('the last 10', () => subscription.data.length >= 70);

  const again = subscription.all('subscribed')[1];
  assert.equal(again.wasRecovering, true);
  assert.equal(again.recovered, true);
  assert.deepEqual(subscription.data.map((d) => d.n), Array.from({ length: 70 }, (_, i) => i + 1));
  assert.deepEqual(subscription.publications.map((p) => p.offset), Array.from({ length: 70 }, (_, i) => i + 1));
}
