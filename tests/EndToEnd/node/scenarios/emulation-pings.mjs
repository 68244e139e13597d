import assert from 'node:assert/strict';

// On a gateway that pings every second, a client without a WebSocket answers by requests to another gateway and stays.
export default async function run(t) {
  const client = t.client({ at: 2, requestsAt: 0, transport: t.settings.transport, user: t.unique('patient') });
  let connected = 0;
  client.on('connected', () => connected++);
  client.connect();
  await client.ready(20_000);
  const started = Date.now();
  await t.until('four pings are over', () => Date.now() - started > 4_500);
  await client.publish(t.channel('open'), t.encode({ n: 1 }));
  assert.equal(connected, 1);
}
