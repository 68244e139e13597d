import assert from 'node:assert/strict';
import { secondsFromNow, sign } from '../tokens.mjs';

// An expiring connection is refreshed without reconnecting; an expired token is replaced; an invalid one is the end.
export default async function run(t) {
  const sub = t.unique('user');
  let issued = 0;
  const expiring = t.client({
    at: 0,
    getToken: async () => {
      issued++;
      return t.token({ sub, exp: secondsFromNow(2) });
    },
  });
  expiring.connect();
  const { client } = await t.next(expiring, 'connected');
  expiring.on('connecting', () => assert.fail('reconnected instead of refreshing'));
  await t.until('two refreshes', () => issued >= 3);
  assert.equal(expiring.state, 'connected');
  const channel = t.channel('chat');
  await t.subscribe(expiring, channel).live();
  assert.deepEqual(Object.keys((await t.api('presence', { channel }, 1)).presence), [client]);
  expiring.removeAllListeners('connecting');

  const late = t.client({ at: 1, token: t.token({ sub, exp: secondsFromNow(-60) }), getToken: async () => t.token({ sub }) });
  const refusal = t.next(late, 'error');
  late.connect();
  assert.equal((await refusal).error.code, 109);
  await late.ready();

  const forged = t.client({ at: 1, token: sign({ sub }, 'not the secret') });
  const end = t.next(forged, 'disconnected');
  forged.connect();
  assert.deepEqual(await end, { code: 3500, reason: 'invalid token' });
}
