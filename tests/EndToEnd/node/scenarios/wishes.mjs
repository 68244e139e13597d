import assert from 'node:assert/strict';

// A namespace that allows positioning, recovery and join/leave gives them to those who ask, and only to them.
export default async function run(t) {
  const channel = t.channel('wish');
  const asking = await t.subscribe(await t.connected({ at: 0 }), channel, { recoverable: true, joinLeave: true }).live();
  const positioned = await t.subscribe(await t.connected({ at: 0 }), channel, { positioned: true }).live();
  const silent = await t.subscribe(await t.connected({ at: 1 }), channel).live();
  await t.until('three joins', () => asking.all('join').length === 3);
  await t.api('publish', { channel, data: 'last' });
  await t.until('everyone to see a publication', () => [asking, positioned, silent].every((s) => s.data.length === 1));

  const flags = (kept) => [kept.all('subscribed')[0].recoverable, kept.all('subscribed')[0].positioned];
  assert.deepEqual(flags(asking), [true, true]);
  assert.deepEqual(flags(positioned), [false, true]);
  assert.deepEqual(flags(silent), [false, false]);
  assert.equal(silent.all('join').length, 0);

  // The same wishes where nothing is allowed are ignored.
  const plain = await t.subscribe(await t.connected({ at: 1 }), t.channel('plain'), { recoverable: true, positioned: true, joinLeave: true }).live();
  assert.deepEqual(flags(plain), [false, false]);
}
