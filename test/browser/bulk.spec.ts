// A bulk request by hand: Adam's window and Ivan's. As `story.spec.ts`, with pictures of preview, progress and result.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { channelName, windowSettings } from '../../src/demo/cast.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { type Playground, startPlayground } from '../../src/demo/playground.ts';
import { type Stage, startStage } from '../../src/demo/stage.ts';
import { addFleet, fleetGroup } from '../campaigns/bulk/tenant.ts';
import { cardWith, draw, faultsOnly, launch, openPage, seconds, useChannel } from './browser.ts';

const size = 43;

describe('a bulk request in two windows', function () {
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
    addFleet(stage.simulator, size, 7);
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

  it('When Adam names a group, then the preview says how many would be wiped, and asks for the number', async () => {
    await adam.locator('[data-lexical-editor=true]').click();
    await adam.keyboard.type(`bulk reprovision group ${fleetGroup.name}`);
    await adam.keyboard.press('Enter');

    const preview = cardWith(adam, `${size} Cloud PCs would be wiped`);
    await preview.waitFor();
    await draw(preview, 'bulk-preview');
    await preview.getByLabel('Why').fill('New image with the security update');
    await preview.getByLabel('To confirm').fill(String(size - 1));
    await preview.getByRole('button', { name: /Request rebuild of|Wipe and rebuild/ }).click();
    await preview.getByText(`Please type ${size}`).waitFor();
  });

  it('When he types it, then Ivan is asked, and approving starts the canary alone', async () => {
    const preview = cardWith(adam, `${size} Cloud PCs would be wiped`);
    await preview.getByLabel('To confirm').fill(String(size));

    await preview.getByRole('button', { name: /Request rebuild of|Wipe and rebuild/ }).click();

    const request = ivan.locator('.ac-adaptiveCard').filter({ has: ivan.getByRole('button', { name: 'Approve' }) });
    await request.waitFor();
    await draw(request, 'bulk-approval');
    await request.getByRole('button', { name: 'Approve' }).click();
    await cardWith(adam, /Wave \d of \d is running/).waitFor();
    assert.ok(stage.simulator.tenant.reprovisionPosts().received <= 1, 'the canary alone');
  });

  it('When too many of a wave fail, then it halts, and goes on when Adam says so, to the end', async () => {
    const goOn = adam.getByRole('button', { name: 'Go on' });
    await goOn.waitFor();
    await draw(adam.locator('.ac-adaptiveCard').filter({ has: goOn }).last(), 'bulk-paused');
    await goOn.click();
    await cardWith(adam, /Wave \d of \d is running/).waitFor();
    await draw(cardWith(adam, /Wave \d of \d is running/).last(), 'bulk-progress');
    // The notice of the end has the same words and may come before the card is changed.
    const end = cardWith(adam, 'Reprovision 43 Cloud PCs').filter({ hasText: /\d+ of 43 ready/ });
    for (let waited = 0; waited < 60 && (await end.count()) === 0; waited += 1) {
      if ((await goOn.count()) > 0) await goOn.first().click();
      await adam.waitForTimeout(2 * seconds);
    }
    await end.first().waitFor();
    await draw(end.first(), 'bulk-result');
    assert.equal(stage.simulator.tenant.reprovisionPosts().received, size);
  });

  it('When the list is asked for, then every Cloud PC has a line', async () => {
    const end = cardWith(adam, /\d+ of 43 ready/).first();
    await end.getByRole('button', { name: 'Show all' }).click();
    const list = cardWith(adam, 'Worker 0').last();
    await list.waitFor();
    await draw(list, 'bulk-list');
  });

  it('When it is over, then the bot has failed in nothing', () => {
    assert.deepEqual(faults, []);
  });
});
