import assert from 'node:assert/strict';
import { assertFits, SampleWindows } from '../sample.mjs';

// The game, in three windows: moves, scores, and a late joiner who has it all at once.
export default async function run(t) {
  const windows = await SampleWindows.open(t.settings);
  const join = async (options) => {
    const page = await windows.window(options);
    await page.getByRole('button', { name: 'Play' }).click();
    await page.locator('#board').getByText(options.name).waitFor();
    return page;
  };
  const ann = await join({ name: 'Ann' });
  const ben = await join({ name: 'Ben', phone: true, dark: true });
  await ann.locator('#board').getByText('Ben').waitFor();
  const positions = (page) => page.evaluate(() => Object.fromEntries((window.game?.scene.players() ?? []).map((p) => [p.name, [p.x, p.y]])));
  await t.until('both players in both windows', async () =>
    (await Promise.all([positions(ann), positions(ben)])).every((all) => all.Ann && all.Ben));

  // Ann goes to gems until she has some; Ben sees her going.
  const score = (page) => page.evaluate(() => window.game.scene.states.at(-1).players.find((p) => p.name === 'Ann')?.score ?? 0);
  const pressed = new Set();
  const press = async (key, wanted) => {
    if (wanted !== pressed.has(key)) {
      await ann.keyboard[wanted ? 'down' : 'up'](key);
      pressed[wanted ? 'add' : 'delete'](key);
    }
  };
  await t.until('Ann to have collected gems', async () => {
    const [dx, dy] = await ann.evaluate(() => {
      const { scene, me } = window.game;
      const own = scene.players().find((p) => p.id === me);
      const gems = scene.states.at(-1).gems.map(([, x, y]) => [x - own.x, y - own.y]);
      return gems.sort((a, b) => Math.hypot(...a) - Math.hypot(...b))[0];
    });
    await press('ArrowLeft', dx < -12);
    await press('ArrowRight', dx > 12);
    await press('ArrowUp', dy < -12);
    await press('ArrowDown', dy > 12);
    return (await score(ann)) >= 3;
  });
  for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
    await press(key, false);
  }

  const from = (await positions(ben)).Ann; // her gems may have brought her back to where she began
  const away = from[0] > 800 ? 'ArrowLeft' : 'ArrowRight';
  await press(away, true);
  await t.until('Ben to see Ann going', async () => Math.abs((await positions(ben)).Ann[0] - from[0]) > 5);
  await press(away, false);
  await t.until('the score in the other window', async () => (await score(ben)) === (await score(ann)));

  // Ben goes with a finger.
  const start = (await positions(ann)).Ben;
  await ben.mouse.move(195, 600);
  await ben.mouse.down();
  await ben.mouse.move(start[0] > 800 ? 100 : 290, 600);
  await t.until('Ben to go', async () => Math.abs((await positions(ann)).Ben[0] - start[0]) > 60);
  await windows.picture(ben, 'game-phone-dark');
  await ben.mouse.up();

  const earned = await score(ann);
  const cleo = await windows.window({ name: 'Cleo', dark: true });
  await cleo.getByRole('button', { name: 'Play' }).click();
  await t.until('the first state', () => cleo.evaluate(() => window.game?.scene.states.length > 0));
  const first = await cleo.evaluate(() => window.game.scene.states[0]);
  assert.ok(first.players.find((p) => p.name === 'Ann')?.score >= earned);
  assert.equal(first.gems.length, 14);
  await ann.locator('#board').getByText('Cleo').waitFor();
  await windows.picture(ann, 'game-desktop');
  await windows.picture(cleo, 'game-desktop-dark');
  await assertFits(ben);

  const ticks = () => cleo.evaluate(() => window.game.scene.states.at(-1).tick);
  const tick = await ticks();
  await t.until('twenty more ticks', async () => (await ticks()) >= tick + 20);
  await ben.close();
  await t.until('Ben to be gone', async () => !(await positions(ann)).Ben);
  await windows.close();
}
