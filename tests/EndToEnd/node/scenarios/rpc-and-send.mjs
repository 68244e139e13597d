import assert from 'node:assert/strict';

// Without handlers in the cluster, rpc is answered with an error and send ends the connection.
export default async function run(t) {
  const client = await t.connected({ at: 0 });
  const error = await t.error(client.rpc('time', t.encode({})));
  assert.equal(error.code, 108);
  assert.equal(error.message, 'not available');

  const end = t.next(client, 'disconnected');
  await client.send(t.encode({ hello: 1 }));
  assert.deepEqual(await end, { code: 3508, reason: 'not available' });
}
