import assert from 'node:assert/strict';

// The cluster in containers, through its load balancer: who is connected where does not matter, and gateways come and go.
export default async function run(t) {
  const checked = (what) => t.say({ kind: 'checked', what });
  const channel = t.channel('chat');
  const readers = [];
  const join = async (count) => {
    for (let i = 0; i < count; i++) {
      readers.push(await t.subscribe(await t.connected(), channel).live());
    }
  };
  const nodes = async () => (await t.api('info', {})).nodes;
  const spread = (count) => t.until(`${count} gateways with clients`, async () => {
    const found = await nodes();
    return found.length === count && found.every((n) => n.num_clients > 0);
  });

  await join(9);
  await spread(3);
  checked('the balancer spreads clients over three gateways');

  for (const [i, reader] of readers.entries()) {
    await reader.subscription.publish({ by: 'client', i });
    await publish(t, channel, { by: 'api', i });
  }
  await t.until('all messages', () => readers.every((r) => r.data.length === 18));
  assert.ok(readers.every((r) => r.publications.every((p, i) => p.offset === i + 1)));
  checked('messages of clients and of the API reach the clients of all gateways, in one order');

  const prices = await t.subscribe(await t.connected(), 'prices:eur').live();
  await t.until('a price', () => prices.data.length > 0);
  checked('the ticker publishes by grain calls');

  for (const count of [1, 4]) {
    let scaled = false;
    t.say({ kind: 'scale', gateways: count });
    const traffic = (async () => {
      for (let n = 0; !scaled; n++) {
        await publish(t, channel, { count, n });
        await new Promise((done) => setTimeout(done, 100));
      }
    })();
    await t.told(`scaled ${count}`, 280_000);
    scaled = true;
    await traffic;
    await t.until(`${count} gateways`, async () => (await nodes()).length === count);
    if (count > 1) {
      await join(8);
      await spread(count);
    }
    const { offset } = await publish(t, channel, { count, last: true });
    await t.until('every client to be up to date', () => readers.every((r) => r.publications.at(-1)?.offset === offset));
    for (const reader of readers) {
      const first = reader.publications[0].offset;
      assert.deepEqual(reader.publications.map((p) => p.offset), Array.from({ length: offset - first + 1 }, (_, i) => first + i));
      assert.ok(reader.all('subscribed').slice(1).every((s) => s.recovered));
    }
    checked(`with ${count} gateways every client has every message once`);
  }
}

// A request may meet a gateway that goes: asked again with the same key, it publishes once.
async function publish(t, channel, data) {
  const request = { channel, data, idempotency_key: t.unique(JSON.stringify(data)) };
  let result;
  await t.until('a publish to succeed', async () => {
    result = await t.api('publish', request).catch(() => undefined);
    return result;
  });
  return result;
}
