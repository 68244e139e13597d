import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { openBrowser } from '../browser.mjs';

// A page with nothing but new WebSocket(...): one tab on each gateway, a message from one to the other.
export default async function run(t) {
  const web = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>plain</title>'));
  await new Promise((done) => web.listen(t.settings.pagePort, '127.0.0.1', done));
  const browser = await openBrowser();
  const origin = `http://127.0.0.1:${web.address().port}`;
  const channel = t.channel('chat', 'browser');
  const script = ({ url, commands }) => {
    window.received = [];
    window.socket = new WebSocket(url);
    window.socket.onopen = () => window.socket.send(commands.map((c) => JSON.stringify(c)).join('\n'));
    window.socket.onclose = (event) => window.received.push({ closed: event.code });
    window.socket.onmessage = (event) => {
      for (const line of event.data.split('\n')) {
        window.received.push(JSON.parse(line));
        if (line === '{}') {
          window.socket.send('{}');
        }
      }
    };
  };
  const tabs = [];
  for (const gateway of [0, 1]) {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate(script, { url: t.endpoint(gateway), commands: [{ id: 1, connect: {} }, { id: 2, subscribe: { channel } }] });
    await page.waitForFunction(() => window.received.some((m) => m.id === 2 && m.subscribe), null, { timeout: 20_000 });
    tabs.push(page);
  }
  await tabs[0].evaluate((c) => window.socket.send(JSON.stringify({ id: 3, publish: { channel: c, data: { text: 'from a page' } } })), channel);
  for (const page of tabs) {
    await page.waitForFunction(() => window.received.some((m) => m.push?.pub?.data.text === 'from a page'), null, { timeout: 20_000 });
  }

  // A page of an origin that is not allowed gets no connection.
  const foreign = await browser.newPage();
  await foreign.goto(`http://localhost:${web.address().port}`);
  await foreign.evaluate(script, { url: t.endpoint(0), commands: [{ id: 1, connect: {} }] });
  await foreign.waitForFunction(() => window.received.length > 0, null, { timeout: 20_000 });
  assert.deepEqual(await foreign.evaluate(() => window.received), [{ closed: 1006 }]);

  await browser.close();
  web.close();
}
