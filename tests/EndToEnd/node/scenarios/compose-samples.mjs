import assert from 'node:assert/strict';
import { SampleWindows } from '../sample.mjs';

// The samples in containers: each page in two windows, through the load balancer, so on gateways of their own.
export default async function run(t) {
  const checked = (what) => t.say({ kind: 'checked', what });
  const busy = async () => (await t.api('info', {})).nodes.filter((node) => node.num_clients > 0).length;
  const twoWindows = async (name, use) => {
    const windows = await SampleWindows.open({ ...t.settings, page: t.settings.pages[name] });
    const open = async (options) => {
      const page = await windows.window(options);
      if (name === 'game') {
        await page.getByRole('button', { name: 'Play' }).click();
      }
      await page.getByText('live', { exact: true }).waitFor();
      return page;
    };
    const [ann, ben] = [await open({ name: 'Ann' }), await open({ name: 'Ben', dark: true })];
    await t.until('the windows to be on two gateways', async () => (await busy()) >= 2);
    await use(ann, ben);
    await windows.close();
    await t.until('the windows to be gone', async () => (await busy()) === 0);
    checked(`${name}: two windows on two gateways work together`);
  };

  await twoWindows('chat', async (ann, ben) => {
    await ann.getByText('2 here').waitFor();
    await ann.getByLabel('Message', { exact: true }).fill('hello from another gateway');
    await ann.getByRole('button', { name: 'Send' }).click();
    await ben.locator('#messages').getByText('hello from another gateway').last().waitFor();
  });

  await twoWindows('game', async (ann, ben) => {
    const place = (page, name) => page.evaluate((who) => window.game.scene.players().find((player) => player.name === who), name);
    await t.until('both players in both windows', async () =>
      (await Promise.all([place(ann, 'Ann'), place(ann, 'Ben'), place(ben, 'Ann'), place(ben, 'Ben')])).every(Boolean));
    const from = await place(ben, 'Ann');
    await ann.keyboard.down(from.x > 800 ? 'ArrowLeft' : 'ArrowRight');
    await t.until('Ben to see Ann going', async () => Math.abs((await place(ben, 'Ann')).x - from.x) > 20);
  });

  await twoWindows('ticker', async (ann, ben) => {
    const prices = (page) => page.locator('#symbols .value b').allTextContents().then((all) => all.join());
    for (const page of [ann, ben]) {
      await t.until('prices', async () => /\d/.test(await prices(page)));
      const before = await prices(page);
      await t.until('other prices', async () => (await prices(page)) !== before);
    }
  });

  await twoWindows('auction', async (ann, ben) => {
    await ann.getByText('2 here').waitFor();
    const offer = ann.locator('.quick button').first();
    await t.until('a bid of Ann to lead', async () => {
      if (await offer.isEnabled()) {
        await offer.click({ timeout: 1000 }).catch(() => {}); // closed just now
      }
      return (await ann.locator('#leader.mine').count()) > 0;
    });
    await ben.locator('#bids').getByText('Ann').first().waitFor();
    const price = (page) => page.locator('#price').textContent();
    assert.match(await price(ben), /€\d/);
    await t.until('one price in both windows', async () => (await price(ann)) === (await price(ben)));
  });
}
