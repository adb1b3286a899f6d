// Single sign-on: the person's own token proves whose Cloud PC it is and sends the wipe.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Policy } from '../../src/domain/policy.ts';
import { demoCloudPcs } from '../../src/simulator/index.ts';
import type { ConnectorMessage } from '../fakes/connector.ts';
import { answeredCard, answeredText, eventually, last, wordsOn } from '../fakes/looking.ts';
import { type CastMember, personOf, tenantId, tokenExchange, verifyState } from '../fakes/teams.ts';
import { personsToken, ssoConnection } from '../fakes/token-service.ts';
import { adaSubmits, setChannel, startWholeBot, testPolicy, type WholeBot } from '../fakes/whole-bot.ts';

const teamsUserId = (member: CastMember) => `29:${personOf(member).id}`;
const graphTokenOf = (member: CastMember, tenant = tenantId) => personsToken(personOf(member).id, tenant);
const isSignInCard = ({ content }: ConnectorMessage) =>
  content?.attachments?.[0]?.contentType === 'application/vnd.microsoft.card.oauth';

describe('single sign-on', function () {
  this.timeout(40_000);
  let whole: WholeBot;

  async function start(options: { form?: 'me' | 'users'; policy?: Partial<Policy> } = {}): Promise<void> {
    const config = { ssoConnection, ssoReprovisionForm: options.form ?? ('me' as const) };
    whole = await startWholeBot({ config, policy: options.policy });
    await setChannel(whole);
  }
  afterEach(() => whole.stop());

  const signInCards = (member: CastMember) => whole.messagesOf(member).filter(isSignInCard);
  const forms = () => whole.messagesOf('ada').filter((one) => /Vor dem Löschen|gelöscht/.test(wordsOn(one)));
  const posts = () => whole.simulator.tenant.reprovisionPosts();
  const postPaths = () =>
    whole.simulator.requests
      .filter(({ path }) => path.endsWith('/reprovision'))
      .map(({ path, body }) => ({ path, body }));
  const hasSignedIn = (member: CastMember) => whole.tokenService.tokens.set(teamsUserId(member), graphTokenOf(member));
  const whatWasAsked = () => whole.tokenService.calls.map(({ what }) => what);

  /** Every Teams client of the person says so. */
  function signsInByItself(member: CastMember, token = graphTokenOf(member), clients = 2) {
    const value = { id: randomUUID(), connectionName: ssoConnection, token: `client-token-of-${member}` };
    whole.tokenService.exchanges.set(value.token, token);
    return Promise.all(Array.from({ length: clients }, () => whole.post(tokenExchange(member, value))));
  }

  async function ivanApproves(): Promise<ConnectorMessage> {
    const approval = await eventually(() =>
      last(whole.channelMessages().filter((one) => wordsOn(one).includes('Ada Arendt?'))),
    );
    await whole.presses('ivan', approval, 'request.approve', {}, { thread: approval.id });
    return approval;
  }

  const channelCard = (approval: ConnectorMessage) => whole.channelMessages().find(({ id }) => id === approval.id);
  const adasCard = (words: RegExp, withinMs?: number) =>
    eventually(() => {
      const card = whole.messagesOf('ada').find((one) => !isSignInCard(one) && words.test(wordsOn(one)));
      assert.ok(card, whole.messagesOf('ada').map(wordsOn).join('\n'));
      return card;
    }, withinMs);

  /** Ada asks and sends the form while she is signed in; what she has is gone when it is approved. */
  async function approvedWithoutSignIn(): Promise<ConnectorMessage> {
    hasSignedIn('ada');
    await adaSubmits(whole);
    whole.tokenService.tokens.clear();
    return ivanApproves();
  }

  it('When Ada has not signed in, then she is asked to, and what she typed goes on once, however many clients say so', async () => {
    await start();

    await whole.says('ada', 'reprovision my Cloud PC');

    const [card, ...more] = signInCards('ada');
    assert.deepEqual(more, []);
    assert.ok(card);
    const { text, connectionName, tokenExchangeResource, buttons } = card.content.attachments[0].content;
    assert.match(text, /anmelden|melden Sie sich/);
    assert.equal(connectionName, ssoConnection);
    assert.equal(tokenExchangeResource.id, 'exchange-resource');
    assert.match(buttons[0].value, /^https:\/\/token\.botframework\.com\//);
    assert.equal(forms().length, 0);

    const answers = await signsInByItself('ada', undefined, 3);

    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    await eventually(() => assert.equal(forms().length, 1));
    await signsInByItself('ada');
    assert.equal(forms().length, 1);
    assert.equal(signInCards('ada').length, 1);
  });

  it('When Ada asks in a channel, then the sign-in card stands in her chat, with one line in place', async () => {
    await start();

    await whole.says('ada', 'reprovision my Cloud PC', { thread: '7' });

    assert.equal(signInCards('ada').length, 1);
    const inPlace = whole.connector.messages.filter(({ conversationId }) => conversationId.endsWith('messageid=7'));
    assert.equal(inPlace.length, 1);
    assert.ok(!inPlace.some(isSignInCard));
  });

  it('When all is well, then the wipe is sent once, to /me, by her own token and without a body; the rest by the application', async () => {
    await start();
    hasSignedIn('ada');
    await whole.says('ada', 'my cloud pcs');
    whole.simulator.requests.length = 0;

    await whole.says('ada', 'reprovision my Cloud PC');
    assert.match(wordsOn(last(forms())), /Das Löschen wird in Ihrem Namen gesendet/);
    await adaSubmits(whole);
    await ivanApproves();

    await adasCard(/ist bereit/);
    assert.deepEqual(postPaths(), [{ path: `/me/cloudPCs/${demoCloudPcs.ada}/reprovision`, body: undefined }]);
    assert.deepEqual(posts(), { received: 1, applied: 1 });
    const own = whole.simulator.requests.filter(({ path }) => path === '/me/cloudPCs');
    assert.equal(own.length, 4, 'twice when asking, at submit, and right before the wipe');
    assert.equal(signInCards('ada').length, 0);
  });

  it('When the other delegated form is set, then the path names whose token it must be', async () => {
    await start({ form: 'users' });
    hasSignedIn('ada');

    await adaSubmits(whole);
    await ivanApproves();

    await eventually(() => assert.equal(posts().applied, 1));
    const path = `/users/${personOf('ada').id}/cloudPCs/${demoCloudPcs.ada}/reprovision`;
    assert.deepEqual(postPaths(), [{ path, body: undefined }]);
  });

  it('When an option is chosen, then the card has said so, and the application sends it', async () => {
    const selfService = { ...testPolicy.selfService, osVersions: ['windows10', 'windows11'] as const };
    await start({ policy: { selfService } });
    hasSignedIn('ada');

    await whole.says('ada', 'reprovision my Cloud PC');
    assert.match(wordsOn(last(forms())), /im Namen dieser App/);
    await adaSubmits(whole, { osVersion: 'windows11' });
    await ivanApproves();

    await eventually(() => assert.equal(posts().applied, 1));
    const path = `/deviceManagement/virtualEndpoint/cloudPCs/${demoCloudPcs.ada}/reprovision`;
    assert.deepEqual(postPaths(), [{ path, body: { osVersion: 'windows11' } }]);
  });

  it('When an admin asks for somebody, then nobody has to sign in', async () => {
    await start();

    await whole.says('adam', 'reprovision ada@contoso.com');

    assert.match(wordsOn(last(whole.messagesOf('adam'))), /CPC-ada-7F3KQ/);
    assert.deepEqual(whatWasAsked(), []);
  });

  it('When her sign-in is gone at the start, then the request waits and says so, and goes on when she signs in', async () => {
    await start();

    const approval = await approvedWithoutSignIn();

    const card = await eventually(() => last(signInCards('ada')));
    assert.match(card.content.attachments[0].content.text, /R-1001 ist genehmigt/);
    await eventually(() => assert.match(wordsOn(channelCard(approval)), /Please sign in.*in the name of Ada Arendt/));
    await adasCard(/R-1001.*Bitte anmelden/);
    assert.deepEqual(posts(), { received: 0, applied: 0 });

    await signsInByItself('ada');

    await adasCard(/ist bereit/);
    assert.deepEqual(posts(), { received: 1, applied: 1 });
    assert.equal(signInCards('ada').length, 1);
  });

  it('When she presses the button on her card, then the sign-in card comes again; nobody else can press it', async () => {
    await start();
    await approvedWithoutSignIn();
    const card = await adasCard(/R-1001.*Bitte anmelden/);

    const pressed = await whole.presses('ada', card, 'request.signIn');
    const others = await whole.presses('adam', card, 'request.signIn');

    assert.match(answeredText(pressed), /in unserem Chat/);
    assert.equal(signInCards('ada').length, 2);
    assert.match(answeredText(others), /Nur die Person/);
    assert.equal(signInCards('adam').length, 0);
  });

  it('When she has signed in already and presses, then it goes on, although nobody told the bot of the sign-in', async () => {
    await start();
    await approvedWithoutSignIn();
    const card = await adasCard(/R-1001.*Bitte anmelden/);
    hasSignedIn('ada');

    const pressed = await whole.presses('ada', card, 'request.signIn');

    assert.doesNotMatch(wordsOn(answeredCard(pressed)), /Bitte anmelden/);
    await eventually(() => assert.deepEqual(posts(), { received: 1, applied: 1 }));
  });

  it('When she cancels instead, then nothing is sent, and a later sign-in starts nothing', async () => {
    await start();
    await approvedWithoutSignIn();
    const card = await adasCard(/R-1001.*Bitte anmelden/);

    await whole.presses('ada', card, 'request.cancel');
    await signsInByItself('ada');

    await adasCard(/Zurückgezogen|zurückgezogen/);
    assert.deepEqual(posts(), { received: 0, applied: 0 });
  });

  it('When silent sign-in is refused, then the client is told so, and the window is another way', async () => {
    await start();
    await whole.says('ada', 'reprovision my Cloud PC');
    const value = { id: 'x', connectionName: ssoConnection, token: 'without-consent' };

    const refused = await whole.post(tokenExchange('ada', value));
    const foreign = await whole.post(tokenExchange('ada', { ...value, connectionName: 'another' }));
    const closed = await whole.post(verifyState('ada', 'CancelledByUser'));
    const wrong = await whole.post(verifyState('ada', '999999'));
    whole.tokenService.codes.set('123456', graphTokenOf('ada'));
    const right = await whole.post(verifyState('ada', '123456'));

    assert.deepEqual(
      [refused, foreign, closed, wrong, right].map(({ status }) => status),
      [412, 412, 404, 404, 200],
    );
    assert.equal(refused.body.id, 'x');
    await eventually(() => assert.equal(forms().length, 1));
  });

  for (const [whose, token] of [
    ['of another person', graphTokenOf('ben')],
    ['of another tenant', graphTokenOf('ada', '99999999-9999-4999-8999-999999999999')],
    ['that does not say whose it is', 'opaque'],
  ] as const) {
    it(`When the token is one ${whose}, then it is forgotten and never used`, async () => {
      await start();
      await whole.says('ada', 'reprovision my Cloud PC');

      const exchanged = await signsInByItself('ada', token, 1);
      whole.tokenService.codes.set('123456', token);
      const inWindow = await whole.post(verifyState('ada', '123456'));
      whole.tokenService.tokens.set(teamsUserId('ada'), token);
      await whole.says('ada', 'reprovision my Cloud PC');

      assert.deepEqual([exchanged[0]?.status, inWindow.status], [412, 200]);
      await eventually(() => assert.ok(whole.messagesOf('ada').some((one) => /anderen Konto/.test(wordsOn(one)))));
      assert.equal(whatWasAsked().filter((what) => what === 'SignOut').length, 3);
      assert.equal(whole.tokenService.tokens.size, 0);
      assert.equal(forms().length, 0);
      assert.ok(whole.simulator.requests.every(({ path }) => !path.startsWith('/me')));
    });
  }

  it('When Graph does not list it as hers, then it is not offered, whatever the names say', async () => {
    await start();
    hasSignedIn('ada');
    whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 200, body: { value: [] } } });

    await whole.says('ada', 'reprovision my Cloud PC');

    assert.match(wordsOn(last(whole.messagesOf('ada'))), /keinen Cloud-PC/);
    assert.equal(forms().length, 0);
  });

  it('When Graph no longer lists it as hers at the start, then nothing is sent', async () => {
    await start();
    hasSignedIn('ada');
    await adaSubmits(whole);
    whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 200, body: { value: [] } } });

    await ivanApproves();

    await adasCard(/Nicht gestartet.*gehört jetzt jemand anderem/);
    assert.deepEqual(posts(), { received: 0, applied: 0 });
  });

  it('When Graph does not take her token, then she signs in again, and once more is not asked in a circle', async () => {
    await start();
    hasSignedIn('ada');
    whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 401 } });

    await whole.says('ada', 'reprovision my Cloud PC');
    assert.equal(signInCards('ada').length, 1);
    assert.equal(whole.tokenService.tokens.size, 0, 'it is forgotten');
    await signsInByItself('ada');

    await eventually(() => assert.match(wordsOn(last(whole.messagesOf('ada'))), /obwohl sie neu ist/));
    assert.equal(signInCards('ada').length, 1);
  });

  it('When her consent is too small, then she is told what IT must mend', async () => {
    await start();
    hasSignedIn('ada');
    whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 403 } });

    await whole.says('ada', 'reprovision my Cloud PC');

    assert.match(wordsOn(last(whole.messagesOf('ada'))), /delegierte Berechtigung CloudPC\.ReadWrite\.All/);
  });

  it('When the wipe itself is refused for its token, then nothing was applied, and it is sent anew only after a new sign-in', async () => {
    await start();
    hasSignedIn('ada');
    await adaSubmits(whole);
    whole.simulator.faults.add({ match: { path: /reprovision$/ }, times: 1, fault: { status: 401 } });

    await ivanApproves();

    await eventually(() => assert.deepEqual(posts(), { received: 1, applied: 0 }));
    await eventually(() => assert.equal(whole.tokenService.tokens.size, 0));
    await eventually(() => assert.equal(signInCards('ada').length, 1), 35_000);
    await signsInByItself('ada');
    await adasCard(/ist bereit/);
    assert.deepEqual(posts(), { received: 2, applied: 1 });
  }).timeout(80_000);

  for (const mood of ['broken', 'hanging'] as const) {
    it(`When the token service is ${mood}, then "one moment" comes in time, and later the truth`, async () => {
      await start();
      whole.tokenService.mood = mood;

      const before = Date.now();
      await whole.says('ada', 'reprovision my Cloud PC');

      assert.ok(Date.now() - before < 4000);
      await eventually(
        () => assert.match(wordsOn(last(whole.messagesOf('ada'))), /Anmeldedienst von Microsoft antwortet nicht/),
        20_000,
      );
      assert.equal(forms().length, 0);
    });
  }

  it('When the token service is away at the start, then the request waits for it', async () => {
    await start();
    hasSignedIn('ada');
    await adaSubmits(whole);
    whole.tokenService.mood = 'broken';

    await ivanApproves();

    await adasCard(/Wartet auf Microsoft/, 25_000);
    assert.deepEqual(posts(), { received: 0, applied: 0 });
  });

  it('When her consent is gone at the start, then it ends with what IT must mend, and nothing was sent', async () => {
    await start();
    hasSignedIn('ada');
    await adaSubmits(whole);
    whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 403 } });

    await ivanApproves();

    await adasCard(/Nicht gestartet.*delegierte Berechtigung CloudPC\.ReadWrite\.All/);
    assert.deepEqual(posts(), { received: 0, applied: 0 });
  });

  it('When what a client says of a sign-in cannot be read, then it is told that there is none', async () => {
    await start();
    const value = {} as Parameters<typeof tokenExchange>[1];

    const answers = [await whole.post(tokenExchange('ada', value)), await whole.post(verifyState('ada', ''))];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404],
    );
  });

  it('When single sign-on is not set up, then a sign-in means nothing to the bot', async () => {
    whole = await startWholeBot();

    const [exchanged] = await signsInByItself('ada', undefined, 1);

    assert.equal(exchanged?.status, 404);
    assert.deepEqual(whatWasAsked(), []);
  });

  it('When people sign in, then no token stands in the log', async () => {
    await start();
    await whole.says('ada', 'reprovision my Cloud PC');
    await signsInByItself('ada');
    await eventually(() => assert.equal(forms().length, 1));
    whole.tokenService.mood = 'broken';
    await signsInByItself('ada');

    const logged = JSON.stringify(whole.log.lines);
    for (const secret of [graphTokenOf('ada'), 'client-token-of-ada', 'eyJ'])
      assert.ok(!logged.includes(secret), secret);
  });

  it('When a button needs her sign-in, then the press is answered with where it is, and goes on after it', async () => {
    await start();
    await whole.says('ada', 'help');
    const help = last(whole.messagesOf('ada'));

    const pressed = await whole.presses('ada', help, 'reprovision.start');

    assert.match(answeredText(pressed), /in unserem Chat/);
    assert.equal(signInCards('ada').length, 1);
    await signsInByItself('ada');
    await eventually(() => assert.equal(forms().length, 1));
  });
});
