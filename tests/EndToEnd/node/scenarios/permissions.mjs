import assert from 'node:assert/strict';

// What the namespaces do not allow is refused, with the code that says why.
export default async function run(t) {
  const client = await t.connected({ at: 0, user: t.unique('user') });
  const subscribe = async (channel) => {
    const subscription = client.newSubscription(channel);
    const end = t.next(subscription, 'unsubscribed');
    subscription.subscribe();
    return (await end).code;
  };
  const publish = async (channel, value) => (await t.error(client.publish(channel, t.encode(value)))).code;

  assert.equal(await subscribe(t.channel('closed')), 103);
  assert.equal(await subscribe(t.channel('nowhere')), 102);
  assert.equal(await subscribe(`plain:${'x'.repeat(250)}`), 107);
  assert.equal(await subscribe('plain:Käse'), 107);
  assert.equal(await publish(t.channel('closed'), 1), 103);
  assert.equal(await publish(t.channel('chat'), 1), 103); // only subscribers publish there
  assert.equal(await publish(t.channel('nowhere'), 1), 102);
  assert.equal((await t.error(client.presence(t.channel('plain')))).code, 108);
  assert.equal((await t.error(client.presence(t.channel('closed')))).code, 103);
  assert.equal((await t.error(client.history(t.channel('nowhere')))).code, 102);

  const dialog = `users:talk#${t.unique('user')},42`;
  await t.subscribe(client, dialog).live();
  assert.equal(await subscribe('users:talk#41,42'), 103);
}
