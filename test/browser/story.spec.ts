// The story by hand: two browser windows on the Agents Playground, one person in each. `npm run test:browser` runs it.
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { channelName } from '../../src/demo/cast.ts';
import { type Stage, startStage } from '../../src/demo/stage.ts';
import { cardWith, draw, faultsOnly, launch, openPage, seconds, useChannel } from './browser.ts';

const narrow = { width: 480, height: 1200 };
const narrowCard = 320;

describe('the story in two windows', function () {
  this.timeout(180 * seconds);
  let stage: Stage;
  let browser: Browser;
  let ada: Page;
  let ivan: Page;
  const faults: string[] = [];

  before(async () => {
    stage = await startStage({ log: faultsOnly(faults) });
    await useChannel(stage);
    browser = await launch();
    ada = await openPage(browser, stage.ada.url, 'Personal Chat');
    ivan = await openPage(browser, stage.ivan.url, `IT - ${channelName}`);
  });

  after(async () => {
    await browser?.close();
    await stage?.stop();
  });

  it('When Ada types her wish, then the form says what will be lost and asks for two things', async () => {
    await ada.locator('[data-lexical-editor=true]').click();
    await ada.keyboard.type('reprovision my Cloud PC');
    await ada.keyboard.press('Enter');

    const form = cardWith(ada, 'Everything on it will be deleted');
    await form.waitFor();
    assert.match(String(await form.textContent()), /CPC-ada-7F3KQ/);
    assert.equal(await form.getByRole('button', { name: 'Request rebuild' }).count(), 1);
    await draw(ada, 'confirm');
  });

  it('When she sends it without a reason, then she is told what is missing, and nothing is sent', async () => {
    const form = cardWith(ada, 'Everything on it will be deleted');

    await form.getByRole('button', { name: 'Request rebuild' }).click();

    await form.getByText('Please write one sentence. The approver will read it.').waitFor();
    assert.equal(await cardWith(ada, 'Waiting for approval').count(), 0);
  });

  it('When she gives a reason, ticks the box and presses, then her card waits and Ivan is asked', async () => {
    const form = cardWith(ada, 'Everything on it will be deleted');
    await form.getByLabel('Why?').fill('Apps no longer start since the last update');
    await form.getByLabel('I have saved what I need').check();

    await form.getByRole('button', { name: 'Request rebuild' }).click();

    await cardWith(ada, 'Waiting for approval').waitFor();
    const request = cardWith(ivan, 'Reprovision for Ada Arendt?');
    await request.waitFor();
    const words = String(await request.textContent());
    assert.match(words, /Apps no longer start since the last update/);
    assert.match(words, /CPC-ada-7F3KQ/);
    await draw(ivan, 'approval');
  });

  it('When Ivan approves, then both cards follow the rebuild in place', async () => {
    const request = cardWith(ivan, 'Reprovision for Ada Arendt?');

    await request.getByRole('button', { name: 'Approve' }).click();

    await cardWith(ivan, 'Approved by Ivan Ilić').waitFor();
    assert.equal(await ivan.getByRole('button', { name: 'Approve' }).count(), 0);
    await cardWith(ada, 'Being rebuilt since').waitFor();
    await cardWith(ivan, 'Being rebuilt since').waitFor();
    await draw(ada, 'building');
    assert.deepEqual(stage.simulator.tenant.reprovisionPosts(), { received: 1, applied: 1 });
  });

  it('When the Cloud PC is ready, then both cards say so, and Ada gets a new message', async () => {
    const ready = 'Company apps may need up to an hour to arrive.';

    await cardWith(ada, ready).waitFor();
    await cardWith(ivan, 'Ada Arendt can sign in again').waitFor();

    const notice = cardWith(ada, 'Your Cloud PC is ready');
    await notice.waitFor();
    assert.match(String(await notice.textContent()), /It is now called CPC-ada-9X2LM/);
    assert.equal(await cardWith(ada, ready).count(), 1);
    await draw(ada, 'ready');
    await draw(notice, 'notice');
  });

  it('When the card has 320 pixels in a window of 480, then nothing sticks out of it', async () => {
    const card = cardWith(ada, 'Company apps may need up to an hour to arrive.');

    await ada.setViewportSize(narrow);
    // The Playground gives a card 446 pixels at the least, Teams on a telephone fewer.
    await ada.addStyleTag({ content: `.ac-adaptiveCard { width: ${narrowCard}px; box-sizing: border-box }` });

    const edge = await card.evaluate((element) => element.getBoundingClientRect().right);
    const edges = await card
      .locator('*')
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().right));
    assert.deepEqual(
      edges.filter((each) => each > edge),
      [],
    );
    // In so narrow a window the Playground's own bar lies over the left edge of its messages.
    await card.evaluate((element) => {
      element.closest('[class*=FluentProvider]')?.append(element);
      element.setAttribute(
        'style',
        `${element.getAttribute('style')}; position: fixed; inset: 0 auto auto 0; z-index: 9999`,
      );
    });
    await draw(card, 'ready-narrow');
  });

  it('When the story is over, then the bot has complained about nothing', () => {
    assert.deepEqual(faults, []);
  });
});
