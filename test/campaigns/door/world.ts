// The world in which mutated activities arrive: the whole bot, a request that waits for more approvals than there are approvers, a
// form that was not sent. What a rightful activity changed is put back.
import assert from 'node:assert/strict';
import { day, second } from '../../../src/domain/time.ts';
import { demoCloudPcs } from '../../../src/simulator/index.ts';
import type { ConnectorMessage } from '../../fakes/connector.ts';
import { eventually, findButton, wordsOn } from '../../fakes/looking.ts';
import { createSharePoint } from '../../fakes/share-point.ts';
import { startWatchedBot, type WatchedBot } from '../../fakes/store-rows-of.ts';
import { type CastMember, personOf, tenantId } from '../../fakes/teams.ts';
import { personsToken, ssoConnection } from '../../fakes/token-service.ts';
import { setChannel, testPolicy, type WholeBot } from '../../fakes/whole-bot.ts';
import type { Things } from './activities.ts';
import { type UnderWay, watchDoor } from './under-way.ts';

export interface World extends WatchedBot {
  things: Things;
  /** What comes of the activities themselves. */
  underWay: UnderWay;
  /** Looks whether what the activities are about is still there, and makes it anew. */
  putBack(): Promise<void>;
  /** The fakes forget what is not needed, so that what the bot itself keeps shows. */
  forget(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const approval = { ...testPolicy.approval, needed: 3, expiresAfterMs: 30 * day, remindEveryMs: 20 * day };
  const sharePoint = createSharePoint();
  const watched = await startWatchedBot({
    policy: { approval: { ...approval, escalateAfterMs: 25 * day } },
    config: { ssoConnection, watchEveryMs: 60_000 },
    fetchFile: sharePoint.fetch,
  });
  const { whole } = watched;
  for (const member of ['ada', 'ben', 'owen'] as CastMember[]) {
    const { id } = personOf(member);
    whole.tokenService.tokens.set(`29:${id}`, personsToken(id, tenantId));
  }
  await setChannel(whole);
  const underWay = watchDoor(whole);
  const world: World = {
    ...watched,
    underWay,
    things: { serviceUrl: whole.connector.url } as Things,
    async putBack() {
      const { open, form } = world.things;
      const rows = await watched.rows<Row>(`select ${columns} from requests where id = any($1)`, [
        [open?.id, form?.id].filter(Boolean),
      ]);
      const [now, draft] = [open, form].map((one) => rows.find(({ id }) => id === one?.id));
      if (now?.state !== 'awaitingApproval' || now.revision !== open.revision) await openAnother(world);
      if (draft?.state !== 'draft' || draft.revision !== form.revision) await formAnother(world, draft);
    },
    async forget() {
      whole.connector.calls.length = 0;
      whole.log.lines.length = 0;
      whole.simulator.requests.length = 0;
      whole.tokenService.calls.length = 0;
      sharePoint.asked.length = 0;
      const edited = await watched.rows<{ activity_id: string }>(stillEdited);
      const needed = new Set(edited.map(({ activity_id }) => activity_id)).add(world.things.formMessage);
      const { messages } = whole.connector;
      const kept = messages.filter(({ id }, at) => at > messages.length - 100 || needed.has(id));
      for (const message of kept) message.earlier.length = 0;
      messages.splice(0, messages.length, ...kept);
    },
    async stop() {
      underWay.stop();
      await watched.stop();
    },
  };
  await world.putBack();
  return world;
}

/** The messages that the bot will come back to: without them it would post a card anew. */
const stillEdited = `select activity_id from cards join requests on requests.id = request_id
  where activity_id is not null and (ended_at is null or wanted > shown)`;

interface Row {
  id: string;
  code: string | null;
  state: string;
  revision: number;
}

const columns = 'id, code, state, revision';
const awaitingOf = `select ${columns} from requests where state = 'awaitingApproval' and requester_id = $1`;

/** Teams takes 50 messages in 30 seconds for one channel, and the bot keeps to that. */
const patientMs = 90 * second;

/** Patient: on a busy machine the bot asks for a moment, and a job goes on. */
async function openAnother({ whole, things, rows }: World): Promise<void> {
  const ada = personOf('ada').id;
  const [other] = await rows<Row>(awaitingOf, [ada]);
  if (other) {
    await whole.says('ada', `cancel ${other.code}`);
    await eventually(async () => assert.deepEqual(await rows(awaitingOf, [ada]), []), patientMs);
  }
  await setChannel(whole);
  const form = await newMessage(whole, 'ada', 'request.submit', () => whole.says('ada', 'reprovision my Cloud PC'));
  await whole.presses('ada', form, 'request.submit', { reason: 'Apps no longer start', saved: 'true', mail: 'true' });
  const row = await eventually(async () => {
    const [found] = await rows<Row>(awaitingOf, [ada]);
    assert.ok(found?.code);
    return { ...found, code: found.code };
  }, patientMs);
  const approval = await eventually(() => {
    const found = whole.channelMessages().find((one) => wordsOn(one).includes(row.code));
    assert.ok(found);
    return found;
  }, patientMs);
  things.open = { id: row.id, code: row.code, revision: row.revision };
  things.approvalMessage = approval.id;
  things.approvalThread = approval.id;
}

async function formAnother({ whole, things, rows }: World, sent: Row | undefined): Promise<void> {
  if (sent?.code) await whole.says('ben', `cancel ${sent.code}`);
  const ask = () => whole.says('ben', 'reprovision my Cloud PC');
  const chooser = await newMessage(whole, 'ben', 'reprovision.choose', ask);
  const cloudPc = demoCloudPcs.benDesign;
  await whole.presses('ben', chooser, 'reprovision.choose', { cloudPc });
  const id = String(findButton(chooser, 'reprovision.choose').data?.request);
  const [row] = await rows<Row>(`select ${columns} from requests where id = $1`, [id]);
  assert.ok(row);
  things.form = { id, revision: row.revision, cloudPc };
  things.formMessage = chooser.id;
}

/** The card with this button that comes of it. */
async function newMessage(
  whole: WholeBot,
  member: CastMember,
  verb: string,
  act: () => Promise<unknown>,
): Promise<ConnectorMessage> {
  const before = new Set(whole.messagesOf(member).map(({ id }) => id));
  await act();
  return eventually(() => {
    const isIt = (one: ConnectorMessage) => !before.has(one.id) && JSON.stringify(one.content).includes(`"${verb}"`);
    const found = whole.messagesOf(member).findLast(isIt);
    assert.ok(found, `no card with ${verb}`);
    return found;
  }, patientMs);
}
