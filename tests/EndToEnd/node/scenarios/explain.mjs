import assert from 'node:assert/strict';

// Any gateway tells for the whole cluster what became of publications: sent, filtered, before the subscription, recovered, after it.
export default async function run(t) {
  const channel = t.channel('tagged');
  const publish = (n) => t.api('publish', { channel, data: n, tags: { team: n % 2 ? 'red' : 'blue' } });
  await publish(1);
  const user = t.unique('reader');
  const all = await t.subscribe(await t.connected({ at: 0, user }), channel).live();
  const filter = { key: 'team', cmp: 'eq', val: 'red' };
  const reds = await t.subscribe(await t.connected({ at: 1, user }), channel, { tagsFilter: filter }).live();
  await publish(2);
  await publish(3);
  const since = { offset: 1, epoch: (await t.api('history', { channel })).epoch };
  const late = await t.subscribe(await t.connected({ at: 1, user: t.unique('late') }), channel, { since }).live();
  await publish(4);
  await t.until('all of it', () => all.data.length === 3 && reds.data.length === 1 && late.data.length === 3);

  const outcomes = async (query) => {
    const answer = await t.api('explain', { channel, ...query }, 1);
    return answer.connections.map((c) => c.publications.map((p) => `${p.offset} ${p.outcome}`).join(', '));
  };
  const client = (kept) => kept.subscription._centrifuge._client;
  await t.until('the ledger of the first', async () => (await outcomes({ client: client(all) }))[0] === '1 earlier, 2 written, 3 written, 4 written');
  assert.deepEqual(await outcomes({ client: client(reds) }), ['1 earlier, 2 filtered, 3 written, 4 filtered']);
  assert.deepEqual(await outcomes({ client: client(late) }), ['1 earlier, 2 recovered, 3 recovered, 4 written']);
  assert.deepEqual((await outcomes({ user })).sort(), ['1 earlier, 2 filtered, 3 written, 4 filtered', '1 earlier, 2 written, 3 written, 4 written']);

  // One publication in a sentence; also from somebody who has left, and about somebody who never came.
  assert.equal((await t.api('explain', { channel, client: client(reds), offset: 2 })).answer, "Kept out by the subscription's own tags filter.");
  const gone = client(late);
  late.subscription.unsubscribe();
  await publish(5);
  await t.until('the end of the subscription', async () => (await outcomes({ client: gone }))[0]?.endsWith('4 written, 5 later'));
  assert.match((await t.api('explain', { channel, user: t.unique('nobody') })).answer, /^Nobody like that/);
  assert.equal((await t.api('explain', { channel: t.channel('plain'), client: gone })).answer, 'Not subscribed: 1 connection, none with this channel.');
  assert.equal((await t.error(t.api('explain', { channel }))).code, 107);
  assert.equal((await t.error(t.api('explain', { channel: 'nowhere:1', user }))).code, 102);
  assert.ok(!JSON.stringify(await t.api('explain', { channel, user })).includes('blue')); // neither data nor tags
}
