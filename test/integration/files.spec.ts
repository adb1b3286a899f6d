// Files over real HTTP: what is fetched, what is put, and what a person's answer leads to. The hosts are SharePoint's; a fetch of
// the test's sends them to a server here.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError, NotAllowedError, TemporaryError } from '../../src/domain/errors.ts';
import { createApplication } from '../../src/teams/application.ts';
import { createFileConsent } from '../../src/teams/file-consent.ts';
import { createFileHosts } from '../../src/teams/file-hosts.ts';
import { createFileReader, type Fetch } from '../../src/teams/file-reader.ts';
import { createFileUpload } from '../../src/teams/file-upload.ts';
import { createMessenger } from '../../src/teams/messenger.ts';
import { createPace } from '../../src/teams/pace.ts';
import { problem } from '../fakes/connector.ts';
import { startRunningBot } from '../fakes/running-bot.ts';
import { openTestStore, unitOfWorkOf } from '../fakes/store.ts';
import { activityOf, botAppId, chatOf, personOf, postActivity, tenantId } from '../fakes/teams.ts';
import { testPolicy } from '../fakes/whole-bot.ts';

interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

type Answer = (res: ServerResponse, asked: Asked) => void;

/** SharePoint's, as it answers what it is told to; the last answer goes on. */
async function startFiles() {
  const asked: Asked[] = [];
  const answers: Answer[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const one = { method: req.method ?? '', path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks) };
    asked.push(one);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(res, one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const fetchHere: Fetch = (url, init) => {
    const { pathname, search } = new URL(url);
    return fetch(`http://127.0.0.1:${port}${pathname}${search}`, init);
  };
  return {
    asked,
    fetch: fetchHere,
    answer: (...next: Answer[]) => void answers.splice(0, answers.length, ...next),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const give =
  (status: number, body: string | Uint8Array = '', headers: Record<string, string> = {}): Answer =>
  (res) => {
    // In two calls: restify, once loaded, replaces Node's own `writeHead` by one that returns nothing.
    res.writeHead(status, headers);
    res.end(body);
  };

const hosts = createFileHosts('global', null);
const fails =
  (code: string, type: new (code: string) => Error = InputError) =>
  (error: unknown) =>
    error instanceof type && (error as InputError).code === code;

let files: Awaited<ReturnType<typeof startFiles>>;

beforeEach(async () => {
  files = await startFiles();
});

afterEach(() => files.stop());

describe('Fetching a list', () => {
  const url = 'https://contoso-my.sharepoint.com/download.aspx?UniqueId=1&tempauth=v1.secret';
  const file = { name: 'people.csv', url, fileType: 'csv' };
  const reader = (timeoutMs = 5_000) => createFileReader({ isFileUrl: hosts.isFileUrl, fetch: files.fetch, timeoutMs });
  const mb = 1024 * 1024;

  it('When it is there, then its text is read, and nothing that says who we are goes with the question', async () => {
    files.answer(give(200, Buffer.from('\ufeffUPN\r\njörg@contoso.com\r\n')));

    const text = await reader().read(file);

    assert.equal(text, 'UPN\r\njörg@contoso.com\r\n');
    const [asked] = files.asked;
    assert.deepEqual([asked?.method, asked?.path], ['GET', '/download.aspx?UniqueId=1&tempauth=v1.secret']);
    for (const name of ['authorization', 'cookie', 'referer']) assert.equal(asked?.headers[name], undefined);
  });

  for (const elsewhere of [
    'https://evil.contoso.com/a.csv',
    'http://contoso.sharepoint.com/a.csv',
    'https://127.0.0.1/a.csv',
  ])
    it(`When it is at ${elsewhere}, then nothing is asked there`, async () => {
      await assert.rejects(reader().read({ ...file, url: elsewhere }), fails('fileHost'));
      assert.deepEqual(files.asked, []);
    });

  for (const status of [301, 302, 303, 307, 308])
    it(`When it is sent on with ${status}, then that is not followed`, async () => {
      files.answer(give(status, '', { Location: 'https://contoso.sharepoint.com/other.csv' }));

      await assert.rejects(reader().read(file), fails('fileHost'));
      assert.equal(files.asked.length, 1);
    });

  for (const status of [401, 403, 404, 410, 429, 500, 503])
    it(`When the answer is ${status}, then the file is gone`, async () => {
      files.answer(give(status, 'a page that says why'));

      await assert.rejects(reader().read(file), fails('fileGone'));
      assert.equal(files.asked.length, 1);
    });

  it('When it has exactly 1 MB, then it is read', async () => {
    files.answer(give(200, Buffer.alloc(mb, 'a')));

    assert.equal((await reader().read(file)).length, mb);
  });

  it('When it has one byte more, then it is too big', async () => {
    files.answer(give(200, Buffer.alloc(mb + 1, 'a')));

    await assert.rejects(reader().read(file), fails('fileTooBig'));
  });

  it('When it says that it is small and never ends, then no more than about 1 MB is taken of it', async () => {
    let sent = 0;
    let isClosed = false;
    files.answer((res) => {
      res.on('close', () => {
        isClosed = true;
      });
      const more = () => {
        if (isClosed || sent > 200 * mb) return;
        sent += 65_536;
        if (res.write(Buffer.alloc(65_536, 'a'))) setImmediate(more);
        else res.once('drain', more);
      };
      res.writeHead(200);
      more();
    });

    await assert.rejects(reader().read(file), fails('fileTooBig'));

    for (let tries = 0; !isClosed && tries < 100; tries += 1) await new Promise((done) => setTimeout(done, 20));
    assert.ok(isClosed, 'the connection is ended');
    assert.ok(sent < 50 * mb, `${sent} bytes`);
  });

  it('When it comes packed and is bigger than it looks, then what comes out of it counts', async () => {
    const { gzipSync } = await import('node:zlib');
    files.answer(give(200, gzipSync(Buffer.alloc(20 * mb, 'a')), { 'Content-Encoding': 'gzip' }));

    await assert.rejects(reader().read(file), fails('fileTooBig'));
  });

  for (const [how, answer] of [
    ['no answer comes', () => {}],
    [
      'the answer begins and never ends',
      (res: ServerResponse) => {
        res.writeHead(200);
        res.write('UPN');
      },
    ],
  ] as [string, Answer][]) {
    it(`When ${how}, then it is given up in time`, async () => {
      files.answer(answer);
      const began = performance.now();

      await assert.rejects(reader(300).read(file), fails('fileGone'));
      assert.ok(performance.now() - began < 5_000);
    });

    it(`When ${how} and the turn has less time, then it may be tried again with more`, async () => {
      files.answer(answer);

      await assert.rejects(reader(30_000).read(file, 200), fails('file.slow', TemporaryError));
    });
  }

  it('When the connection breaks, then the file is gone', async () => {
    files.answer((res) => void res.destroy());

    await assert.rejects(reader().read(file), fails('fileGone'));
  });

  it('When no time is left at all, then it may be tried again', async () => {
    await assert.rejects(reader().read(file, -1), fails('file.slow', TemporaryError));
  });

  it('When it is a workbook, then it is no list', async () => {
    files.answer(give(200, Buffer.from('PK\u0003\u0004\u0000')));

    await assert.rejects(reader().read(file), fails('fileNotCsv'));
  });
});

const place = {
  uploadUrl: 'https://contoso-my.sharepoint.com/upload?guid=1&tempauth=v1.secret',
  contentUrl: 'https://contoso-my.sharepoint.com/personal/adam/Documents/R-1042.csv',
  name: 'R-1042.csv',
  uniqueId: '70D29F4A-05B7-434A-B7E6-B651FBFEF508',
  fileType: 'csv',
};
const bytes = Buffer.from('\ufeffa,b\r\nä,1\r\n');

describe('Putting a file', () => {
  function upload(timeoutMs = 5_000) {
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    return { waits, ...createFileUpload({ hosts, fetch: files.fetch, timeoutMs, wait }) };
  }

  it('When the place takes it, then all of it is there in one piece, without a token', async () => {
    files.answer(give(201, '{}'));

    await upload().put(place, bytes);

    const [asked] = files.asked;
    assert.deepEqual([asked?.method, asked?.path], ['PUT', '/upload?guid=1&tempauth=v1.secret']);
    assert.deepEqual(asked?.body, bytes);
    assert.equal(asked?.headers['content-range'], `bytes 0-${bytes.length - 1}/${bytes.length}`);
    assert.equal(asked?.headers['content-length'], String(bytes.length));
    for (const name of ['authorization', 'cookie', 'referer']) assert.equal(asked?.headers[name], undefined);
  });

  for (const status of [429, 500, 502, 503, 504])
    it(`When the answer is ${status}, then it is tried once more`, async () => {
      files.answer(give(status), give(200));
      const { waits, put } = upload();

      await put(place, bytes);

      assert.equal(files.asked.length, 2);
      assert.deepEqual(files.asked[1]?.body, bytes);
      assert.deepEqual(waits, [1_000]);
    });

  it('When it says how long to wait, then that is kept, up to five seconds', async () => {
    for (const [asked, waited] of [
      ['3', 3_000],
      ['0', 0],
      ['600', 5_000],
      ['soon', 1_000],
      ['-1', 1_000],
    ] as const) {
      files.answer(give(503, '', { 'Retry-After': asked }), give(200));
      const { waits, put } = upload();

      await put(place, bytes);

      assert.deepEqual(waits, [waited]);
    }
  });

  it('When the second try fails as well, then it is said, and there is no third', async () => {
    files.answer(give(503));

    await assert.rejects(upload().put(place, bytes), fails('file.notSaved', TemporaryError));
    assert.equal(files.asked.length, 2);
  });

  for (const status of [400, 401, 403, 404, 409, 416])
    it(`When the answer is ${status}, then it is not tried again`, async () => {
      files.answer(give(status));

      await assert.rejects(upload().put(place, bytes), fails('file.notSaved', TemporaryError));
      assert.equal(files.asked.length, 1);
    });

  it('When it is sent on, then that is not followed', async () => {
    files.answer(give(307, '', { Location: 'https://evil.contoso.com/' }));

    await assert.rejects(upload().put(place, bytes), fails('fileHost'));
    assert.equal(files.asked.length, 1);
  });

  it('When no answer comes, then it is given up in time and not sent again', async () => {
    files.answer(() => {});

    await assert.rejects(upload(300).put(place, bytes), fails('file.notSaved', TemporaryError));
    assert.equal(files.asked.length, 1);
  });

  for (const wrong of [
    { uploadUrl: 'https://evil.contoso.com/upload' },
    { uploadUrl: 'https://contoso.sharepoint.com/upload' },
    { contentUrl: 'https://evil.contoso.com/R-1042.csv' },
    { contentUrl: 'javascript:alert(1)' },
  ])
    it(`When it is to go by ${JSON.stringify(wrong)}, then nothing leaves`, async () => {
      await assert.rejects(upload().put({ ...place, ...wrong }, bytes), fails('fileHost'));
      assert.deepEqual(files.asked, []);
    });
});

describe('The answer to an offered file', () => {
  const request = 'dddddddd-0005-4000-8000-000000000005';

  /** The bot with Teams' side, OneDrive, a real store, and a list of the test's. */
  async function startScene(makeFile: () => Promise<Buffer> = async () => bytes) {
    const unitOfWork = unitOfWorkOf(store);
    const bot = await startRunningBot({ turn: (context) => application.runTurn(context) });
    const clock = { now: () => Date.now(), monotonic: () => performance.now() };
    const deps = { policy: testPolicy, clock, ids: { next: () => 'reference-1' }, log: bot.log, unitOfWork };
    const connection = {
      adapter: bot.adapter,
      appId: botAppId,
      firstContact: { serviceUrl: bot.connector.url, tenantId },
    };
    const pace = createPace();
    const plain = ({ text }: { text: string }) => text;
    const wishes: unknown[] = [];
    const messenger = createMessenger({
      ...connection,
      renderCard: () => ({ content: {}, summary: '' }),
      renderText: plain,
      renderPlain: plain,
      pace,
      log: bot.log,
    });
    const take = createFileConsent({
      deps: deps as unknown as Parameters<typeof createFileConsent>[0]['deps'],
      messenger,
      connection,
      pace,
      upload: createFileUpload({ hosts, fetch: files.fetch, wait: async () => {} }),
      makeFile: async ({ person, requestId, reader, deadline }) => {
        wishes.push([person, requestId, reader.language, deadline.left() > 0]);
        return makeFile();
      },
    });
    const running: Promise<void>[] = [];
    const application = createApplication({
      deps,
      userTokens: null,
      responder: { unitOfWork, clock, messenger, renderText: plain, renderPlain: plain },
      sendLater: async () => {},
      takeFileConsent(incoming: Parameters<typeof take>[0]) {
        const work = take(incoming);
        running.push(work);
        return work;
      },
    } as unknown as Parameters<typeof createApplication>[0]);
    bot.connector.addConversation(chatOf('adam'));
    const answer = (action: 'accept' | 'decline', replyToId = 'question', uploadInfo: object = place) =>
      postActivity(
        bot,
        {
          ...activityOf('adam', 'personal', ''),
          type: 'invoke',
          name: 'fileConsent/invoke',
          replyToId,
          value: { type: 'fileUpload', action, context: { request, what: 'bulkList' }, uploadInfo },
        },
        bot,
      );
    return {
      bot,
      wishes,
      answer,
      /** What goes on after the answer. */
      async settle() {
        for (let tries = 0; running.length === 0 && tries < 200; tries += 1)
          await new Promise((done) => setTimeout(done, 20));
        await Promise.allSettled(running);
      },
      sent: () =>
        bot.connector.calls.map(({ verb, body, activityId }) =>
          verb === 'delete' ? ['delete', activityId] : [verb, body.text ?? body.attachments[0].contentType],
        ),
      stop: () => bot.stop(),
    };
  }

  let store: Awaited<ReturnType<typeof openTestStore>>;

  before(async () => {
    store = await openTestStore();
  });

  after(() => store.close());

  let scene: Awaited<ReturnType<typeof startScene>>;

  afterEach(() => scene.stop());

  it('When the person agrees, then Teams is answered, the file is put, shown, and the question goes', async () => {
    scene = await startScene();
    files.answer(give(201, '{}'));

    const answered = await scene.answer('accept');
    await scene.settle();

    assert.equal(answered.status, 200);
    assert.deepEqual(scene.wishes, [[personOf('adam'), request, 'de', true]]);
    assert.deepEqual(files.asked[0]?.body, bytes);
    assert.deepEqual(scene.sent(), [
      ['send', 'application/vnd.microsoft.teams.card.file.info'],
      ['delete', 'question'],
    ]);
    assert.deepEqual(scene.bot.connector.calls[0]?.body.attachments, [
      {
        contentType: 'application/vnd.microsoft.teams.card.file.info',
        contentUrl: place.contentUrl,
        name: place.name,
        content: { uniqueId: place.uniqueId, fileType: 'csv' },
      },
    ]);
    assert.doesNotMatch(JSON.stringify(scene.bot.log.lines), /tempauth|secret/);
  });

  it('When making the file takes long, then Teams does not wait for it', async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    scene = await startScene(() => promise);
    files.answer(give(201, '{}'));

    const answered = await scene.answer('accept');

    assert.equal(answered.status, 200);
    assert.deepEqual(files.asked, []);
    resolve(bytes);
    await scene.settle();
    assert.equal(files.asked.length, 1);
  });

  it('When the person does not want it, then that is said and the question goes', async () => {
    scene = await startScene();

    const answered = await scene.answer('decline');
    await scene.settle();

    assert.equal(answered.status, 200);
    assert.deepEqual(scene.wishes, []);
    assert.deepEqual(files.asked, []);
    assert.deepEqual(scene.sent(), [
      ['send', 'say.fileDeclined'],
      ['delete', 'question'],
    ]);
  });

  it('When the person may not see the list any more, then nothing is put and the reason is said', async () => {
    scene = await startScene(() => Promise.reject(new NotAllowedError('notAdmin')));

    await scene.answer('accept');
    await scene.settle();

    assert.deepEqual(files.asked, []);
    assert.deepEqual(scene.sent(), [['send', 'error.notAdmin']]);
  });

  it('When OneDrive does not take it, then that is said and the question stays', async () => {
    scene = await startScene();
    files.answer(give(503));

    await scene.answer('accept');
    await scene.settle();

    assert.deepEqual(scene.sent(), [['send', 'error.file.notSaved']]);
  });

  it('When the place is not the tenant’s OneDrive, then nothing leaves and that is said', async () => {
    scene = await startScene();

    await scene.answer('accept', 'question', { ...place, uploadUrl: 'https://evil.contoso.com/upload' });
    await scene.settle();

    assert.deepEqual(files.asked, []);
    assert.deepEqual(scene.sent(), [['send', 'error.fileHost']]);
  });

  it('When something of ours fails, then a reference is said and the fault is logged', async () => {
    scene = await startScene(() => Promise.reject(new TypeError('a bug')));

    await scene.answer('accept');
    await scene.settle();

    assert.deepEqual(scene.sent(), [['send', 'error.internal']]);
    assert.ok(scene.bot.log.lines.some(({ msg }) => msg === 'turn failed'));
  });

  it('When the question cannot be taken away, then it stays, and that is logged alone', async () => {
    scene = await startScene();
    files.answer(give(201, '{}'));
    scene.bot.connector.failNext({ verb: 'delete', status: 501, body: problem('NotImplemented') });

    await scene.answer('accept');
    await scene.settle();

    assert.equal(scene.bot.connector.messagesIn(chatOf('adam')).length, 1);
    assert.ok(scene.bot.log.lines.some(({ level, msg }) => level === 'warn' && msg.includes('question')));
  });

  it('When Teams delivers the answer twice at once, then the file is put once', async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    scene = await startScene(() => promise);
    files.answer(give(201, '{}'), give(404));

    const both = await Promise.all([scene.answer('accept'), scene.answer('accept')]);
    await new Promise((done) => setTimeout(done, 300));
    resolve(bytes);
    await scene.settle();

    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200],
    );
    assert.equal(files.asked.length, 1);
  });

  it('When the person agrees a second time, then the same bytes are put once more', async () => {
    scene = await startScene();
    files.answer(give(200, '{}'));

    await scene.answer('accept');
    await scene.settle();
    await scene.answer('accept', 'another', { ...place, uploadUrl: `${place.uploadUrl}2` });
    await new Promise((done) => setTimeout(done, 300));
    await scene.settle();

    assert.deepEqual(
      files.asked.map(({ body }) => body),
      [bytes, bytes],
    );
  });
});
