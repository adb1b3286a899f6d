// What an admin sees and does on the cards of bulk requests.
import type { ConnectorMessage } from './connector.ts';
import { answeredCard, type Card, isAboutRequest, last, wordsOn } from './looking.ts';
import { type Activity, type CastMember, message, type Where } from './teams.ts';
import type { WholeBot } from './whole-bot.ts';

type OnCard = ConnectorMessage | Card;

/** The numbers on a preview. */
export function countsOn(card: OnCard): { found: number; toRebuild: number; leftOut: number; notFound: number } {
  const words = wordsOn(card);
  const of = (label: string) => Number(new RegExp(`(\\d+) \\| ${label}(?: \\||$)`).exec(words)?.[1] ?? 0);
  return {
    found: of('found'),
    toRebuild: of('to rebuild'),
    leftOut: of('left out'),
    notFound: of('not found'),
  };
}

/** Adam types it in his chat (or elsewhere), and gets a card there. */
export async function asks(
  whole: WholeBot,
  text: string,
  { where = 'personal', mentions = [] }: { where?: Where; mentions?: CastMember[] } = {},
): Promise<ConnectorMessage> {
  await whole.says('adam', text, where, mentions);
  return last(whole.messagesOf('adam').filter((one) => !isAboutRequest(one)));
}

export type ListFilter = 'all' | 'toRebuild' | 'leftOut' | 'waiting';

/** Every line of the list behind a card, page by page: who, and how it stands. */
export async function linesOf(
  whole: WholeBot,
  card: OnCard,
  filter: ListFilter = 'all',
): Promise<{ who: string; stand: string }[]> {
  const lines: { who: string; stand: string }[] = [];
  for (let page = 1; ; page += 1) {
    const listed = answeredCard(await whole.presses('adam', card, 'bulk.items', { page, filter }));
    lines.push(...rowsOn(listed));
    const [, pages = '1'] = /Page \d+ of (\d+)/.exec(wordsOn(listed)) ?? [];
    if (page >= Number(pages)) return lines;
  }
}

/** The rows of one page. */
export function rowsOn(card: OnCard): { who: string; stand: string }[] {
  const words = wordsOn(card).split(' | ');
  const rows = words.slice(2, words.indexOf('Show'));
  if (rows.length % 2 === 1) return [];
  return Array.from({ length: rows.length / 2 }, (_, at) => ({
    who: rows[2 * at] ?? '',
    stand: rows[2 * at + 1] ?? '',
  }));
}

/** A message that brings files, as Teams describes them. */
export function withFiles(
  text: string,
  files: readonly { name: string; url: string }[],
  from: CastMember = 'adam',
  where: Where = 'personal',
): Activity {
  const attachments = files.map(({ name, url }) => ({
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    contentUrl: `https://contoso-my.sharepoint.com/personal/adam/Documents/${name}`,
    name,
    content: { downloadUrl: url, uniqueId: 'file-1', fileType: 'csv' },
  }));
  return { ...message(text, { from, where }), attachments };
}

/** Somebody answers the question about a file that the bot offers. */
export function answerAboutFile(
  base: Activity,
  question: ConnectorMessage,
  upload: { uploadUrl: string; contentUrl: string } | null,
): Activity {
  const [{ name, content }] = question.content.attachments;
  const answer = upload
    ? {
        action: 'accept',
        context: content.acceptContext,
        uploadInfo: { ...upload, name, uniqueId: 'file-2', fileType: 'csv' },
      }
    : { action: 'decline', context: content.declineContext };
  return {
    ...base,
    type: 'invoke',
    name: 'fileConsent/invoke',
    replyToId: question.id,
    value: { type: 'fileUpload', ...answer },
  };
}
