// The Bot Framework adapter as we use it: activities come in through `receive`, which leaks no words of an error, and the messenger
// gets its connector clients here.
import { randomUUID } from 'node:crypto';
// The deep path: the package's index would load its language model clients as well.
import { TeamsAdapter } from '@microsoft/teams-ai/lib/TeamsAdapter.js';
import type { Activity, InvokeResponse, TurnContext } from 'botbuilder';
import { type BotFrameworkAuthentication, ClaimsIdentity, type ConnectorClient } from 'botframework-connector';
import type { Log } from '../domain/ports.ts';
import type { BotAuthentication } from './authentication.ts';

export type RunTurn = (context: TurnContext) => Promise<void>;

export class ConciergeAdapter extends TeamsAdapter {
  protected override readonly botFrameworkAuthentication: BotFrameworkAuthentication;
  readonly #appId: string;

  constructor(authentication: BotAuthentication) {
    super({}, authentication.credentials);
    this.botFrameworkAuthentication = authentication;
    this.#appId = authentication.appId;
  }

  /**
   * Verifies the token, then lets `mayRun` decide, then runs the turn.
   * @returns null when `mayRun` said no; undefined when there is nothing to answer
   * @throws AuthenticationError, TemporaryError as the authentication does
   */
  async receive(
    activity: Activity,
    authorization: string,
    mayRun: () => boolean,
    run: RunTurn,
  ): Promise<InvokeResponse | undefined | null> {
    const caller = await this.botFrameworkAuthentication.authenticateRequest(activity, authorization);
    return mayRun() ? await this.processActivity(caller, activity, run) : null;
  }

  /** A client for calls outside a turn. @throws UnansweredError for a service URL that is not Teams' */
  openConnector(serviceUrl: string): Promise<ConnectorClient> {
    const claims = ['aud', 'appid'].map((type) => ({ type, value: this.#appId }));
    return this.botFrameworkAuthentication.createConnectorFactory(new ClaimsIdentity(claims)).create(serviceUrl);
  }
}

export interface AdapterParts {
  log: Log;
  /** Tells the person about an error that a turn ended with; an invoke must be answered by it. */
  answerError?: (context: TurnContext, error: unknown) => Promise<void>;
}

/** An adapter whose failed turns are logged and answered without a word of the error. */
export function createAdapter(authentication: BotAuthentication, { log, answerError }: AdapterParts): ConciergeAdapter {
  const adapter = new ConciergeAdapter(authentication);
  adapter.onTurnError = async (context, error) => {
    try {
      if (!answerError) throw error;
      await answerError(context, error);
    } catch (fault) {
      const reference = randomUUID();
      log.error({ err: fault, reference, activityType: context.activity.type }, 'turn failed');
      await answerFault(context, reference);
    }
  };
  return adapter;
}

/** Teams shows its own words for this answer; without one it would send the invoke again. */
async function answerFault(context: TurnContext, reference: string): Promise<void> {
  if (context.activity.type !== 'invoke') return;
  const value = { code: 'InternalServerError', message: reference };
  const body = { statusCode: 500, type: 'application/vnd.microsoft.error', value };
  await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body } });
}
