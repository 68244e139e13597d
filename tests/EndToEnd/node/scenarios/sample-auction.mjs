import assert from 'node:assert/strict';
import { assertFits, SampleWindows } from '../sample.mjs';

// The auction, in three windows: bids that rise, bids that may not, a lot that closes and the next one, and a late joiner.
export default async function run(t) {
  const windows = await SampleWindows.open(t.settings);
  const open = async (options) => {
    const page = await windows.window(options);
    await page.getByText('live', { exact: true }).waitFor();
    return page;
  };
  const ann = await open({ name: 'Ann Archer' });
  const ben = await open({ name: 'Ben', phone: true, dark: true });
  await ann.getByText('2 here').waitFor();
  const lot = async (page) => Number((await page.locator('#number').textContent()).replace(/\D/g, ''));
  const isOpen = async (page) => !(await page.locator('#stamp').isVisible()) && (await lot(page)) > 0;

  // A lot may close between any two steps: then the steps are taken again with the next one.
  const offer = (page) => page.locator('.quick button').first();
  const bid = (page) => t.until('a bid to lead', async () => {
    if (await isOpen(page) && await offer(page).isEnabled()) {
      await offer(page).click({ timeout: 1000 }).catch(() => {}); // closed, or outbid, just now
    }
    return (await page.locator('#leader.mine').count()) > 0;
  });
  await bid(ann);
  await ben.locator('#bids').getByText('Ann Archer').waitFor();
  await bid(ben);
  await ann.locator('#leader').getByText('by Ben').waitFor();

  const problem = (page) => page.locator('#problem');
  const own = async (page, amount) => {
    await page.getByLabel('Or your own').fill(amount);
    await page.getByRole('button', { name: 'Bid', exact: true }).click();
  };
  await t.until('a bid that is too low to be refused', async () => {
    if (await isOpen(ann)) {
      await own(ann, '1').catch(() => {});
    }
    return /Bid at least \d+\./.test(await problem(ann).textContent());
  });

  const cleo = await open({ name: 'Cleo', dark: true });
  await cleo.getByText('3 here').waitFor();
  await t.until('the late joiner to see what the others see', async () => {
    const [a, c] = await Promise.all([ann, cleo].map((page) => page.locator('#desk .now > div').first().textContent()));
    return a === c && (await lot(cleo)) === (await lot(ann));
  });
  await bid(cleo);
  await bid(ann);
  await windows.picture(ann, 'auction-desktop');
  await windows.picture(ben, 'auction-phone-dark');

  const sold = (page) => page.locator('#sold li').filter({ hasText: 'Ann Archer' });
  await t.until('a picture to be sold to Ann in every window', async () => {
    const counts = await Promise.all([ann, ben, cleo].map((page) => sold(page).count()));
    if (counts.some((count) => count === 0) && !(await ann.locator('#leader.mine').count())) {
      await offer(ann).click({ timeout: 1000 }).catch(() => {});
    }
    return counts.every((count) => count > 0);
  });
  await windows.picture(cleo, 'auction-sold-dark');
  const before = await lot(ann);
  await t.until('the next lot', async () => (await isOpen(ann)) && ((await lot(ann)) > before || (await lot(ben)) > 1));
  for (const page of [ann, ben, cleo]) {
    await assertFits(page);
  }
  await cleo.close();
  await ann.getByText('2 here').waitFor();
  assert.equal(await ann.locator('#sold canvas').count() > 0, true);
  await windows.close();
}
