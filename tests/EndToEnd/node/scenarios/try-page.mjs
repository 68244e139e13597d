import assert from 'node:assert/strict';
import { openBrowser, watchedPage } from '../browser.mjs';

// The first minute of the README, to the letter: the page is open in two windows, and what one sends arrives in both. A window that
// was closed and is opened again has what it missed.
export default async function run(t) {
  const browser = await openBrowser();
  const problems = [];
  const context = await browser.newContext();
  const open = async () => {
    const page = await watchedPage(context, problems);
    await page.goto(`${t.settings.gateways[0]}/`);
    await page.getByText('Subscribed to').waitFor();
    return page;
  };
  const [first, second] = [await open(), await open()];
  const say = async (page, text) => {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
  };

  await say(first, 'hello from a window');
  for (const page of [first, second]) {
    await page.locator('#log').getByText('hello from a window').waitFor();
  }
  await first.getByText('2 windows here').waitFor();

  await second.close();
  await first.getByText('1 window here').waitFor();
  await say(first, 'nobody heard this');
  const late = await open();
  await late.locator('#log').getByText('nobody heard this').waitFor();

  // The button makes the second window, and it is in the same channel.
  const [popup] = await Promise.all([context.waitForEvent('page'), late.getByRole('button', { name: 'Open a second window' }).click()]);
  await popup.locator('#log').getByText('hello from a window').waitFor();

  assert.deepEqual(problems, []);
  await browser.close();
}
