import assert from 'node:assert/strict';
import { openBrowser, watchedPage } from '../browser.mjs';

// The console in a browser, open as in embedded mode: real figures, lists, publishing, disconnecting and asking why, with the mouse
// and with the keyboard; dark and light; on a phone.
export default async function run(t) {
  const base = t.settings.gateways[0];
  const room = t.channel('chat');
  const alice = t.unique('alice');
  const [first, second] = [await t.connected({ user: alice }), await t.connected({ user: alice })];
  const kept = await t.subscribe(first, room).live();
  await t.subscribe(second, room).live();
  await t.subscribe(await t.connected({ user: t.unique('bob') }), t.channel('chat', 'other')).live();

  const browser = await openBrowser();
  const problems = [];
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width: 1200, height: 850 } });
  const page = await watchedPage(context, problems);
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(`${base}/#/overview`);

  // Figures come by themselves.
  const tile = (name) => page.locator('.tile', { hasText: name }).locator('.value');
  await page.getByText('without a password').waitFor();
  await t.until('4 connections on the overview', async () => (await tile('Connections').textContent()) === '4'); // this page's own is one
  await t.until('a measured latency', async () => /\d/.test(await tile('Delivery latency').textContent()));
  await t.until('a plot', async () => (await page.locator('.tile .line').first().getAttribute('d')).includes('L'));

  // "g c", a search, the arrow keys and Enter lead to the channel.
  await page.locator('#main').click();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('link', { name: room }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(room.split(':')[1]);
  await page.getByRole('link', { name: t.channel('chat', 'other') }).waitFor({ state: 'detached' });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: room }).waitFor();
  await page.getByText('Here now: 2').waitFor();
  await page.getByText('2 subscribers').waitFor();

  // Published by hand, it arrives at the client, and here as any subscriber gets it.
  await page.getByRole('button', { name: 'Watching' }).waitFor();
  await page.getByLabel('Data to publish').fill('{"text":"from the console"}');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Published as #1.').waitFor();
  await page.locator('.log').getByText('from the console').waitFor();
  await t.until('the publication at the client', () => kept.data.some((data) => data.text === 'from the console'));
  await kept.subscription.publish({ text: 'from a client' });
  await page.locator('.log').getByText('from a client').waitFor();
  assert.equal(kept.all('join').filter(({ info }) => info.user === '!console').length, 0); // it watches unseen

  // Esc goes back to the list.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Channels' }).waitFor();

  // Why did X not get Y?
  await page.goto(`${base}/#/why?user=${alice}&channel=${encodeURIComponent(room)}`);
  await page.getByText('2 connections: 4 sent.').waitFor();
  await page.getByLabel('Publication', { exact: true }).fill('9');
  await page.keyboard.press('Enter');
  await page.getByText("There is no publication 9: the channel's newest is 2.").waitFor();

  // One connection of the user is disconnected, then the rest; what was asked about is still known.
  const gone = t.next(second, 'disconnected');
  await page.goto(`${base}/#/user/${alice}`);
  await page.getByRole('row').filter({ hasText: id(second).slice(0, 8) }).getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('row').filter({ hasText: id(second).slice(0, 8) }).getByRole('button', { name: 'Disconnect' }).click();
  const ended = id(second);
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  assert.equal((await gone).code, 3503);
  await page.getByText('1 connection', { exact: true }).waitFor();
  await page.goto(`${base}/#/why?client=${ended}&channel=${encodeURIComponent(room)}`);
  await page.getByText('force disconnect').first().waitFor();
  const last = t.next(first, 'disconnected');
  await page.goto(`${base}/#/user/${alice}`);
  await page.getByRole('button', { name: 'Disconnect all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  assert.equal((await last).code, 3503);
  await page.getByText('This user has no connection now.').waitFor();

  // The members, in the dark, and all of it on a phone without a scroll bar at the side.
  const light = await background(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.notEqual(await background(page), light);
  await page.goto(`${base}/#/cluster`);
  await page.getByText('all 2 members are well').waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  for (const view of ['try', 'overview', 'channels', `channel/${encodeURIComponent(room)}`, 'users', `user/${alice}`, 'cluster', `why?user=${alice}&channel=${encodeURIComponent(room)}`]) {
    await page.goto(`${base}/#/${view}`);
    await page.locator('main h1').waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${view} is wider than a phone`);
  }
  await page.getByRole('link', { name: 'Overview' }).click(); // the bar at the bottom
  await page.getByRole('heading', { name: 'Overview' }).waitFor();

  assert.deepEqual([...hosts], [new URL(base).host]);
  assert.deepEqual(problems, []);
  await browser.close();
}

const ids = new WeakMap();
/** The SDK forgets the id when the connection ends. */
function id(client) {
  const known = ids.get(client) ?? client._client;
  ids.set(client, known);
  return known;
}

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
