// The process of `npm run verify-audit`: whether every seal of the audit still fits its rows. Ends with 1 where one does not.
import { InputError } from '../domain/errors.ts';
import { verifyAudit } from '../requests/seal-audit.ts';
import { openStore } from '../store/open-store.ts';
import { runUpkeep } from './run.ts';

runUpkeep('Cannot verify the audit', async ({ config, log, print }) => {
  const { auditKey } = config;
  if (auditKey === null) throw new InputError('upkeep.auditKey');
  const store = await openStore({ ...config.store, log });
  try {
    const { seals, rows, unsealed, newest, broken } = await verifyAudit(
      // Nothing is woken by looking.
      { unitOfWork: store.unitOfWork({ send: async () => {} }) },
      auditKey,
    );
    print(`${seals} seals over ${rows} rows fit; ${unsealed} newer rows are not sealed yet.`);
    if (newest)
      print(`The newest that fits: number ${newest.id}, ${newest.seal}. The log of the bot must name it as well.`);
    if (!broken) return;
    const { id, rows: sealed } = broken.seal;
    print(`Seal ${id} does NOT fit: it was made over ${sealed} rows, there are ${broken.rows} now.`);
    print(
      'Rows were changed, added or taken away behind the back of the bot, or AUDIT_KEY is not the one that they were sealed with.',
    );
    process.exitCode = 1;
  } finally {
    await store.close();
  }
});
