import assert from 'node:assert/strict';

// A gateway dies. Its clients go on through the other one: nothing lost, nothing twice; its presence members are gone.
export default async function run(t) {
  const channels = Array.from({ length: 10 }, (_, i) => t.channel('chat', `c${i}`));
  const network = await t.proxy(0);
  const users = ['a', 'b', 'c'].map((name) => t.unique(name));
  const kept = [];
  for (const user of users) {
    const client = t.client({ at: network, user });
    kept.push(...channels.map((channel) => t.subscribe(client, channel)));
    client.connect();
  }
  await Promise.all(kept.map((k) => k.live()));

  const publisher = await t.connected({ at: 1, user: t.unique('publisher') });
  await Promise.all(channels.map((channel) => t.subscribe(publisher, channel).live()));
  let stop = false;
  const sent = channels.map(() => 0);
  const publishing = channels.map(async (channel, c) => {
    while (!stop) {
      await publisher.publish(channel, t.encode(sent[c] + 1));
      sent[c]++;
      await new Promise((done) => setTimeout(done, 5));
    }
  });
  await t.until('all channels to flow', () => kept.every((k) => k.data.length > 5));
  network.restore(0, 1); // new connections: the first gateway that answers
  t.say({ kind: 'kill' });
  await t.told('killed');
  await t.until('all clients to be subscribed again', () => kept.every((k) => k.all('subscribed').length === 2));
  const mark = kept.map((k) => k.data.length);
  await t.until('all channels to flow again', () => kept.every((k, i) => k.data.length > mark[i] + 5));
  stop = true;
  await Promise.all(publishing);
  await t.until('the rest', () => kept.every((k) => k.data.length >= sent[channels.indexOf(k.channel)]));

  for (const k of kept) {
    assert.equal(k.all('subscribed')[1].recovered, true);
    assert.deepEqual(k.data, Array.from({ length: sent[channels.indexOf(k.channel)] }, (_, i) => i + 1));
  }
  const expected = [...users, t.unique('publisher')].sort();
  for (const channel of channels) {
    await t.until(`presence of ${channel} to hold the living only`, async () => {
      const { presence } = await t.api('presence', { channel }, 1);
      return JSON.stringify(Object.values(presence).map((p) => p.user).sort()) === JSON.stringify(expected);
    });
  }
}
