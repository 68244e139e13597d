import assert from 'node:assert/strict';

// Joins and leaves reach the subscribers of the other gateway; a client sees its own join.
export default async function run(t) {
  const channel = t.channel('chat');
  const [alice, bob] = [t.unique('alice'), t.unique('bob')];
  const watcher = await t.subscribe(await t.connected({ at: 0, user: alice }), channel).live();
  await t.until('the own join', () => watcher.all('join').length === 1);
  const visitor = await t.connected({ at: 1, user: bob });
  const visit = await t.subscribe(visitor, channel).live();
  await t.until('the join of the other', () => watcher.all('join').length === 2);

  visit.subscription.unsubscribe();
  await t.until('the leave after an unsubscribe', () => watcher.all('leave').length === 1);
  visit.subscription.subscribe();
  await t.until('the second join of the other', () => watcher.all('join').length === 3);
  visitor.disconnect();
  await t.until('the leave after a disconnect', () => watcher.all('leave').length === 2);

  const seen = watcher.events.filter((e) => e.event === 'join' || e.event === 'leave').map((e) => `${e.event} ${e.info.user}`);
  assert.deepEqual(seen, [`join ${alice}`, `join ${bob}`, `leave ${bob}`, `join ${bob}`, `leave ${bob}`]);
}
