// Who is told what, and how: every news against own and other people's requests, with and without mail.
import assert from 'node:assert/strict';
import type { ItemNews } from '../../src/domain/item.ts';
import {
  forItem,
  isForAnother,
  mailInsteadOf,
  type NoticeOrder,
  noticesForItem,
  noticesForRequest,
} from '../../src/domain/notices.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { Request, RequestNews } from '../../src/domain/request.ts';
import { aBulk, anItem, aPolicy, aRequest } from '../fakes/things.ts';

const ada = { id: 'ada', name: 'Ada Arendt' };
const adam = { id: 'adam', name: 'Adam Acker' };
const own = aRequest({ requester: ada, owner: ada });
const forAda = aRequest({ requester: adam, owner: ada });

const withMail = (request: Request): Request => ({ ...request, mail: { wanted: true, text: null } });
const mailPolicy = (whenStarted = false): Policy => ({
  ...aPolicy,
  mail: { ...aPolicy.mail, from: 'cloudpc@contoso.com', whenStarted },
});

/** `ready→requester`, `ready✉owner`. */
const short = (orders: readonly NoticeOrder[]) =>
  orders.map((order) => `${order.notice}${order.via === 'mail' ? '✉' : '→'}${order.audience}`);
const told = (news: ItemNews, request: Request, policy: Policy = aPolicy) =>
  short(noticesForItem(news, request, policy));

describe('noticesForItem', () => {
  const rows: Record<ItemNews, { own: string[]; forAnother: string[] }> = {
    checking: { own: [], forAnother: [] },
    held: { own: [], forAnother: [] },
    needsSignIn: { own: ['signIn→requester'], forAnother: ['signIn→requester', 'signIn→owner'] },
    signedIn: { own: [], forAnother: [] },
    starting: { own: [], forAnother: [] },
    unknown: { own: [], forAnother: [] },
    building: { own: [], forAnother: [] },
    missing: { own: [], forAnother: [] },
    adopted: { own: [], forAnother: [] },
    treatedAsStarted: { own: [], forAnother: [] },
    givenBack: { own: [], forAnother: [] },
    startAgain: { own: [], forAnother: [] },
    cancelled: { own: [], forAnother: [] },
    ready: { own: ['ready→requester'], forAnother: ['ready→requester', 'ready→owner'] },
    readyWithWarnings: {
      own: ['readyWithWarnings→requester', 'readyWithWarnings→channel'],
      forAnother: ['readyWithWarnings→requester', 'readyWithWarnings→owner', 'readyWithWarnings→channel'],
    },
    failed: {
      own: ['failed→requester', 'failed→channel'],
      forAnother: ['failed→requester', 'failed→owner', 'failed→channel'],
    },
    notStarted: {
      own: ['notStarted→requester', 'notStarted→channel'],
      forAnother: ['notStarted→requester', 'notStarted→owner', 'notStarted→channel'],
    },
    skipped: { own: ['skipped→requester'], forAnother: ['skipped→requester', 'skipped→owner'] },
    closed: { own: ['closed→requester'], forAnother: ['closed→requester', 'closed→owner'] },
    slow: { own: ['slow→channel'], forAnother: ['slow→channel'] },
    timedOut: {
      own: ['timedOut→requester', 'timedOut→channel'],
      forAnother: ['timedOut→requester', 'timedOut→owner', 'timedOut→channel'],
    },
    needsOperator: {
      own: ['needsOperator→requester', 'needsOperator→channel'],
      forAnother: ['needsOperator→requester', 'needsOperator→owner', 'needsOperator→channel'],
    },
  };

  for (const [news, { own: forOwn, forAnother }] of Object.entries(rows) as [ItemNews, (typeof rows)[ItemNews]][]) {
    it(`When an item is ${news}, then ${forOwn.length} are told for one's own and ${forAnother.length} for another's`, () => {
      assert.deepEqual(told(news, own), forOwn);
      assert.deepEqual(told(news, forAda), forAnother);
    });
  }

  it('When mail was wished and there is a sender, then the one whose Cloud PC it is gets it at the end', () => {
    for (const news of ['ready', 'readyWithWarnings', 'failed', 'notStarted'] as const) {
      assert.deepEqual(
        told(news, withMail(own), mailPolicy()).filter((one) => one.includes('✉')),
        [`${news}✉requester`],
      );
      assert.deepEqual(
        told(news, withMail(forAda), mailPolicy()).filter((one) => one.includes('✉')),
        [`${news}✉owner`],
      );
    }
  });

  it('When a mail is ordered, then it says which one', () => {
    const mails = noticesForItem('ready', withMail(own), mailPolicy()).filter((order) => order.via === 'mail');

    assert.deepEqual(mails, [{ via: 'mail', notice: 'ready', audience: 'requester', mail: 'ready' }]);
  });

  it('When mail was not wished, then none is written at the end', () => {
    for (const news of ['ready', 'readyWithWarnings', 'failed', 'notStarted'] as const) {
      assert.ok(told(news, own, mailPolicy(true)).every((one) => !one.includes('✉')));
    }
  });

  it('When it starts, then mail goes out if the policy says so, or if IT wished to have the owner told', () => {
    assert.deepEqual(told('building', own, mailPolicy(true)), ['started✉requester']);
    assert.deepEqual(told('building', forAda, mailPolicy(true)), ['started✉owner']);
    assert.deepEqual(told('building', withMail(forAda), mailPolicy()), ['started✉owner']);
    assert.deepEqual(told('building', withMail(own), mailPolicy()), []);
    assert.deepEqual(told('building', forAda, mailPolicy()), []);
  });

  it('When no sender is set, then there is no mail, whatever was wished', () => {
    const policy = { ...aPolicy, mail: { ...aPolicy.mail, from: null, whenStarted: true } };

    for (const news of Object.keys(rows) as ItemNews[]) {
      assert.deepEqual(told(news, withMail(forAda), policy), rows[news].forAnother);
    }
  });

  it('When it waits for a person or takes long, then no mail is written: it has not ended', () => {
    for (const news of ['timedOut', 'needsOperator', 'slow'] as const) {
      assert.ok(told(news, withMail(forAda), mailPolicy(true)).every((one) => !one.includes('✉')));
    }
  });

  it('When it ended without a start or was closed, then that is mailed too, if a mail was asked for', () => {
    for (const news of ['skipped', 'closed'] as const) {
      assert.ok(told(news, withMail(forAda), mailPolicy(true)).some((one) => one.includes('✉')));
    }
  });
});

describe('noticesForItem of a bulk request', () => {
  const bulk = aRequest({ requester: adam, owner: adam, bulk: aBulk() });
  const rows: Record<ItemNews, string[]> = {
    checking: [],
    held: [],
    needsSignIn: ['signIn→owner'],
    signedIn: [],
    starting: [],
    unknown: [],
    building: [],
    missing: [],
    adopted: [],
    treatedAsStarted: [],
    givenBack: [],
    startAgain: [],
    cancelled: [],
    slow: [],
    ready: ['ready→owner'],
    readyWithWarnings: ['readyWithWarnings→owner'],
    failed: ['failed→owner'],
    notStarted: ['notStarted→owner'],
    skipped: ['skipped→owner'],
    closed: ['closed→owner'],
    timedOut: ['timedOut→owner'],
    needsOperator: ['needsOperator→owner'],
  };

  for (const [news, expected] of Object.entries(rows) as [ItemNews, string[]][]) {
    it(`When an item is ${news}, then ${expected.length === 0 ? 'nobody is' : 'only its owner is'} told`, () => {
      assert.deepEqual(told(news, bulk), expected);
    });
  }

  it('When mail was wished, then each owner gets it, at the start as well, although the request names its requester', () => {
    assert.deepEqual(told('ready', withMail(bulk), mailPolicy()), ['ready→owner', 'ready✉owner']);
    assert.deepEqual(told('failed', withMail(bulk), mailPolicy()), ['failed→owner', 'failed✉owner']);
    assert.deepEqual(told('building', withMail(bulk), mailPolicy()), ['started✉owner']);
    assert.deepEqual(told('building', bulk, mailPolicy(true)), ['started✉owner']);
    assert.deepEqual(told('building', bulk, mailPolicy()), []);
  });

  it('When mail was not wished or there is no sender, then none is written at the end', () => {
    assert.deepEqual(told('ready', bulk, mailPolicy(true)), ['ready→owner']);
    assert.deepEqual(told('ready', withMail(bulk)), ['ready→owner']);
  });
});

describe('mailInsteadOf', () => {
  it('When somebody cannot be told in Teams, then the mail that says the same is ordered, wished or not', () => {
    for (const [notice, mail] of [
      ['ready', 'ready'],
      ['readyWithWarnings', 'readyWithWarnings'],
      ['failed', 'failed'],
      ['notStarted', 'notStarted'],
      ['skipped', 'notStarted'],
      ['closed', 'closed'],
    ] as const)
      assert.deepEqual(mailInsteadOf(notice, mailPolicy()), { via: 'mail', notice, audience: 'owner', mail }, notice);
  });

  it('When no mail says the same, or there is no sender, then there is none', () => {
    for (const notice of ['signIn', 'timedOut', 'needsOperator', 'slow', 'bulkPaused', 'declined'] as const)
      assert.equal(mailInsteadOf(notice, mailPolicy()), null, notice);
    assert.equal(mailInsteadOf('ready', aPolicy), null);
  });
});

describe('noticesForRequest', () => {
  const news = (what: RequestNews, request: Request) => short(noticesForRequest(what, request));

  it('When it was declined or ran out, then the requester is told, and the owner has never heard of it', () => {
    for (const request of [own, forAda]) {
      assert.deepEqual(news('declined', request), ['declined→requester']);
      assert.deepEqual(news('expired', request), ['expired→requester']);
    }
  });

  it('When the requester takes it back, then nobody has to be told', () => {
    assert.deepEqual(news('cancelled', { ...own, cancelledBy: ada }), []);
    assert.deepEqual(news('cancelled', { ...forAda, cancelledBy: adam }), []);
  });

  it('When somebody else takes it back, then the requester is told', () => {
    assert.deepEqual(news('cancelled', { ...own, cancelledBy: adam }), ['cancelled→requester']);
  });

  it('When it was approved before it was taken back, then the owner is told as well', () => {
    const approved = { ...forAda, approvedAt: 1 };

    assert.deepEqual(news('cancelled', { ...approved, cancelledBy: adam }), ['cancelled→owner']);
    assert.deepEqual(news('cancelled', { ...approved, cancelledBy: { id: 'ines', name: 'Inés Ibarra' } }), [
      'cancelled→requester',
      'cancelled→owner',
    ]);
    assert.deepEqual(news('cancelled', { ...own, approvedAt: 1, cancelledBy: ada }), []);
  });

  for (const what of ['submitted', 'approvalGiven', 'approved', 'draftClosed', 'running', 'ended'] as const) {
    it(`When the news is ${what}, then the cards say it and no sound is made`, () => {
      assert.deepEqual(news(what, { ...forAda, approvedAt: 1 }), []);
    });
  }
});

describe('noticesForRequest of a bulk request', () => {
  const bulk = aRequest({ requester: adam, owner: adam, bulk: aBulk(), approvedAt: 1 });
  const rows: Record<RequestNews, string[]> = {
    submitted: [],
    approvalGiven: [],
    approved: [],
    declined: ['declined→requester'],
    expired: ['expired→requester'],
    cancelled: [],
    draftClosed: [],
    running: [],
    ended: ['bulkEnded→requester', 'bulkEnded→channel'],
    bulkPaused: ['bulkPaused→requester', 'bulkPaused→channel'],
    bulkWayGone: ['bulkWayGone→requester', 'bulkWayGone→channel'],
    bulkResumed: [],
    bulkStopped: [],
  };

  for (const [news, expected] of Object.entries(rows) as [RequestNews, string[]][]) {
    it(`When the news is ${news}, then ${expected.length} are told`, () => {
      assert.deepEqual(short(noticesForRequest(news, { ...bulk, cancelledBy: adam })), expected);
    });
  }

  it('When another admin takes it back, then the requester is told, and no owner, whose cards say it', () => {
    assert.deepEqual(short(noticesForRequest('cancelled', { ...bulk, cancelledBy: ada })), ['cancelled→requester']);
  });
});

describe('forItem', () => {
  it('When a request is seen as it concerns one of its Cloud PCs, then it names that one’s owner, and nothing else changes', () => {
    const bulk = aRequest({ requester: adam, owner: adam, ownerUpn: 'adam@contoso.com', bulk: aBulk() });
    const item = anItem({ owner: ada, ownerUpn: 'ada@contoso.com' });

    assert.deepEqual(forItem(bulk, item), { ...bulk, owner: ada, ownerUpn: 'ada@contoso.com' });
  });
});

describe('isForAnother', () => {
  it('When it is a bulk request, then it is for others, also where the requester owns one of them', () => {
    assert.equal(isForAnother({ requester: ada, owner: ada, bulk: aBulk() }), true);
  });

  it('When requester and owner are compared, then by id and not by name', () => {
    assert.equal(isForAnother({ requester: ada, owner: { id: 'ada', name: 'A. Arendt' }, bulk: null }), false);
    assert.equal(isForAnother({ requester: ada, owner: { id: 'ada2', name: 'Ada Arendt' }, bulk: null }), true);
  });
});
