import assert from 'node:assert/strict';
import WebSocket from 'ws';

const symbols = ['btc', 'eth', 'eur', 'gbp'];

// One that stops reading gets the newest of each symbol when it reads again, and everything once it keeps up; one that reads
// gets everything all the time.
export default async function run(t) {
  let socket;
  class Pausable extends WebSocket {
    constructor(...args) {
      super(...args);
      socket = this;
    }
  }

  const channel = t.channel('market');
  const desk = await t.subscribe(await t.connected({ at: 1 }), channel, { recoverable: true }).live();
  const client = await t.connected({ at: 0, websocket: Pausable });
  const phone = await t.subscribe(client, channel).live();
  let published = 0;
  const publish = (pad) => {
    const symbol = symbols[published % 4];
    return t.api('publish', { channel, data: { symbol, number: published++, pad }, tags: { symbol } }, 1);
  };
  const publishMany = async (count, pad) => {
    await Promise.all(Array.from({ length: count }, () => publish(pad)));
    await t.until('everything at the desk', () => desk.data.length === published);
  };
  const queued = async () => (await t.api('explain', { channel, client: client._client })).connections[0].queued_bytes;

  await publishMany(8, '');
  await t.until('everything at the phone', () => phone.data.length === 8);

  socket.pause();
  while ((await queued()) < 200_000) { // it counts as slow from 128 KiB on
    assert.ok(published < 1000, 'its queue does not grow');
    await publishMany(8, 'x'.repeat(100_000));
  }
  await publishMany(24, 'x'.repeat(100_000)); // more than its queue may hold: would have been 3008
  socket.resume();
  const last = (kept) => JSON.stringify(symbols.map((symbol) => kept.data.findLast((d) => d.symbol === symbol)?.number));
  await t.until('the newest at the phone', () => last(phone) === last(desk));
  assert.ok(phone.data.length < published, `the phone got all ${published}`);

  await t.until('everything again at the phone', async () => {
    await publishMany(20, '');
    await t.until('the newest again', () => last(phone) === last(desk));
    return JSON.stringify(phone.data.slice(-20)) === JSON.stringify(desk.data.slice(-20));
  });
  for (const symbol of symbols) {
    const offsets = phone.publications.filter((p) => p.tags.symbol === symbol).map((p) => p.offset);
    assert.deepEqual(offsets, [...new Set(offsets)].sort((a, b) => a - b));
  }
  assert.deepEqual(desk.publications.map((p) => p.offset), Array.from({ length: published }, (_, i) => i + 1));
  assert.equal(phone.all('subscribed').length, 1);
  assert.equal(client.state, 'connected');
}
