import assert from 'node:assert/strict';
import { openBrowser } from '../browser.mjs';

// The gateway's own page, open twice: loads without an error, and a message sent in one window arrives in both.
export default async function run(t) {
  const browser = await openBrowser();
  const problems = [];
  const open = async () => {
    const page = await browser.newPage();
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('requestfailed', (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`));
    await page.goto(`${t.settings.gateways[0]}/`);
    await page.getByText('Subscribed to').waitFor();
    return page;
  };
  const pages = [await open(), await open()];

  await pages[0].getByLabel('Message').fill('hello from a window');
  await pages[0].getByRole('button', { name: 'Send' }).click();
  for (const page of pages) {
    await page.locator('#log').getByText('hello from a window').waitFor();
  }
  const late = await open();
  await late.locator('#log').getByText('hello from a window').waitFor();

  assert.deepEqual(problems, []);
  await browser.close();
}
