import assert from 'node:assert/strict';
import { openBrowser } from './browser.mjs';

/** Windows on the page of a sample: desktop or phone, light or dark. Notes whatever goes wrong in them. */
export class SampleWindows {
  problems = [];
  #browser;
  #settings;

  static async open(settings) {
    const windows = new SampleWindows();
    windows.#settings = settings;
    windows.#browser = await openBrowser();
    return windows;
  }

  async window({ phone = false, dark = false, name } = {}) {
    const context = await this.#browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
      deviceScaleFactor: phone ? 2 : 1,
      hasTouch: phone,
      colorScheme: dark ? 'dark' : 'light',
    });
    const page = await context.newPage();
    const own = new Set([new URL(this.#settings.page).host, new URL(this.#settings.gateways[0]).host]);
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && this.problems.push(message.text()));
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('requestfailed', (request) => this.problems.push(`${request.url()}: ${request.failure()?.errorText}`));
    page.on('request', (request) => request.url().startsWith('http') && !own.has(new URL(request.url()).host) && this.problems.push(`asked ${request.url()}`));
    if (name) {
      await page.addInitScript((value) => sessionStorage.getItem('name') ?? sessionStorage.setItem('name', value), name);
    }
    await page.goto(this.#settings.page);
    return page;
  }

  /** Keeps a picture beside the logs of the run. */
  async picture(page, name) {
    await page.screenshot({ path: `${this.#settings.pictures}/${name}.png` });
  }

  async close() {
    await this.#browser.close();
    assert.deepEqual(this.problems, []);
  }
}

/** Nothing sticks out of the page to the side. */
export async function assertFits(page) {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than its window');
}
