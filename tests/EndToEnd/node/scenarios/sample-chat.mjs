import assert from 'node:assert/strict';
import { assertFits, SampleWindows } from '../sample.mjs';

// The chat, in three windows: messages, who is there, who types, what was said before somebody came, and rooms.
export default async function run(t) {
  const windows = await SampleWindows.open(t.settings);
  const alice = await windows.window({ name: 'Alice Adams' });
  const bob = await windows.window({ name: 'Bob', phone: true, dark: true });
  const open = async (page) => {
    await page.getByText('live', { exact: true }).waitFor();
    return page;
  };
  await open(alice);
  await open(bob);
  await alice.getByText('2 here').waitFor();
  await alice.locator('#people').getByText('Bob').waitFor();

  const say = async (page, text) => {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
  };
  const message = (page, text) => page.locator('#messages').getByText(text, { exact: true });
  await say(alice, 'Good morning! <b>Who</b> is here, äöü?');
  await message(bob, 'Good morning! <b>Who</b> is here, äöü?').waitFor();
  await say(bob, 'Me, on my phone.');
  await say(bob, 'The train is late, so I have all the time in the world to read what you wrote.');
  await message(alice, 'Me, on my phone.').waitFor();
  await say(alice, 'Then let us try what happens when somebody comes late.');
  await t.until('nothing of Alice to wait', async () => (await alice.locator('.message.waiting').count()) === 0);

  await alice.getByLabel('Message', { exact: true }).pressSequentially('I am');
  await bob.locator('#typing').getByText('Alice Adams is typing').waitFor();
  const carol = await open(await windows.window({ name: 'Carol', dark: true }));
  await message(carol, 'Then let us try what happens when somebody comes late.').waitFor();
  await t.until('all four messages', async () => (await carol.locator('.message').count()) === 4);
  await carol.getByText('3 here').waitFor();
  await carol.getByLabel('Message', { exact: true }).pressSequentially('Hello');
  await alice.locator('#typing').getByText('Carol is typing').waitFor();
  for (const [page, name] of [[alice, 'chat-desktop'], [bob, 'chat-phone-dark'], [carol, 'chat-desktop-dark']]) {
    await windows.picture(page, name);
    await assertFits(page);
  }

  await bob.getByRole('button', { name: 'Coffee' }).click();
  await alice.getByText('2 here').waitFor();
  await say(bob, 'Nobody here?');
  await message(bob, 'Nobody here?').waitFor();
  assert.equal(await message(alice, 'Nobody here?').count(), 0);
  await bob.getByRole('button', { name: 'Lobby' }).click();
  await message(bob, 'Me, on my phone.').waitFor();
  await carol.close();
  await alice.getByText('2 here').waitFor();
  await windows.close();
}
