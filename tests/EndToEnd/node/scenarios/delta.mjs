import assert from 'node:assert/strict';

// With fossil deltas the SDK sees the same publications, most of them sent as a difference.
export default async function run(t) {
  const channel = t.channel('delta');
  const network = await t.proxy(0);
  const client = t.client({ at: network });
  const subscription = t.subscribe(client, channel, { delta: 'fossil' });
  client.connect();
  await subscription.live();
  const without = await t.subscribe(await t.connected({ at: 1 }), channel).live();

  const document = (n) => ({ n, players: Array.from({ length: 30 }, (_, i) => ({ name: `Spieler ${i} ü`, score: i === n % 30 ? n : 0 })) });
  const expected = [];
  const publish = async (count) => {
    for (let i = 0; i < count; i++) {
      const next = document(expected.length);
      expected.push(next);
      await t.api('publish', { channel, data: next }, expected.length % 2);
    }
  };
  await publish(10);
  await t.until('10 publications', () => subscription.data.length === 10);
  const lost = t.next(client, 'connecting');
  network.cut();
  await lost;
  await publish(10);
  network.restore(1);
  await t.until('20 publications', () => subscription.data.length === 20);
  await publish(5);
  await t.until('25 publications', () => subscription.data.length === 25 && without.data.length === 25);

  assert.deepEqual(subscription.data, expected);
  assert.deepEqual(without.data, expected);
  const { numDeltaPayloads, numPublications } = subscription.subscription.deltaStats();
  assert.equal(numPublications, 25);
  assert.ok(numDeltaPayloads >= 20, `only ${numDeltaPayloads} of 25 were deltas`);
}
