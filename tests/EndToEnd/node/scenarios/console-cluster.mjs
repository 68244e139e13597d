import assert from 'node:assert/strict';
import { openBrowser, watchedPage } from '../browser.mjs';

// The console of a cluster, on the internal address of a gateway that has no clients itself: what it shows and does is everywhere.
export default async function run(t) {
  const { console: base, password, gateways, silos, pictures } = t.settings;
  const room = t.channel('chat');
  const alice = t.unique('alice');
  const [here, there] = [await t.connected({ user: alice, at: 0 }), await t.connected({ user: alice, at: 1 })];
  const kept = await t.subscribe(here, room).live();
  await t.subscribe(there, room).live();
  const talking = setInterval(() => kept.subscription.publish({ text: 'on and on' }).catch(() => {}), 100); // ends with the connection

  const browser = await openBrowser();
  const problems = [];
  const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 1200, height: 850 } });
  const page = await watchedPage(context, problems);
  await page.goto(`${base}#/try`); // there is nothing to try here: it leads to the overview
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();

  // Figures of all members, which are more than this gateway's own.
  const rows = (name) => page.locator('section.card').filter({ has: page.getByRole('heading', { name, exact: true }) }).locator('tbody tr');
  await t.until('every gateway', async () => (await rows('Gateways').count()) === gateways.length + 1);
  await t.until('every silo', async () => (await rows('Silos').count()) === silos);
  await rows('Gateways').getByText('with-console').waitFor();
  const number = async (name) => Number.parseFloat((await page.locator('.tile', { hasText: name }).locator('.value').textContent()).replaceAll(/[^\d.]/g, ''));
  for (const name of ['Connections', 'Commands in', 'Messages out', 'Delivery latency', 'Publications']) {
    await t.until(`a figure of ${name}`, async () => (await number(name)) > 0);
  }
  await page.screenshot({ path: `${pictures}/console-overview-dark.png` });

  // What clients of another gateway say, as it comes.
  await page.goto(`${base}#/channel/${encodeURIComponent(room)}`);
  await page.getByText('Here now: 2').waitFor();
  await page.locator('.log').getByText('on and on').first().waitFor();

  await page.goto(`${base}#/cluster`);
  await page.getByText(`all ${gateways.length + 1 + silos} members are well`).waitFor();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: `${pictures}/console-cluster-phone.png` });
  for (const view of ['overview', 'channels', `channel/${encodeURIComponent(room)}`, 'users', `user/${alice}`, 'cluster', `why?user=${alice}&channel=${encodeURIComponent(room)}`]) {
    await page.goto(`${base}#/${view}`);
    await page.locator('main h1').waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${view} is wider than a phone`);
  }

  // Disconnecting reaches the user's gateways.
  const ends = [t.next(here, 'disconnected'), t.next(there, 'disconnected')];
  await page.goto(`${base}#/user/${alice}`);
  await page.getByText('2 connections', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Disconnect all' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  assert.deepEqual((await Promise.all(ends)).map(({ code }) => code), [3503, 3503]);
  clearInterval(talking);

  assert.deepEqual(problems, []);
  await browser.close();
}
