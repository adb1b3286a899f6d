// The one row of settings that people change by word. The migration wrote it, so it is always there to be locked.
import type { Settings } from '../domain/ports.ts';
import type { Trx } from './tables.ts';

export function sqlSettings(trx: Trx): Settings {
  const row = trx.selectFrom('settings').where('id', '=', 1);
  const update = trx.updateTable('settings').where('id', '=', 1);
  return {
    async approvalsChannel() {
      const { approvals_channel } = await row.select('approvals_channel').executeTakeFirstOrThrow();
      return approvals_channel;
    },
    async setApprovalsChannel(conversationId) {
      await update.set({ approvals_channel: conversationId }).execute();
    },
    async startsPaused() {
      const { starts_paused } = await row.select('starts_paused').executeTakeFirstOrThrow();
      return starts_paused;
    },
    async lockStarts() {
      const { starts_paused } = await row.select('starts_paused').forUpdate().executeTakeFirstOrThrow();
      return { paused: starts_paused };
    },
    async setStartsPaused(paused) {
      await update.set({ starts_paused: paused }).execute();
    },
  };
}
