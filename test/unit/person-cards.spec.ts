// Cards, notices and mails about somebody's Windows 365: which face when, which buttons, and that no word says too much.
import assert from 'node:assert/strict';
import { personNews } from '../../src/cards/history-card.ts';
import { personFaceOf, personFaces, personSituationOf } from '../../src/cards/person-faces.ts';
import { createCards } from '../../src/cards/render-card.ts';
import { sides } from '../../src/cards/request-faces.ts';
import type { MailKind, MailView } from '../../src/domain/mail-views.ts';
import { type Language, languages } from '../../src/domain/people.ts';
import type { PersonItem } from '../../src/domain/person-item.ts';
import { noticesForPerson } from '../../src/domain/person-notices.ts';
import { day } from '../../src/domain/time.ts';
import type { Audience, CardView, NoticeKind, RequestView } from '../../src/domain/views.ts';
import { explainPerson, fateOf } from '../../src/locales/person-outcome.ts';
import { createTexts } from '../../src/locales/texts.ts';
import { createMails } from '../../src/mails/render-mail.ts';
import {
  aChange,
  aFrontlineSize,
  anUnassignItem,
  aPersonItem,
  aPersonOrder,
  aPersonRequest,
  licenceGroup,
  provisioningGroup,
  settingsGroup,
} from '../fakes/person-things.ts';
import { aCloudPc, aPolicy } from '../fakes/things.ts';
import { hostile, now, uuid } from '../house/card-samples.ts';
import { walkCard } from '../house/normalise-card.ts';
import {
  aPersonView,
  assignItems,
  failures,
  personFormViews,
  personHistoryNews,
  personMailKinds,
  personRequestViews,
  refusals,
} from '../house/person-samples.ts';

type Part = Record<string, unknown>;

const texts = createTexts();
const cards = createCards(texts);
const mails = createMails(texts, 'https://windows.cloud.microsoft/');

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);

function render(view: CardView, language: Language = 'en'): Part[] {
  const { content } = cards.render(view, { language, timeZone: 'Europe/Berlin' }, { openUrl: 'https://contoso.com/' });
  return [...walkCard(content)].map(({ value }) => value).filter(isPart);
}

const textsIn = (parts: readonly Part[]) => parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
const buttonsIn = (parts: readonly Part[]) => parts.filter(({ type }) => type === 'Action.Execute');
const verbsIn = (parts: readonly Part[]) => buttonsIn(parts).map(({ verb }) => String(verb));
const inputIn = (parts: readonly Part[], id: string) => parts.find((part) => part.id === id);
/** Labels do not break. */
const factsIn = (parts: readonly Part[]) =>
  parts
    .filter(({ type }) => type === 'FactSet')
    .flatMap(({ facts }) =>
      (facts as Part[]).map(({ title, value }) => `${title}: ${value}`.replaceAll('\u00a0', ' ')),
    );
const show = (view: RequestView, audience: Audience = 'channel', language: Language = 'en') =>
  render({ card: 'request', audience, view }, language);

/** Ivan, an admin, has asked for Ada, and it is as far as the item says. */
function running(item: Partial<PersonItem> = {}, view: Partial<RequestView> = {}): RequestView {
  return aPersonView(aPersonItem(item), { request: aPersonRequest({ state: 'running', approvedAt: now }), ...view });
}

function takingBack(item: Partial<PersonItem> = {}): RequestView {
  const request = aPersonRequest({ operation: 'unassign', state: 'running', approvedAt: now });
  return aPersonView(anUnassignItem(item), { request });
}

const failed = (code: NonNullable<PersonItem['outcome']>['code'], changes: PersonItem['changes']) =>
  running({ state: 'failed', changes, outcome: { code, detail: null }, endedAt: now });

describe('The faces of requests about a person', () => {
  const all = [...personRequestViews()];

  it('When every state meets every other, then there is a face, and every face is shown by some of them', () => {
    const shown = new Set<string>();

    for (const { view, audience } of all) {
      assert.ok(personFaceOf(view, audience));
      shown.add(personSituationOf(view));
    }

    assert.deepEqual(
      Object.keys(personFaces).filter((situation) => !shown.has(situation)),
      [],
    );
    for (const row of Object.values(personFaces)) assert.deepEqual(Object.keys(row).sort(), [...sides].sort());
  });

  it('When groups may have been changed, then no card says that nothing was changed', () => {
    const unchanged = /Nothing was changed|nothing is changed before|I had changed nothing/;
    const reader = { language: 'en', timeZone: 'UTC' } as const;

    for (const view of all) {
      const { request, person } = view.view;
      const { state = 'cancelled', changes = [] } = person?.item ?? {};
      const isOver = request.state === 'failed' || request.state === 'running';
      if (!isOver || state === 'skipped' || state === 'cancelled') continue;
      if (changes.every((change) => change.state === 'wasSo')) continue;

      const { content } = cards.render(view, reader);

      assert.doesNotMatch(JSON.stringify(content), unchanged, `${request.state}/${state}`);
    }
  });

  it('When something was changed, then no card offers to cancel', () => {
    for (const view of all) {
      const { request, person } = view.view;
      if (request.state !== 'running' || person?.item.startedAt == null) continue;

      assert.ok(!verbsIn(render(view)).includes('request.cancel'));
    }
  });

  it('When Graph does not answer after the groups were looked through, then it cannot be cancelled any more', () => {
    const held = { step: 'awaitLicence', hold: 'graph', changes: [aChange({ state: 'wasSo' })] } as const;

    assert.ok(!verbsIn(show(running({ state: 'starting', ...held }), 'requester')).includes('request.cancel'));
    assert.ok(verbsIn(show(running({ state: 'checking', hold: 'graph' }), 'requester')).includes('request.cancel'));
  });

  it('When it is queued or checked, then whoever asked can cancel, and nobody else', () => {
    for (const state of ['queued', 'checking'] as const) {
      const view = running({ state });

      assert.ok(verbsIn(show(view, 'requester')).includes('request.cancel'));
      assert.ok(!verbsIn(show(view, 'owner')).includes('request.cancel'));
      assert.ok(!verbsIn(show(view, 'channel')).includes('request.cancel'));
    }
  });

  it('When it is a draft or has no person yet, then its card can be shown all the same', () => {
    const request = aPersonRequest({ state: 'draft', code: null, submittedAt: null });

    const parts = show(aPersonView(null, { request }), 'requester');

    assert.ok(textsIn(parts).includes('Assign Windows 365'));
    assert.ok(textsIn(parts).includes('Not sent yet'));
  });
});

describe('The card that assigns', () => {
  it('When approval is asked for, then it says who, for whom with the address, which licence, which groups and what goes with it', () => {
    const order = aPersonOrder({
      ticket: true,
      leaves: [{ ...provisioningGroup, name: 'cfg - Provisioning - Win10' }],
    });
    const request = aPersonRequest({ submittedAt: now, mail: { wanted: true, text: 'Welcome' } });

    const parts = show(aPersonView(aPersonItem({ order }), { request }));

    assert.ok(textsIn(parts).some((text) => text.includes('ada@contoso.com')));
    assert.deepEqual(factsIn(parts), [
      'Asked by: Ivan Ilić',
      'Person: Ada Arendt',
      'Licence: lic - Windows 365 Enterprise - 2 vCPU 8 GB 128 GB',
      'Built by: cfg - Windows 365 - Provisioning - Win11',
      'User rights: cfg - Windows 365 - User Settings - restore allowed',
      'Leaves: cfg - Provisioning - Win10',
    ]);
    assert.ok(textsIn(parts).includes('Ada Arendt is told by mail as well, with own words of Ivan Ilić'));
    assert.ok(textsIn(parts).includes('If no seat is free, a ticket mail is sent'));
    assert.ok(textsIn(parts).includes('Approving assigns it at once.'));
    assert.deepEqual(verbsIn(parts), ['request.approve', 'request.decline.ask', 'request.history']);
  });

  it('When starts are paused, then it says that approving alone starts nothing', () => {
    const parts = show(aPersonView(aPersonItem(), { request: aPersonRequest(), startsPaused: true }));

    assert.ok(textsIn(parts).some((text) => /^Starts are paused/.test(text)));
  });

  it('When it waits for the licence, then it says since when and how many seats were seen', () => {
    const seats = { total: 25, used: 24 };
    const item = { state: 'starting', step: 'awaitLicence', seats, startedAt: now, stepSince: now } as const;

    const parts = show(running(item));

    assert.ok(factsIn(parts).includes('Seats: 24 of 25 in use'));
    assert.ok(textsIn(parts).includes('Waiting for the licence'));
    assert.ok(textsIn(parts).includes('Licence is being given'));
    assert.ok(textsIn(parts).includes('since 14:20'));
  });

  it('When it is Frontline, then there is no step for a licence, and the size is told', () => {
    const order = aPersonOrder({ entitlement: aFrontlineSize });

    const parts = show(running({ order, state: 'starting', step: 'joinProvisioning', startedAt: now }));

    assert.ok(factsIn(parts).includes('Licence: Frontline West Europe · Frontline 2 vCPU 8 GB'));
    assert.ok(!textsIn(parts).includes('Give the licence'));
    assert.ok(textsIn(parts).includes('Build the Cloud PC'));
  });

  it('When a step is under way, then each step stands once and the later ones are to come', () => {
    const item = { state: 'building', step: 'awaitBuild', startedAt: now, buildingAt: now, stepSince: now } as const;

    const parts = textsIn(show(running(item)));

    for (const step of ['Groups changed', 'Licence given', 'Cloud PC is being built', 'Ready to sign in'])
      assert.equal(parts.filter((text) => text === step).length, 1, step);
    assert.equal(parts.filter((text) => text === 'to come').length, 1);
  });

  it('When it is ready, then the person opens it, and whoever asked reads who can', () => {
    const view = running({ state: 'ready', cloudPc: aCloudPc(), endedAt: now, buildingAt: now, startedAt: now });

    const own = show(view, 'owner');
    const other = show(view, 'requester');

    assert.ok(own.some(({ type }) => type === 'Action.OpenUrl'));
    assert.ok(!other.some(({ type }) => type === 'Action.OpenUrl'));
    assert.ok(textsIn(other).includes('Ada Arendt can sign in to CPC-ada-7F3KQ.'));
  });

  it('When no seat was free, then it says how many are used, what became of the ticket, and offers to look again', () => {
    const view = running({
      state: 'skipped',
      seats: { total: 25, used: 25 },
      outcome: { code: 'outOfSeats', detail: null },
    });
    const told = (ticket: NonNullable<RequestView['person']>['ticket']) => {
      const person = view.person && { ...view.person, ticket };
      return show({ ...view, person });
    };
    const ticket = { to: 'it@contoso.com', at: now, code: 'R-1040' };

    assert.ok(factsIn(told(null)).includes('Seats: 25 of 25 in use'));
    assert.ok(!factsIn(told(null)).some((fact) => fact.startsWith('Ticket')));
    assert.ok(factsIn(told({ state: 'sent', ...ticket })).includes('Ticket: sent to it@contoso.com today 14:20'));
    assert.ok(factsIn(told({ state: 'sentBefore', ...ticket })).includes('Ticket: sent today already for R-1040'));
    assert.ok(factsIn(told({ state: 'failed', ...ticket })).includes('Ticket: could not be sent to it@contoso.com'));
    assert.deepEqual(verbsIn(told(null)), ['assign.retry', 'request.history']);
    assert.deepEqual(verbsIn(show(view, 'owner')), []);
  });

  it('When what was changed is taken back, then the card says so and names it', () => {
    const undone = [aChange({ group: provisioningGroup, state: 'undone' }), aChange({ state: 'wasSo' })];

    const parts = textsIn(show(failed('noCloudPc', undone)));

    assert.ok(parts.includes('What I had changed is taken back. The groups are as they were.'));
    assert.ok(parts.includes('joined cfg - Windows 365 - Provisioning - Win11'));
    assert.ok(!parts.some((text) => text.includes(licenceGroup.name) && text.includes('joined')));
  });

  it('When something could not be taken back, then the card names it, and does not offer to begin again', () => {
    const view = failed('licenceRefused', [
      aChange({ group: provisioningGroup, state: 'undone' }),
      aChange({ group: settingsGroup, direction: 'leave', state: 'notUndone' }),
      aChange({ state: 'notUndone' }),
    ]);

    const parts = textsIn(show(view, 'requester'));

    const left = `no longer in ${settingsGroup.name} · still in ${licenceGroup.name}`;
    assert.ok(parts.includes(left), parts.join('\n'));
    assert.ok(parts.includes('Not taken back'));
    assert.ok(!parts.some((text) => text.includes('are as they were')));
    assert.deepEqual(verbsIn(show(view, 'requester')), ['request.history']);
  });

  it('When the last seat went to somebody else, then it says that and whether everything was taken back', () => {
    const all = textsIn(show(failed('outOfSeatsLate', [aChange({ state: 'undone' })])));
    const some = textsIn(show(failed('outOfSeatsLate', [aChange({ state: 'notUndone' })])));

    assert.ok(all.some((text) => /took the last seat meanwhile. What I had changed is taken back/.test(text)));
    assert.ok(some.some((text) => /took the last seat meanwhile. Not everything/.test(text)));
  });

  it('When it ended in any way that is known, then there is a sentence for what happened and what helps, in every language', () => {
    for (const code of [...refusals, ...failures]) {
      const explained = explainPerson(aPersonItem({ outcome: { code, detail: null } }));
      assert.ok(explained, code);
      for (const language of languages) {
        assert.notEqual(texts.t(language, explained.happened.key), '');
        assert.notEqual(texts.t(language, explained.helps.key), '');
      }
    }
  });
});

describe('The card that takes back', () => {
  const grace = aCloudPc({ status: 'inGracePeriod', graceEndsAt: now + 6 * day });
  const ending = aPersonOrder({ endsGrace: true });

  it('When the grace period is to be ended, then the approval says that everything is destroyed', () => {
    const request = aPersonRequest({ operation: 'unassign' });
    const approvalOf = (order: PersonItem['order']) =>
      textsIn(show(aPersonView(anUnassignItem({ order }), { request })));

    const destroys = approvalOf(ending);
    const keeps = approvalOf(aPersonOrder());

    assert.ok(destroys.some((text) => /everything on the Cloud PC is destroyed/.test(text)));
    assert.ok(destroys.includes('With the approval this Cloud PC is destroyed at once.'));
    assert.ok(!keeps.some((text) => /destroyed/.test(text)));
    assert.ok(keeps.includes('Windows 365 keeps the Cloud PC for its grace period'));
  });

  it('When it is taken back, then it says until when the Cloud PC is kept, and the person is told to save', () => {
    const view = takingBack({ state: 'ready', cloudPc: grace, outcome: { code: 'unassigned', detail: null } });

    assert.ok(factsIn(show(view)).includes('Kept until: Sun 29 Nov, 14:20'));
    assert.ok(textsIn(show(view, 'owner')).some((text) => /Please save to OneDrive/.test(text)));
  });

  it('When the grace period was ended, then it is told as deleted, and never as kept', () => {
    const view = takingBack({ state: 'ready', cloudPc: grace, order: ending });

    const parts = show(view, 'owner');

    assert.ok(textsIn(parts).some((text) => /everything on it is deleted/.test(text)));
    assert.ok(!factsIn(parts).some((fact) => fact.startsWith('Kept until')));
  });

  it('When the grace period could not be ended, then nothing says that the Cloud PC is deleted', () => {
    const item = anUnassignItem({
      state: 'readyWithWarnings',
      cloudPc: grace,
      order: ending,
      outcome: { code: 'graceNotEnded', detail: null },
    });

    assert.equal(fateOf(item), 'kept');
    assert.equal(fateOf({ ...item, outcome: { code: 'readyWithWarnings', detail: null } }), 'ended');
  });

  it('When ending the grace period is unclear, then only the channel decides, and each button carries the attempt', () => {
    const view = takingBack({ state: 'needsOperator', step: 'awaitEnd', order: ending, attempt: 3, unknownSince: now });

    const deciding = buttonsIn(show(view)).filter(({ verb }) => verb !== 'request.history');

    assert.deepEqual(
      deciding.map(({ verb }) => verb),
      ['assign.close', 'assign.resend.ask'],
    );
    for (const { data } of deciding) assert.equal((data as Part).attempt, 3);
    for (const audience of ['requester', 'owner'] as const) assert.deepEqual(verbsIn(show(view, audience)), []);
    assert.ok(textsIn(show(view)).some((text) => /everything on the Cloud PC is destroyed/.test(text)));
  });

  it('When it stopped on the way, then it names what was done and what was not', () => {
    const changes = [
      aChange({ direction: 'leave', state: 'done' }),
      aChange({ group: settingsGroup, direction: 'leave', state: 'notUndone' }),
    ];

    const parts = textsIn(
      show(takingBack({ state: 'failed', changes, outcome: { code: 'groupRefused', detail: null } })),
    );

    assert.ok(parts.includes(`left ${licenceGroup.name}`));
    assert.ok(parts.includes(`still in ${settingsGroup.name}`));
  });
});

describe('The forms of assign and unassign', () => {
  const forms = [...personFormViews()];
  const assign = forms.find((view): view is CardView & { card: 'assign' } => view.card === 'assign')!;
  const unassign = forms.find((view): view is CardView & { card: 'unassign' } => view.card === 'unassign')!;

  it('When a licence has no seat, then it can be chosen all the same and says so', () => {
    const entitlements = [
      { value: uuid(1), kind: 'licence' as const, name: 'Small', free: 0, total: 5 },
      { value: uuid(2), kind: 'licence' as const, name: 'Large', free: 3, total: 5 },
    ];

    const { choices } = inputIn(render({ ...assign, entitlements }), 'licence') as { choices: Part[] };

    assert.deepEqual(choices, [
      { value: uuid(1), title: 'none free · Small' },
      { value: uuid(2), title: '3 free · Large' },
    ]);
  });

  it('When a form comes back, then it has what was written, and nobody writes it twice', () => {
    const words = { reason: 'For _Monday_', mail: false, mailText: 'Two lines,\nand *stars*' };

    const parts = render({ ...assign, written: { ...words, ticket: false } });
    const back = render({
      ...unassign,
      choices: [
        { value: uuid(1), name: 'One', cloudPcName: null },
        { value: uuid(2), name: 'Two', cloudPcName: null },
      ],
      written: { ...words, licence: uuid(2) },
    });

    for (const form of [parts, back]) {
      assert.equal(inputIn(form, 'reason')?.value, words.reason);
      assert.equal(inputIn(form, 'mailText')?.value, words.mailText);
      assert.equal(inputIn(form, 'mail')?.value, 'false');
    }
    assert.equal(inputIn(parts, 'ticket')?.value, 'false');
    assert.equal(inputIn(back, 'licence')?.value, uuid(2));
  });

  it('When a group must be kept, then only that one is offered, with the reason', () => {
    const settings = {
      choices: [
        { value: uuid(1), name: 'One', isCurrent: false },
        { value: uuid(2), name: 'Two', isCurrent: true },
      ],
      preset: uuid(1),
      mustKeep: true,
    };

    const parts = render({ ...assign, settings });

    const input = inputIn(parts, 'settingsGroup') as { choices: Part[]; value: string };
    assert.deepEqual(input.choices, [{ value: uuid(2), title: 'now in Two' }]);
    assert.equal(input.value, uuid(2));
    assert.ok(textsIn(parts).includes('This group stays as it is, since another Cloud PC needs it.'));
  });

  it('When there are more groups than fit, then the preset one is among those shown, and the rest is counted', () => {
    const many = forms.filter((view) => view.card === 'assign').at(-1)!;

    const parts = render(many);

    const input = inputIn(parts, 'policyGroup') as { choices: Part[]; value: string };
    assert.equal(input.value, uuid(180));
    assert.ok(input.choices.some(({ value }) => value === uuid(180)));
    assert.ok(input.choices.length < 90);
    assert.ok(textsIn(parts).includes(`and ${90 - input.choices.length} more`));
  });

  it('When the policy names no groups, or offers no mail or ticket, then nothing asks for them', () => {
    const mail = { offered: false, preset: true, mayWriteText: true };

    const parts = render({ ...assign, provisioning: null, settings: null, mail, offersTicket: false });

    for (const id of ['policyGroup', 'settingsGroup', 'mail', 'mailText', 'ticket'])
      assert.equal(inputIn(parts, id), undefined, id);
    assert.equal(inputIn(parts, 'reason')?.isRequired, true);
  });

  it('When something must be changed first, then it stands above everything else', () => {
    const problem = { text: 'error.groupNotFound', values: { name: '**x**' } };

    for (const form of [assign, unassign]) {
      const found = textsIn(render({ ...form, problem }));
      const at = (pattern: RegExp) => found.findIndex((text) => pattern.test(text));

      assert.ok(at(/There is no group called “\\\*\\\*x/) > 0);
      assert.ok(at(/There is no group/) < at(/will get a new|loses Windows 365/));
    }
  });

  it('When there is one thing to take back, then it is told; when there are several, then one is chosen', () => {
    const [only] = unassign.choices;
    const several = [only!, { value: uuid(5), name: 'Large', cloudPcName: null }];

    const one = render(unassign);
    const two = render({ ...unassign, choices: several });

    assert.equal(inputIn(one, 'licence'), undefined);
    assert.ok(factsIn(one).includes('Cloud PC: CPC-ada-7F3KQ'));
    const { choices } = inputIn(two, 'licence') as { choices: Part[] };
    assert.deepEqual(choices[1], { value: uuid(5), title: 'Large · no Cloud PC' });
  });

  it('When the grace period may be ended, then two toggles ask for it, both off, and the second says what is destroyed', () => {
    const offered = render(unassign);
    const not = render({ ...unassign, offersEndGrace: false });

    assert.equal(inputIn(offered, 'endGrace')?.value, 'false');
    assert.equal(inputIn(offered, 'confirmEndGrace')?.value, 'false');
    assert.match(String(inputIn(offered, 'confirmEndGrace')?.title), /everything on the Cloud PC is destroyed at once/);
    assert.equal(inputIn(not, 'endGrace'), undefined);
    assert.equal(inputIn(not, 'confirmEndGrace'), undefined);
    assert.ok(textsIn(offered).some((text) => /keeps the Cloud PC for 7 days/.test(text)));
  });
});

describe('Notices, lists and history of assign and unassign', () => {
  const notice = (kind: NoticeKind, view: RequestView, audience: Audience) =>
    render({ card: 'notice', notice: kind, audience, view });

  it('When Windows 365 was taken back, then each side reads what becomes of the Cloud PC', () => {
    const kept = aCloudPc({ status: 'inGracePeriod', graceEndsAt: now + day });
    const textOf = (item: Partial<PersonItem>) =>
      textsIn(notice('unassigned', takingBack({ state: 'ready', ...item }), 'owner'));

    assert.ok(textOf({ cloudPc: kept }).some((text) => /is kept until tomorrow 14:20/.test(text)));
    assert.ok(textOf({ cloudPc: { ...kept, graceEndsAt: null } }).some((text) => /is kept for some days/.test(text)));
    assert.ok(
      textOf({ cloudPc: kept, order: aPersonOrder({ endsGrace: true }) }).some((text) => /ended at once/.test(text)),
    );
    assert.ok(textOf({ cloudPc: null }).some((text) => /There was no Cloud PC/.test(text)));
  });

  it('When nobody could be asked, or somebody is reminded, then it is not called a reprovision', () => {
    for (const kind of ['noChannel', 'approvalReminder', 'needsOperator', 'cancelled', 'assignFailed'] as const) {
      for (const audience of ['requester', 'owner', 'channel'] as const) {
        const all = textsIn(notice(kind, takingBack(), audience)).join('\n');

        assert.doesNotMatch(all, /reprovision|wipe|rebuil/i);
      }
    }
  });

  it('When the last seat went on the way, then the person is told as well, of themselves, and by mail', () => {
    const view = running({ state: 'failed', outcome: { code: 'outOfSeatsLate', detail: null } });
    const request = { ...view.request, mail: { wanted: true, text: null } };

    const orders = noticesForPerson('outOfSeatsLate', request, {
      ...aPolicy,
      mail: { ...aPolicy.mail, from: 'cloudpc@contoso.com' },
    });

    assert.deepEqual(
      orders.map(({ via, audience }) => `${via} ${audience}`),
      ['chat requester', 'chat owner', 'chat channel', 'mail owner'],
    );
    assert.ok(textsIn(notice('outOfSeats', view, 'owner')).includes('No seat is free for you'));
    assert.ok(textsIn(notice('outOfSeats', view, 'channel')).includes('No seat is free for Ada Arendt'));
  });

  it('When it takes long and there is no Cloud PC yet, then nothing is said to be built', () => {
    const view = running({ state: 'building', step: 'awaitCloudPc' });

    const texts = textsIn(notice('slow', view, 'channel')).join(' ');

    assert.match(texts, /Windows 365 for Ada Arendt takes longer/);
    assert.doesNotMatch(texts, /being built/);
  });

  it('When no seat was free, then whoever asked can look again from the notice', () => {
    const view = running({
      state: 'skipped',
      outcome: { code: 'outOfSeats', detail: null },
      seats: { total: 2, used: 2 },
    });

    assert.ok(verbsIn(notice('outOfSeats', view, 'requester')).includes('assign.retry'));
    assert.ok(!verbsIn(notice('outOfSeats', view, 'owner')).includes('assign.retry'));
  });

  it('When news of a person stand in the history, then each has words of its own', () => {
    assert.deepEqual([...personNews].sort(), [...personHistoryNews].sort());
    for (const language of languages) {
      for (const news of personNews) assert.ok(texts.has(`history.person.${news}`), `${language} ${news}`);
    }
  });

  it('When the history of such a request is shown, then it names groups and says nothing of a rebuild', () => {
    const entries = ['joined', 'failed', 'notUndone'].map((news) => ({
      at: now,
      actor: null,
      action: `item.${news}`,
      words: null,
      values: { group: settingsGroup.name },
    }));

    const parts = textsIn(render({ card: 'history', view: running(), entries, page: 1, pages: 1, total: 3 }));

    assert.ok(parts.includes('Assign Windows 365 · Ada Arendt'));
    assert.ok(parts.includes(`Joined: ${settingsGroup.name}`));
    assert.ok(parts.includes('Failed'));
    assert.ok(!parts.some((text) => /rebuild/.test(text)));
  });

  it('When requests are listed, then each says what is done for whom', () => {
    const list = [...personFormViews()].find((view) => view.card === 'requests')!;

    const parts = textsIn(render(list));

    assert.ok(parts.includes('R-1042 · Assign Windows 365 to Ben Bauer'));
    assert.ok(parts.includes('R-1042 · Take back Windows 365 from Ben Bauer'));
  });
});

describe('Mails of assign and unassign', () => {
  function aMail(mail: MailKind, view: RequestView, changes: Partial<MailView> = {}): MailView {
    const to = { address: 'ada@contoso.com', name: 'Ada Arendt' };
    return { mail, to, view, audience: 'owner', language: 'en', timeZone: 'Europe/Berlin', ...changes };
  }
  const wordsOf = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  const written = (mail: MailKind, view: RequestView) => wordsOf(mails.render(aMail(mail, view)).html);
  const ready = { state: 'ready', cloudPc: aCloudPc(), outcome: { code: 'ready', detail: null } } as const;

  it('When any of them is written in any language, then code, language and who asked are there', () => {
    for (const language of languages) {
      for (const mail of personMailKinds) {
        for (const audience of ['requester', 'owner'] as const) {
          const { subject, html } = mails.render(aMail(mail, running(ready), { language, audience }));

          assert.notEqual(subject, '');
          assert.match(html, new RegExp(`<html lang="${language}">`));
          assert.match(html, /R-1042/);
          assert.doesNotMatch(html, /[{}]|undefined|\$\{/);
        }
      }
    }
  });

  it('When the Cloud PC is ready, then the mail says what it is, where to open it, who asked, and the own words', () => {
    const view = running(ready);
    const request = { ...view.request, mail: { wanted: true, text: 'Welcome <b>Ada</b>' } };

    const { subject, html } = mails.render(aMail('assigned', { ...view, request }));

    assert.equal(subject, 'Your Cloud PC is ready');
    assert.match(html, /CPC-ada-7F3KQ/);
    assert.match(html, /lic - Windows 365 Enterprise/);
    assert.match(html, /href="https:\/\/windows\.cloud\.microsoft\/"/);
    assert.match(html, /Ivan Ilić asked for this/);
    assert.match(html, /Welcome &lt;b&gt;Ada&lt;\/b&gt;/);
  });

  it('When it failed, then the mail says what happened, what helps, and whether everything was taken back', () => {
    const all = written('assignFailed', failed('noCloudPc', [aChange({ state: 'undone' })]));
    const some = written('assignFailed', failed('noCloudPc', [aChange({ state: 'notUndone' })]));

    assert.match(all, /did not begin to build a Cloud PC in time/);
    assert.match(all, /What I had changed is taken back/);
    assert.match(some, /IT still has to look/);
    assert.doesNotMatch(some, /is taken back/);
  });

  it('When Windows 365 is taken back, then the mail says until when the Cloud PC is kept, or that it is deleted', () => {
    const grace = aCloudPc({ status: 'inGracePeriod', graceEndsAt: now + 6 * day });

    const kept = written('unassigned', takingBack({ state: 'ready', cloudPc: grace }));
    const ended = written('unassigned', takingBack({ state: 'ready', order: aPersonOrder({ endsGrace: true }) }));

    assert.match(kept, /is kept until Sun 29 Nov, 14:20/);
    assert.match(kept, /Please save to OneDrive/);
    assert.match(ended, /The grace period was ended at once/);
    assert.doesNotMatch(ended, /is kept|Please save/);
  });

  for (const [name, outside] of hostile) {
    it(`When names, groups and words are ${name}, then they are only words`, () => {
      for (const item of assignItems(outside).filter(({ outcome }) => outcome !== null)) {
        const view = aPersonView(item, {}, outside);
        const request = { ...view.request, mail: { wanted: true, text: outside.words } };

        const { subject, html } = mails.render(aMail('assigned', { ...view, request }));

        const tags = [...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map((match) => match[1]!.toLowerCase());
        assert.ok(!tags.some((tag) => ['at', 'img', 'script'].includes(tag)));
        assert.doesNotMatch(subject, /[\p{Cc}\u202a-\u202e]/u);
      }
    });
  }
});
