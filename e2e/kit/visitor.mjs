// A person at a browser, and what is true of every page they see.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after } from 'node:test';

import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

import { output } from './output.mjs';

export const base = process.env.TONGBAN_BASE;

// The two sizes at which every page is looked at.
export const sizes = {
  phone: { width: 360, height: 800 },
  desktop: { width: 1280, height: 900 },
};

// The largest page with its files, in bytes as they travel.
const LARGEST_PAGE = 80 * 1024;

const executablePath = process.env.TONGBAN_CHROMIUM ?? '/usr/bin/chromium';
const launchFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// One browser for all tests of a walk; an open browser would keep the process alive.
let browser;
function launched() {
  browser ??= chromium.launch({ executablePath, args: launchFlags });
  return browser;
}
after(async () => (await browser)?.close());

// Opens a window of a person's own for a test, with no cookie of anybody else's, and closes it when the test ends.
//   size        'phone' or 'desktop'
//   javaScript  false for somebody whose browser runs none
//   leaves      whether the walk leads to sites of others: then the browser may go to their pages
//   host        another name of the same machine: passkeys belong to a name and not to a number
export async function visit(test, { size = 'desktop', javaScript = true } = {}, { host, leaves = false } = {}) {
  const address = new URL(base);
  if (host) address.hostname = host;
  const context = await (await launched()).newContext({
    baseURL: address.origin,
    viewport: sizes[size],
    javaScriptEnabled: javaScript,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  });
  context.setDefaultTimeout(15_000);
  context.setDefaultNavigationTimeout(30_000);
  const visitor = new Visitor(context, await context.newPage(), { size, javaScript, leaves, origin: address.origin });
  guestsOf(test).push(visitor);
  return visitor;
}

const allGuests = new WeakMap();

// Everybody who visits within a test. One hook closes all windows: a hook that fails keeps the later ones from running.
// What was seen on the way is told together at the end, so that one bad page does not hide the next.
function guestsOf(test) {
  if (!allGuests.has(test)) {
    const guests = [];
    allGuests.set(test, guests);
    test.after(async () => {
      await Promise.all(guests.map(({ context }) => context.close()));
      assert.deepEqual(guests.flatMap(({ seen }) => seen), [], 'what the pages got wrong');
    });
  }
  return allGuests.get(test);
}

class Visitor {
  constructor(context, page, { size, javaScript, leaves, origin }) {
    this.context = context;
    this.page = page;
    this.size = size;
    this.javaScript = javaScript;
    this.complaints = [];
    this.seen = [];
    context.on('request', (request) => {
      const url = request.url();
      const ours = url.startsWith(`${origin}/`) || url.startsWith('data:') || url.startsWith('blob:');
      if (!ours && !(leaves && request.isNavigationRequest())) this.complaints.push(`asked another host: ${url}`);
    });
    context.on('weberror', (error) => this.complaints.push(`script failed: ${error.error()}`));
    context.on('console', (message) => {
      // A page that answers 404 or 422 on purpose is reported here as well; the walks look at those answers themselves.
      const aboutAnswer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !aboutAnswer) this.complaints.push(`console: ${message.text()}`);
    });
  }

  // Goes to a path and expects the page to be there.
  async go(address) {
    const response = await this.page.goto(address);
    assert.ok(response?.ok(), `${address} answered ${response?.status()}`);
  }

  // Looks at the page as it is: keeps a screenshot under the name, and notes anything that axe finds (where scripts
  // run), a page wider than the screen, a request to another host, a failed script. The test fails on notes at its end.
  async look(name) {
    const kind = this.javaScript ? this.size : `${this.size}-without-script`;
    await this.picture(path.join(output, `${name}-${kind}.png`));
    // axe waits on timers, which a browser without scripts never runs.
    if (this.javaScript) {
      // In the page itself: our pages hold no frames, and a second page for each look would cost more than the look.
      const { violations } = await new AxeBuilder({ page: this.page }).setLegacyMode().analyze();
      this.seen.push(...violations.map((violation) => `${name}, ${kind}: ${describe(violation)}`));
    }
    if (this.javaScript) {
      const bytes = await this.page.evaluate(() => performance.getEntries()
        .filter((entry) => ['navigation', 'resource'].includes(entry.entryType) && !entry.name.endsWith('.pdf'))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0));
      if (bytes > LARGEST_PAGE) this.seen.push(`${name}, ${kind}: the page and its files are ${bytes} bytes`);
    }
    const [wide, screen] = await this.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    if (wide > screen) this.seen.push(`${name}, ${kind}: the page is ${wide} px wide on a screen of ${screen} px`);
    this.seen.push(...this.complaints.splice(0).map((complaint) => `${name}, ${kind}: ${complaint}`));
  }

  // A busy Chromium now and then refuses a picture of a page that stands well ("Unable to capture screenshot"): it is
  // asked again, and a third refusal fails the test.
  async picture(file, refusals = 0) {
    try {
      await this.page.screenshot({ path: file, fullPage: true });
    } catch (error) {
      if (refusals === 2 || !error.message.includes('Unable to capture screenshot')) throw error;
      await this.page.waitForTimeout(500);
      await this.picture(file, refusals + 1);
    }
  }
}

function describe(violation) {
  const places = violation.nodes.map((node) => `    ${node.target.join(' ')}  ${node.html.slice(0, 160)}`);
  return [`${violation.id} (${violation.impact}): ${violation.help}`, ...places].join('\n');
}
