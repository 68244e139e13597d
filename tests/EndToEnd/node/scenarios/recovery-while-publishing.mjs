import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

// The connection is cut again and again, to one gateway and then the other, while messages keep coming.
export default async function run(t) {
  const channel = t.channel('open');
  const network = await t.proxy(0);
  const subscriber = t.client({ at: network });
  const subscription = t.subscribe(subscriber, channel);
  subscriber.connect();
  await subscription.live();
  const publishers = [await t.connected({ at: 0 }), await t.connected({ at: 1 })];

  let stop = false;
  const sent = [0, 0];
  const publishing = publishers.map(async (publisher, p) => {
    while (!stop) {
      await publisher.publish(channel, t.encode({ p, n: ++sent[p] }));
      await pause(2); // a reconnection may miss 300 publications; a fast machine would publish more meanwhile
    }
  });
  for (let round = 1; round <= 6; round++) {
    const seen = subscription.data.length;
    await t.until(`publications in round ${round}`, () => subscription.data.length > seen + 10);
    network.cut();
    network.restore(round % 2);
    await t.until(`the subscription of round ${round}`, () => subscription.all('subscribed').length === round + 1);
  }
  stop = true;
  await Promise.all(publishing);
  await t.until('the rest', () => subscription.data.length >= sent[0] + sent[1]);

  assert.ok(subscription.all('subscribed').slice(1).every((s) => s.recovered));
  assert.deepEqual(subscription.publications.map((p) => p.offset), Array.from({ length: sent[0] + sent[1] }, (_, i) => i + 1));
  for (const p of [0, 1]) {
    assert.deepEqual(subscription.data.filter((d) => d.p === p).map((d) => d.n), Array.from({ length: sent[p] }, (_, i) => i + 1));
  }
}
