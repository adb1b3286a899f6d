// A real browser on the Agents Playground's windows, and the pictures that it takes. With PICTURES=1 the screenshots, which are left in
// build/screenshots otherwise, take the place of those in docs/pictures.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { castMember } from '../../src/demo/cast.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { waitFor } from '../../src/demo/window.ts';
import type { Log } from '../../src/domain/ports.ts';

const folder = process.env.PICTURES === '1' ? '../../docs/pictures/' : '../../build/screenshots/';
const pictures = fileURLToPath(new URL(folder, import.meta.url));
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Tall enough for the longest card: what the Playground's own bars cover is missing on a picture. */
const wide = { width: 1280, height: 1800 };
export const seconds = 1_000;

/** @throws when there is no browser */
export async function launch(): Promise<Browser> {
  assert.ok(existsSync(executablePath), `Chromium is needed at ${executablePath}; CHROMIUM names another place.`);
  return chromium.launch({ executablePath, args: flags });
}

export async function useChannel({ ivan }: Stage): Promise<void> {
  const thread = await ivan.beginThread('Requests for Cloud PCs are decided here.');
  await ivan.mentionBot(castMember('adam'), thread, 'use this channel for approvals');
  const answer = await waitFor(ivan, ({ lines }) => lines.join().includes('Requests will be posted in'), 15 * seconds);
  assert.ok(answer, 'The bot did not answer in the channel.');
}

export async function openPage(browser: Browser, url: string, place: string): Promise<Page> {
  const page = await browser.newPage({ viewport: wide, locale: 'en-GB', timezoneId: 'UTC' });
  page.setDefaultTimeout(40 * seconds);
  // Only this machine is asked: the page would fetch fonts from the Internet.
  await page.route(
    (address) => address.hostname !== 'localhost',
    (route) => route.abort(),
  );
  await page.goto(url);
  await page.locator('button[title="Hide log panel"], button[aria-label="Hide log panel"]').click();
  await page.locator(`button[aria-label="${place}"]`).click();
  // The Playground is ready for messages a moment after a chat was opened.
  await page.waitForTimeout(1.5 * seconds);
  return page;
}

export function cardWith(page: Page, words: string | RegExp): Locator {
  return page.locator('.ac-adaptiveCard').filter({ hasText: words });
}

export async function draw(seen: Page | Locator, name: string): Promise<void> {
  await seen.screenshot({ path: join(pictures, `${name}.png`) });
}

/** @param isLenient of what can be tried again nothing is kept: most people of a fleet have no window */
export function faultsOnly(faults: string[], isLenient = false): Log {
  const keep = (fields: Record<string, unknown>, msg: string) => {
    faults.push(`${msg} ${JSON.stringify(fields)}`);
  };
  return { debug() {}, info() {}, warn: isLenient ? () => {} : keep, error: keep };
}
