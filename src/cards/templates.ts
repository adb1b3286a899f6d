// The templates, parsed once: expanding a kept one takes 0.1 ms, making a new one each time 2 ms.
// The package's own entry drags in the renderer's TypeScript sources, which do not compile here.
import { Template } from 'adaptivecards-templating/lib/template-engine.js';
import approval from './templates/approval.json' with { type: 'json' };
import assign from './templates/assign.json' with { type: 'json' };
import bulkChoose from './templates/bulk-choose.json' with { type: 'json' };
import bulkItems from './templates/bulk-items.json' with { type: 'json' };
import bulkPreview from './templates/bulk-preview.json' with { type: 'json' };
import bulkProgress from './templates/bulk-progress.json' with { type: 'json' };
import bulkSettle from './templates/bulk-settle.json' with { type: 'json' };
import cannotReprovision from './templates/cannot-reprovision.json' with { type: 'json' };
import check from './templates/check.json' with { type: 'json' };
import chooseCloudPc from './templates/choose-cloud-pc.json' with { type: 'json' };
import choosePerson from './templates/choose-person.json' with { type: 'json' };
import closed from './templates/closed.json' with { type: 'json' };
import cloudPcs from './templates/cloud-pcs.json' with { type: 'json' };
import confirmReprovision from './templates/confirm-reprovision.json' with { type: 'json' };
import confirmResend from './templates/confirm-resend.json' with { type: 'json' };
import decline from './templates/decline.json' with { type: 'json' };
import help from './templates/help.json' with { type: 'json' };
import history from './templates/history.json' with { type: 'json' };
import notice from './templates/notice.json' with { type: 'json' };
import progress from './templates/progress.json' with { type: 'json' };
import requests from './templates/requests.json' with { type: 'json' };
import unassign from './templates/unassign.json' with { type: 'json' };
import welcome from './templates/welcome.json' with { type: 'json' };

const sources = {
  approval,
  assign,
  bulkChoose,
  bulkItems,
  bulkPreview,
  bulkProgress,
  bulkSettle,
  cannotReprovision,
  check,
  chooseCloudPc,
  choosePerson,
  closed,
  cloudPcs,
  confirmReprovision,
  confirmResend,
  decline,
  help,
  history,
  notice,
  progress,
  requests,
  unassign,
  welcome,
};

export type TemplateName = keyof typeof sources;

const templates = new Map<TemplateName, Template>();

/** Fills a template. Data are never expanded themselves, so `${…}` in a person's words stays as it is. */
export function expandTemplate(name: TemplateName, data: object): object {
  const template = templates.get(name) ?? new Template(sources[name]);
  templates.set(name, template);
  return template.expand({ $root: data }) as object;
}
