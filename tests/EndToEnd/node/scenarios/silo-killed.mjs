import assert from 'node:assert/strict';

// A silo dies while messages flow. Afterwards every channel flows again; no subscriber sees anything twice or out of order,
// and what was acknowledged is missing only where the loss was announced.
export default async function run(t) {
  const channels = Array.from({ length: 20 }, (_, i) => t.channel('chat', `c${i}`));
  const kept = [];
  for (const at of [0, 1]) {
    const client = await t.connected({ at });
    kept.push(...channels.map((channel) => t.subscribe(client, channel)));
  }
  await Promise.all(kept.map((k) => k.live()));

  const publishers = [await t.connected({ at: 0, timeout: 2000 }), await t.connected({ at: 1, timeout: 2000 })];
  for (const [i, publisher] of publishers.entries()) {
    await Promise.all(channels.filter((_, c) => c % 2 === i).map((channel) => t.subscribe(publisher, channel).live()));
  }
  let stop = false;
  const acknowledged = channels.map(() => []);
  const publishing = channels.map(async (channel, c) => {
    for (let n = 1; !stop; n++) {
      // An error leaves the outcome open: the number is not used again.
      await publishers[c % 2].publish(channel, t.encode(n)).then(() => acknowledged[c].push(n), () => {});
      await new Promise((done) => setTimeout(done, 10));
    }
  });
  await t.until('all channels to flow', () => kept.every((k) => k.data.length > 5));
  t.say({ kind: 'kill' });
  await t.told('killed');
  const mark = acknowledged.map((a) => a.at(-1) ?? 0);
  await t.until('every channel to take publications again', () => acknowledged.every((a, c) => (a.at(-1) ?? 0) > mark[c] + 5));
  stop = true;
  await Promise.all(publishing);
  const last = Object.fromEntries(channels.map((channel, c) => [channel, acknowledged[c].at(-1)]));
  await t.until('every subscriber to see the last acknowledged publication', () => kept.every((k) => k.data.includes(last[k.channel])));

  for (const k of kept) {
    assert.deepEqual(k.data, [...new Set(k.data)].sort((a, b) => a - b), `${k.channel}: twice or out of order`);
    const announced = k.all('subscribed').slice(1).some((s) => !s.recovered);
    const seen = new Set(k.data);
    const missing = acknowledged[channels.indexOf(k.channel)].filter((n) => !seen.has(n));
    assert.ok(announced || missing.length === 0, `${k.channel}: ${missing.length} acknowledged publications lost in silence: ${missing.slice(0, 5)}`);
  }
}
