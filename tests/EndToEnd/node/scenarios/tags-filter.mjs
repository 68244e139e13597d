import assert from 'node:assert/strict';

// A subscriber that filters by tags sees what matches, in order, and is not taken for one that lost something.
export default async function run(t) {
  const channel = t.channel('tagged');
  const filter = { op: 'and', nodes: [{ key: 'team', cmp: 'in', vals: ['red', 'blue'] }, { key: 'goals', cmp: 'gte', val: '2' }] };
  const filtering = await t.subscribe(await t.connected({ at: 1 }), channel, { tagsFilter: filter }).live();
  const all = await t.subscribe(await t.connected({ at: 0 }), channel).live();
  const tags = [['red', '1'], ['red', '2'], ['green', '5'], ['blue', '10'], ['blue', 'x'], ['red', '3']];
  for (const [team, goals] of tags) {
    await t.api('publish', { channel, data: `${team} ${goals}`, tags: { team, goals } });
  }
  await t.until('the last match', () => filtering.data.includes('red 3') && all.data.length === 6);

  assert.deepEqual(filtering.data, ['red 2', 'blue 10', 'red 3']);
  assert.equal(filtering.all('subscribed').length, 1);
}
