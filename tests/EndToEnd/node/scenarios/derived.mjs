import assert from 'node:assert/strict';

const symbols = ['btc', 'eth', 'eur', 'gbp'];
const newest = (data) => Object.fromEntries(symbols.map((symbol) => [symbol, data.findLast((d) => d.symbol === symbol)?.number]));

// A desk that gets everything, a phone that gets the newest of each symbol, and one that gets a sample, on one channel.
export default async function run(t) {
  const channel = t.channel('market');
  const asks = (wish) => ({ data: t.encode(wish) });
  const desk = await t.subscribe(await t.connected({ at: 1 }), channel, { recoverable: true }).live();
  const small = await t.connected({ at: 0 });
  const phone = await t.subscribe(small, channel, asks({ delivery: 'latest', every: 500 })).live();
  const sampler = await t.subscribe(await t.connected({ at: 0 }), channel, asks({ delivery: 'sample', of: 5 })).live();
  const other = await t.subscribe(await t.connected({ at: 0 }), channel, asks({ delivery: 'everything' })).live();
  assert.equal(desk.all('subscribed')[0].recoverable, true);
  assert.equal(phone.all('subscribed')[0].positioned, false); // what it is not sent is no gap
  assert.equal(sampler.all('subscribed')[0].recoverable, false);

  const count = 200;
  for (let number = 0; number < count; number += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => {
      const symbol = symbols[(number + i) % 4];
      return t.api('publish', { channel, data: { symbol, number: number + i }, tags: { symbol } });
    }));
  }
  await t.until('everything', () => desk.data.length === count && other.data.length === count);
  assert.deepEqual(desk.publications.map((p) => p.offset), Array.from({ length: count }, (_, i) => i + 1));
  assert.deepEqual(other.data, desk.data);
  await t.until('the sample', () => sampler.data.length === count / 5);
  assert.deepEqual(sampler.data, desk.data.filter((_, i) => i % 5 === 0));

  await t.until('the newest', () => JSON.stringify(newest(phone.data)) === JSON.stringify(newest(desk.data)));
  assert.ok(phone.data.length < count, `the phone got ${phone.data.length}`);
  assertOrder(phone);

  // Who comes late, or comes back, starts with the newest of each symbol.
  const before = phone.data.length;
  const late = t.subscribe(await t.connected({ at: 1 }), channel, asks({ delivery: 'latest', every: 500 }));
  small.disconnect();
  small.connect();
  await t.until('the newest for both', () => late.data.length === 4 && phone.data.length === before + 4);
  assert.deepEqual(late.data, desk.data.filter((d) => newest(desk.data)[d.symbol] === d.number));
  assert.deepEqual(phone.data.slice(before), late.data);

  const refused = t.subscribe(small, t.channel('market', 'other'), asks({ delivery: 'by drone' }));
  await t.until('the refusal', () => refused.all('unsubscribed').some((e) => e.code === 107));
}

function assertOrder(subscription) {
  for (const symbol of symbols) {
    const offsets = subscription.publications.filter((p) => p.tags.symbol === symbol).map((p) => p.offset);
    assert.deepEqual(offsets, [...new Set(offsets)].sort((a, b) => a - b));
  }
}
