// What is said in Teams, and the files that come and go there: built here, joined in `compose.ts`.
import { bulkList } from './cards/bulk-list.ts';
import { createCards } from './cards/render-card.ts';
import { createTextRenderer } from './cards/render-text.ts';
import type { BotOptions } from './compose.ts';
import type { Reader } from './domain/people.ts';
import type { Clock, UnitOfWork } from './domain/ports.ts';
import type { CardView } from './domain/views.ts';
import type { GraphClient } from './graph/graph-client.ts';
import { graphTeamsApps } from './graph/teams-apps.ts';
import { createTexts } from './locales/texts.ts';
import { channelReader } from './requests/address.ts';
import { listForExport } from './requests/bulk/list-bulk.ts';
import type { TurnDeps } from './requests/deps.ts';
import type { ConciergeAdapter } from './teams/adapter.ts';
import { clouds as teamsClouds } from './teams/clouds.ts';
import { createFileConsent, type FileConsentParts } from './teams/file-consent.ts';
import { createFileHosts } from './teams/file-hosts.ts';
import { createFileReader } from './teams/file-reader.ts';
import { createFileUpload } from './teams/file-upload.ts';
import { createMessenger } from './teams/messenger.ts';
import { createPace } from './teams/pace.ts';
import { createSignInCard } from './teams/sign-in-card.ts';
import type { UserTokens } from './teams/user-tokens.ts';
import { writeCsv } from './teams/write-csv.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

interface SpeechParts {
  adapter: ConciergeAdapter;
  graph: GraphClient;
  unitOfWork: UnitOfWork;
  clock: Clock;
  /** null: single sign-on is not set up. */
  userTokens: UserTokens | null;
  telemetry: Pick<Telemetry, 'watchMessenger'>;
}

export function createSpeech(
  options: BotOptions,
  { adapter, graph, unitOfWork, clock, userTokens: tokens, telemetry }: SpeechParts,
) {
  const { config, log } = options;
  const cloud = teamsClouds[config.cloud];
  const texts = createTexts(log);
  const cards = createCards(texts);
  const { teamsAppId } = config;
  const apps = teamsAppId === null ? null : graphTeamsApps(graph, { manifestId: teamsAppId, clock });
  const sentences = createTextRenderer(texts);
  const pace = createPace();
  const connection = {
    adapter,
    appId: config.bot.appId,
    firstContact: {
      serviceUrl: options.firstContactUrl ?? cloud.firstContactUrl,
      tenantId: config.bot.tenantId,
    },
  };
  const speech = {
    renderCard: (view: CardView, reader: Reader) => cards.render(view, reader, { openUrl: cloud.cloudPcUrl }),
    renderText: sentences.markdown,
    renderPlain: sentences.plain,
  };
  const plain = createMessenger({
    ...speech,
    ...connection,
    writeSignInCard: tokens
      ? createSignInCard({ tokens, unitOfWork, appId: config.bot.appId, renderPlain: sentences.plain })
      : undefined,
    installer: apps ? async (personId) => (await apps.install(personId)) === 'installed' : undefined,
    pace,
    log,
  });
  const messenger = telemetry.watchMessenger(plain);
  const chatLink = `${cloud.teamsUrl}/l/chat/0/0?users=28:${config.bot.appId}&message=reprovision`;
  return {
    messenger,
    connection,
    pace,
    responder: {
      ...speech,
      messenger,
      unitOfWork,
      clock,
      channelReader: channelReader(options.policy),
      chatLink,
    },
  };
}

/** Lists that are attached, and lists that are asked for. */
export function createFiles(
  { config, log, fetchFile }: BotOptions,
  deps: TurnDeps,
  speech: Pick<FileConsentParts, 'messenger' | 'connection' | 'pace'>,
) {
  const hosts = createFileHosts(config.cloud, config.sharePointHosts);
  const texts = createTexts(log);
  const fetch = fetchFile ? { fetch: fetchFile } : {};
  return {
    files: createFileReader({ isFileUrl: hosts.isFileUrl, ...fetch }),
    takeFileConsent: createFileConsent({
      ...speech,
      deps,
      upload: createFileUpload({ hosts, ...fetch }),
      async makeFile({ person, requestId, reader, deadline }) {
        const { rows } = await listForExport(deps, person, requestId, deadline);
        return writeCsv(bulkList(texts, reader, rows, deps.clock.now()), reader.language);
      },
    }),
  };
}
