import assert from 'node:assert/strict';
import { secondsFromNow, sign } from '../tokens.mjs';

// A private channel opens with a token for it, which is refreshed in time; any other token does not open it.
export default async function run(t) {
  const channel = `$${t.channel('chat', 'private')}`;
  const sub = t.unique('user');
  const client = await t.connected({ at: 0, user: sub });

  let issued = 0;
  const tokens = [secondsFromNow(-60)]; // the first one has expired already
  const getToken = async () => t.token({ sub, channel, exp: tokens[issued++] ?? secondsFromNow(2), info: { seat: 12 } });
  const kept = await t.subscribe(client, channel, { getToken }).live();
  assert.equal(kept.all('error')[0].error.code, 109);
  assert.deepEqual(Object.values((await t.api('presence', { channel }, 1)).presence).map((p) => p.chan_info), [{ seat: 12 }]);
  await t.api('publish', { channel, data: 'secret' }, 1);
  await t.until('a publication', () => kept.data.length === 1);
  await t.until('two refreshes', () => issued >= 4);
  assert.equal(kept.subscription.state, 'subscribed');
  assert.equal(kept.all('subscribed').length, 1);

  const refused = async (options) => {
    const other = await t.connected({ at: 1, user: sub });
    const subscription = other.newSubscription(channel, options);
    const end = t.next(subscription, 'unsubscribed');
    subscription.subscribe();
    return (await end).code;
  };
  assert.equal(await refused({}), 103);
  assert.equal(await refused({ token: sign({ sub, channel }, 'not the secret') }), 103);

  const wrong = await t.connected({ at: 1, user: sub });
  const end = t.next(wrong, 'disconnected');
  wrong.newSubscription(channel, { token: t.token({ sub, channel: `${channel}-other` }) }).subscribe();
  assert.deepEqual(await end, { code: 3500, reason: 'invalid token' });
}
