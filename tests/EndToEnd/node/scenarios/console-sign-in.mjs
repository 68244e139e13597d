import assert from 'node:assert/strict';
import { openBrowser, watchedPage } from '../browser.mjs';

// A console with a password: wrong, right, too often, out again.
export default async function run(t) {
  const base = t.settings.gateways[0];
  const browser = await openBrowser();
  const context = await browser.newContext();
  const problems = [];
  const page = await watchedPage(context, problems);
  await page.goto(`${base}/#/channels`);
  const password = page.getByLabel('Password');
  await password.waitFor();

  await password.fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('That is not the password.').waitFor();
  assert.equal((await context.cookies()).length, 0);

  await password.fill(t.settings.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Channels' }).waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Strict', '/console']);

  // It outlives a reload, and the first minute works beside it.
  await page.reload();
  await page.getByText('live', { exact: true }).waitFor();
  await page.goto(`${base}/#/try`);
  await page.getByText('Subscribed to').waitFor();

  // Signed out, the cookie is worth nothing, also a copy of it.
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto(`${base}/#/users`);
  await password.waitFor();
  await context.addCookies([cookie]);
  await t.until('the copy of the cookie to be refused', async () => {
    await page.reload();
    return password.isVisible();
  });

  // Who guesses is slowed down; then the right one does not help either.
  for (let attempt = 0; !(await page.getByText('Too many attempts').isVisible()); attempt++) {
    assert.ok(attempt < 20, 'guessing goes on');
    await password.fill(`guess ${attempt}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/That is not the password|Too many attempts/).waitFor();
    await page.getByRole('button', { name: 'Sign in', disabled: false }).waitFor();
  }
  await password.fill(t.settings.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Too many attempts').waitFor();

  // What is refused is in the browser's log, and a reload gives up what is under way.
  assert.deepEqual(problems.filter((problem) => !/status of 4(01|29)|api.*ERR_ABORTED|closed before the connection is established/.test(problem)), []);
  await browser.close();
}
