import assert from 'node:assert/strict';

// More was missed than the history keeps: the client is told so, gets no part of it, and is live from there.
export default async function run(t) {
  const channel = t.channel('short'); // keeps 5 publications
  const network = await t.proxy(0);
  const subscriber = t.client({ at: network });
  const subscription = t.subscribe(subscriber, channel);
  subscriber.connect();
  await subscription.live();
  const publisher = await t.connected({ at: 1 });
  await publisher.publish(channel, t.encode(0));
  await t.until('the first publication', () => subscription.data.length === 1);

  const lost = t.next(subscriber, 'connecting');
  network.cut();
  await lost;
  for (let n = 1; n <= 10; n++) {
    await publisher.publish(channel, t.encode(n));
  }
  network.restore(1);
  await t.until('the second subscription', () => subscription.all('subscribed').length === 2);
  await publisher.publish(channel, t.encode('live'));
  await t.until('a live publication', () => subscription.data.length === 2);

  const again = subscription.all('subscribed')[1];
  assert.equal(again.wasRecovering, true);
  assert.equal(again.recovered, false);
  assert.deepEqual(subscription.data, [0, 'live']);
  assert.equal(subscription.publications[1].offset, 12);
}
