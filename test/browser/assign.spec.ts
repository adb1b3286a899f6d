// Assigning Windows 365 by hand: Adam's window and Ivan's. As `bulk.spec.ts`, with pictures of the form, of what is missing, and of what
// was taken back.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { channelName, windowSettings } from '../../src/demo/cast.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { type Playground, startPlayground } from '../../src/demo/playground.ts';
import { type Stage, startStage } from '../../src/demo/stage.ts';
import { demoMailboxes } from '../../src/simulator/index.ts';
import { cardWith, draw, faultsOnly, launch, openPage, seconds, useChannel } from './browser.ts';

describe('assigning in two windows', function () {
  this.timeout(240 * seconds);
  let stage: Stage;
  let playground: Playground;
  let folder: string;
  let browser: Browser;
  let adam: Page;
  let ivan: Page;
  const faults: string[] = [];

  before(async () => {
    stage = await startStage({ log: faultsOnly(faults, true) });
    await useChannel(stage);
    browser = await launch();
    folder = await mkdtemp(join(tmpdir(), 'concierge-browser-'));
    playground = await startPlayground({
      settings: windowSettings('adam', 3),
      folder: join(folder, 'adam'),
      port: await freePort(56152),
      endpoint: stage.endpoint,
    });
    adam = await openPage(browser, playground.url, 'Personal Chat');
    ivan = await openPage(browser, stage.ivan.url, `IT - ${channelName}`);
  });

  after(async () => {
    await browser?.close();
    await playground?.stop();
    await stage?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function say(words: string): Promise<void> {
    await adam.locator('[data-lexical-editor=true]').click();
    await adam.keyboard.type(words);
    await adam.keyboard.press('Enter');
  }

  const formFor = (name: string): Locator =>
    adam
      .locator('.ac-adaptiveCard')
      .filter({ hasText: name })
      .filter({ has: adam.getByRole('button', { name: 'Request Windows 365' }) })
      .last();

  async function approve(name: string): Promise<void> {
    const request = ivan
      .locator('.ac-adaptiveCard')
      .filter({ hasText: name })
      .filter({ has: ivan.getByRole('button', { name: 'Approve' }) })
      .last();
    await request.waitFor();
    await draw(request, 'assign-approval');
    await request.getByRole('button', { name: 'Approve' }).click();
  }

  it('When Adam assigns, then the form shows seats and groups, and the card follows it until the Cloud PC is ready', async () => {
    await say('assign 4 vCPU to cleo@contoso.com');
    const form = formFor('Cléo Costa');
    await form.waitFor();
    await draw(form, 'assign');
    await form.getByLabel('Why').fill('Joins the design team on Monday');
    await form.getByRole('button', { name: 'Request Windows 365' }).click();

    await approve('Cléo Costa');

    const end = cardWith(adam, /R-1001/)
      .filter({ hasText: /Ready|is ready/ })
      .last();
    await end.waitFor();
    await cardWith(adam, /was built/)
      .last()
      .waitFor();
    await draw(cardWith(adam, /R-1001/).first(), 'assign-ready');
  });

  it('When no seat is free, then the card says so, a ticket has gone, and one can look again', async () => {
    await say("assign 8 vCPU to o'neil@contoso.com");
    const form = formFor("Owen O'Neil");
    await form.waitFor();
    await form.getByLabel('Why').fill('Needs a larger machine');
    await form.getByRole('button', { name: 'Request Windows 365' }).click();

    const out = cardWith(adam, /No seat is free/).first();
    await out.waitFor();
    await cardWith(adam, new RegExp(`${demoMailboxes.tickets}`))
      .first()
      .waitFor();
    await out.filter({ hasText: 'sent to' }).waitFor();
    await draw(out, 'out-of-licences');
    assert.equal(
      stage.simulator.tenant.mails.filter(({ message }) => JSON.stringify(message).includes('W365Lic')).length,
      1,
    );
  });

  it('When the build fails, then what was changed is taken back, and the card names it', async () => {
    stage.simulator.tenant.nextFirstBuild("o'neil@contoso.com", { outcome: 'failed' });
    await say("assign 2 vCPU to o'neil@contoso.com");
    const form = formFor("Owen O'Neil");
    await form.waitFor();
    await form.getByLabel('Why').fill('Needs a machine');
    await form.getByRole('button', { name: 'Request Windows 365' }).click();

    await approve("Owen O'Neil");

    const undone = cardWith(adam, /taken back/i).last();
    await undone.waitFor();
    // Edits of a card are five seconds apart.
    await cardWith(adam, /R-1003/)
      .first()
      .filter({ hasNotText: 'being taken back' })
      .waitFor();
    await draw(cardWith(adam, /R-1003/).first(), 'assign-undone');
  });

  it('When it is over, then the bot has failed in nothing', () => {
    assert.deepEqual(faults, []);
  });
});
