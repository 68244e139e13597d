import { assertFits, SampleWindows } from '../sample.mjs';

// The market, in two windows: the chart moves, a late window has what came before, a slow one shows the newest.
export default async function run(t) {
  const windows = await SampleWindows.open(t.settings);
  const desk = await windows.window({});
  await desk.getByText('live', { exact: true }).waitFor();
  await t.until('all symbols', async () => (await desk.locator('#symbols li').count()) === 6);
  const points = (page) => page.locator('#points').textContent().then(Number);
  const chart = (page) => page.evaluate(() => document.getElementById('chart').toDataURL());
  await t.until('points', async () => (await points(desk)) >= 3);
  const before = [await points(desk), await chart(desk)];
  await t.until('the chart to move', async () => (await points(desk)) > before[0] && (await chart(desk)) !== before[1]);

  const phone = await windows.window({ phone: true, dark: true });
  await t.until('the past in the late window', async () => (await points(phone)) >= before[0]);
  await phone.getByRole('button', { name: /ETH/ }).click();
  await phone.locator('#label').getByText('Ether').waitFor();

  await phone.getByLabel('Be slow: draw once a second').click();
  const number = (id) => phone.locator(id).textContent().then(Number);
  await t.until('prices replaced before anybody saw them', async () => (await number('#replaced')) > 20);
  await t.until('six prices drawn in a second, one of each symbol', async () => (await number('#drawn')) <= 12);
  await t.until('more received than drawn', async () => (await number('#received')) > 12);
  // Slow, but not behind: what it shows is the newest within its second.
  const price = (page) => page.evaluate(() => document.querySelector('#symbols li:nth-child(2) .value b').textContent);
  await t.until('the same price in both windows', async () => (await price(phone)) === (await price(desk)));
  await t.until('a chart worth a picture', async () => (await points(desk)) >= 60);
  await windows.picture(desk, 'ticker-desktop');
  await windows.picture(phone, 'ticker-phone-dark');
  for (const page of [desk, phone]) {
    await assertFits(page);
  }
  await windows.close();
}
