import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { openBrowser } from '../browser.mjs';

// A page behind something that lets no WebSocket through: the SDK falls back by itself, to another origin, with requests that
// arrive at the other gateway. Then a page with no SDK: an EventSource alone.
export default async function run(t) {
  const sdk = await readFile(new URL('../node_modules/centrifuge/dist/centrifuge.js', import.meta.url));
  const web = createServer((request, response) => {
    const isScript = request.url === '/centrifuge.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? sdk : '<!doctype html><title>fall-back</title><script src="/centrifuge.js"></script>');
  });
  let blocked = 0;
  web.on('upgrade', (_, socket) => {
    blocked++;
    socket.destroy();
  });
  await new Promise((done) => web.listen(t.settings.pagePort, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${t.settings.pagePort}`;
  const browser = await openBrowser();
  const [near, far] = t.settings.gateways;
  const channel = t.channel('chat');
  const patience = { timeout: 20_000 };

  const open = async (transports) => {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate(({ transports, emulationEndpoint, channel }) => {
      window.received = [];
      const client = new window.Centrifuge(transports, { emulationEndpoint, minReconnectDelay: 50, maxReconnectDelay: 500 });
      client.on('connected', (ctx) => (window.transport = ctx.transport));
      const subscription = client.newSubscription(channel);
      subscription.on('publication', (ctx) => window.received.push(ctx.data));
      subscription.on('subscribed', () => (window.live = true));
      subscription.subscribe();
      client.connect();
      window.say = (data) => subscription.publish(data);
    }, { transports, emulationEndpoint: `${far}/emulation`, channel });
    await page.waitForFunction(() => window.live, null, patience);
    return page;
  };
  const socket = { transport: 'websocket', endpoint: `${origin.replace('http', 'ws')}/connection/websocket` };
  const stream = { transport: 'http_stream', endpoint: `${near}/connection/http_stream` };
  const events = { transport: 'sse', endpoint: `${near}/connection/sse` };
  const streaming = await open([socket, stream, events]);
  const listening = await open([socket, events]);
  assert.equal(await streaming.evaluate(() => window.transport), 'http_stream');
  assert.equal(await listening.evaluate(() => window.transport), 'sse');
  assert.ok(blocked >= 2);

  const plain = await browser.newPage();
  await plain.goto(origin);
  await plain.evaluate((address) => {
    window.pushes = [];
    new EventSource(address).onmessage = (event) => window.pushes.push(JSON.parse(event.data));
  }, `${near}/connection/uni_sse?cf_connect=${encodeURIComponent(JSON.stringify({ token: t.token({ sub: t.unique('plain'), channels: [channel] }) }))}`);
  await plain.waitForFunction(() => window.pushes[0]?.connect?.client, null, patience);

  await streaming.evaluate(() => window.say({ from: 'stream' }));
  await listening.evaluate(() => window.say({ from: 'events' }));
  for (const page of [streaming, listening]) {
    await page.waitForFunction(() => window.received.length === 2, null, patience);
    assert.deepEqual(await page.evaluate(() => window.received), [{ from: 'stream' }, { from: 'events' }]);
  }
  await plain.waitForFunction((c) => window.pushes.filter((p) => p.channel === c && p.pub).length === 2, channel, patience);

  // A page of an origin that is not allowed gets nothing, in either way.
  const foreign = await browser.newPage();
  await foreign.goto(`http://localhost:${t.settings.pagePort}`);
  const outcome = await foreign.evaluate(
    ({ stream, events }) =>
      Promise.all([
        fetch(stream, { method: 'POST', body: '{"id":1,"connect":{}}' }).then(() => 'let in', () => 'refused'),
        new Promise((done) => {
          const source = new EventSource(`${events}?cf_connect=%7B%22id%22%3A1%2C%22connect%22%3A%7B%7D%7D`);
          source.onopen = () => done('let in');
          source.onerror = () => done('refused');
        }),
      ]),
    { stream: stream.endpoint, events: events.endpoint },
  );
  assert.deepEqual(outcome, ['refused', 'refused']);

  await browser.close();
  web.close();
}
