// Single sign-on once a request is approved: the sign-in, the consent or the token service may be gone by then.
import assert from 'node:assert/strict';
import { answeredCard, answeredText, eventually, last, wordsOn } from '../fakes/looking.ts';
import { type SigningIn, startSigningIn } from '../fakes/signing-in.ts';
import { adaSubmits } from '../fakes/whole-bot.ts';

describe('single sign-on when a request is started', function () {
  this.timeout(40_000);
  let at: SigningIn;

  afterEach(() => at.whole.stop());

  it('When her sign-in is gone at the start, then the request waits and says so, and goes on when she signs in', async () => {
    at = await startSigningIn();

    const approval = await at.approvedWithoutSignIn();

    const card = await eventually(() => last(at.signInCards('ada')));
    assert.match(card.content.attachments[0].content.text, /R-1001 ist genehmigt/);
    await eventually(() =>
      assert.match(wordsOn(at.channelCard(approval)), /Please sign in.*in the name of Ada Arendt/),
    );
    await at.adasCard(/R-1001.*Bitte anmelden/);
    assert.deepEqual(at.posts(), { received: 0, applied: 0 });

    await at.signsInByItself('ada');

    await at.adasCard(/ist bereit/);
    assert.deepEqual(at.posts(), { received: 1, applied: 1 });
    assert.equal(at.signInCards('ada').length, 1);
  });

  it('When she presses the button on her card, then the sign-in card comes again; nobody else can press it', async () => {
    at = await startSigningIn();
    await at.approvedWithoutSignIn();
    const card = await at.adasCard(/R-1001.*Bitte anmelden/);

    const pressed = await at.whole.presses('ada', card, 'request.signIn');
    const others = await at.whole.presses('adam', card, 'request.signIn');

    assert.match(answeredText(pressed), /in unserem Chat/);
    assert.equal(at.signInCards('ada').length, 2);
    assert.match(answeredText(others), /Nur die Person/);
    assert.equal(at.signInCards('adam').length, 0);
  });

  it('When she has signed in already and presses, then it goes on, although nobody told the bot of the sign-in', async () => {
    at = await startSigningIn();
    await at.approvedWithoutSignIn();
    const card = await at.adasCard(/R-1001.*Bitte anmelden/);
    at.hasSignedIn('ada');

    const pressed = await at.whole.presses('ada', card, 'request.signIn');

    assert.doesNotMatch(wordsOn(answeredCard(pressed)), /Bitte anmelden/);
    await eventually(() => assert.deepEqual(at.posts(), { received: 1, applied: 1 }));
  });

  it('When she cancels instead, then nothing is sent, and a later sign-in starts nothing', async () => {
    at = await startSigningIn();
    await at.approvedWithoutSignIn();
    const card = await at.adasCard(/R-1001.*Bitte anmelden/);

    await at.whole.presses('ada', card, 'request.cancel');
    await at.signsInByItself('ada');

    await at.adasCard(/Zurückgezogen|zurückgezogen/);
    assert.deepEqual(at.posts(), { received: 0, applied: 0 });
  });

  it('When Graph no longer lists it as hers at the start, then nothing is sent', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    await adaSubmits(at.whole);
    at.whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 200, body: { value: [] } } });

    await at.ivanApproves();

    await at.adasCard(/Nicht gestartet.*gehört jetzt jemand anderem/);
    assert.deepEqual(at.posts(), { received: 0, applied: 0 });
  });

  it('When the wipe itself is refused for its token, then nothing was applied, and it is sent anew only after a new sign-in', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    await adaSubmits(at.whole);
    at.whole.simulator.faults.add({ match: { path: /reprovision$/ }, times: 1, fault: { status: 401 } });

    await at.ivanApproves();

    await eventually(() => assert.deepEqual(at.posts(), { received: 1, applied: 0 }));
    await eventually(() => assert.equal(at.whole.tokenService.tokens.size, 0));
    await eventually(() => assert.equal(at.signInCards('ada').length, 1), 35_000);
    await at.signsInByItself('ada');
    await at.adasCard(/ist bereit/);
    assert.deepEqual(at.posts(), { received: 2, applied: 1 });
  }).timeout(80_000);

  it('When the token service is away at the start, then the request waits for it', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    await adaSubmits(at.whole);
    at.whole.tokenService.mood = 'broken';

    await at.ivanApproves();

    await at.adasCard(/Wartet auf Microsoft/, 25_000);
    assert.deepEqual(at.posts(), { received: 0, applied: 0 });
  });

  it('When her consent is gone at the start, then it ends with what IT must mend, and nothing was sent', async () => {
    at = await startSigningIn();
    at.hasSignedIn('ada');
    await adaSubmits(at.whole);
    at.whole.simulator.faults.add({ match: { path: /^\/me\/cloudPCs$/ }, fault: { status: 403 } });

    await at.ivanApproves();

    await at.adasCard(/Nicht gestartet.*delegierte Berechtigung CloudPC\.ReadWrite\.All/);
    assert.deepEqual(at.posts(), { received: 0, applied: 0 });
  });
});
