import assert from 'node:assert/strict';

// Messages wait for a user who is away, through the kill of the silo that has them, and come in order to whichever gateway the user
// returns to; all devices share how far it has read.
export default async function run(t) {
  const user = t.unique('user');
  const inbox = `inbox:#${user}`;
  const device = (at) => {
    const client = t.client({ at, user });
    const kept = { client, offsets: [], data: [], states: [] };
    client.on('publication', (ctx) => {
      kept.offsets.push(ctx.offset);
      kept.data.push(t.decode(ctx.data));
    });
    client.on('message', (ctx) => kept.states.push(t.decode(ctx.data).inbox));
    client.connect();
    return kept;
  };
  const rpc = async (kept, method, data) => t.decode((await kept.client.rpc(method, t.encode(data))).data);
  const send = (n, at) => t.until(`message ${n} to be taken`, async () => {
    try {
      return await t.api('inbox_send', { user, data: n, idempotency_key: `${n}` }, at);
    } catch (error) {
      if (error.code !== 100) {
        throw error;
      }
      return false; // temporary, while the silo is gone
    }
  });

  for (const n of [1, 2, 3]) {
    await send(n, 0);
  }
  assert.equal((await t.api('inbox_state', { user }, 1)).unread, 3);
  t.say({ kind: 'kill', silo: (await t.api('explain', { channel: inbox, user })).stream.silo });
  await t.told('killed');
  await send(3, 1); // a repeat: its outcome is known
  await send(4, 1);

  const phone = device(1);
  await t.until('what waited', () => phone.data.length === 4);
  const laptop = device(0);
  await t.until('the same on another device', () => laptop.data.length === 4);
  await send(5, 0);
  await t.until('what comes now', () => phone.data.length === 5 && laptop.data.length === 5);
  for (const one of [phone, laptop]) {
    assert.deepEqual(one.data, [1, 2, 3, 4, 5]);
    assert.deepEqual(one.offsets, [1, 2, 3, 4, 5]);
  }

  assert.deepEqual((({ read, unread }) => ({ read, unread }))(await rpc(laptop, 'inbox/read', { offset: 3 })), { read: 3, unread: 2 });
  await t.until('the phone to know', () => phone.states.some((state) => state.read === 3 && state.unread === 2));
  assert.equal((await rpc(phone, 'inbox/read', { offset: 1 })).read, 3);
  assert.equal((await rpc(phone, 'inbox/state', {})).unread, 2);
  assert.equal((await t.error(phone.client.rpc('inbox/read', t.encode({})))).code, 107);

  const tablet = device(1);
  await t.until('what is unread', () => tablet.data.length === 2);
  assert.deepEqual(tablet.data, [4, 5]);

  const stranger = await t.connected({ user: t.unique('stranger') });
  assert.equal((await t.error(stranger.rpc('nothing', t.encode({})))).code, 108);
  const subscription = t.subscribe(stranger, inbox);
  await t.until('the refusal of somebody else', () => subscription.all('unsubscribed').length === 1);
  assert.equal(subscription.all('unsubscribed')[0].code, 103);
}
