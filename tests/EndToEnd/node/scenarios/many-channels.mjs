import assert from 'node:assert/strict';

// A hundred channels, a publisher and a subscriber of each on different gateways: each keeps its order.
export default async function run(t) {
  const clients = [await t.connected({ at: 0 }), await t.connected({ at: 1 })];
  const kept = [];
  for (let i = 0; i < 100; i++) {
    kept.push(t.subscribe(clients[i % 2], t.channel('plain', `c${i}`)));
  }
  await Promise.all(kept.map((k) => k.live()));
  for (let n = 0; n < 10; n++) {
    await Promise.all(kept.map((k, i) => clients[(i + 1) % 2].publish(k.channel, t.encode(n))));
  }
  await t.until('all publications', () => kept.every((k) => k.data.length === 10));
  for (const { data } of kept) {
    assert.deepEqual(data, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }
}
