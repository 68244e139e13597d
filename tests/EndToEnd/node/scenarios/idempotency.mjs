import assert from 'node:assert/strict';

// The same key publishes once, whichever gateway is asked again.
export default async function run(t) {
  const channel = t.channel('chat');
  const subscription = await t.subscribe(await t.connected({ at: 1 }), channel).live();
  const request = { channel, data: 'once', idempotency_key: t.unique('key') };
  const results = [await t.api('publish', request, 0), await t.api('publish', request, 1), await t.api('publish', request, 0)];
  await t.api('publish', { channel, data: 'end' });
  await t.until('the end', () => subscription.data.includes('end'));

  assert.deepEqual(subscription.data, ['once', 'end']);
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[2], results[0]);
}
