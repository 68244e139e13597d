import assert from 'node:assert/strict';

// The API ends a subscription that the client made, on every gateway, for good.
export default async function run(t) {
  const channel = t.channel('chat');
  const user = t.unique('user');
  const subscriptions = [];
  for (const at of [0, 1]) {
    subscriptions.push(await t.subscribe(await t.connected({ at, user }), channel).live());
  }
  const bystander = await t.subscribe(await t.connected({ at: 0, user: t.unique('other') }), channel).live();

  await t.api('unsubscribe', { user, channel }, 1);
  await t.until('both to be unsubscribed', () => subscriptions.every((s) => s.subscription.state === 'unsubscribed'));

  assert.deepEqual(subscriptions.map((s) => s.all('unsubscribed')[0].code), [2000, 2000]);
  assert.equal(bystander.subscription.state, 'subscribed');
  await t.until('their presence to end', async () => (await bystander.subscription.presenceStats()).numClients === 1);
}
