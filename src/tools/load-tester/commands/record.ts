import { resolve } from 'node:path';
import { z } from 'zod';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { detectImport, importFrom } from '../import/detect.ts';
import { recordedScenario } from '../import/recorded/to-scenario.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import type { CommandContext } from '../../context.ts';
import type { LoadOptions } from '../options.ts';
import { recordTraffic } from '../record/record-traffic.ts';
import { assertFree, writeScenario } from '../record/write-scenario.ts';
import { httpTargetFor } from '../scenario/http-target.ts';
import { parseScenario } from '../scenario/read-scenario.ts';
import { planInputs } from './plan-inputs.ts';
import { recordReport } from './record-view.ts';

const input = z.strictObject({
  target: planInputs.target,
  save: z.string().default('load-scenario.yaml').describe('File to write: .yaml or .json'),
  force: z.boolean().default(false).describe('Replace what is there'),
  port: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8_089)
    .describe('Port of the proxy on this machine; 0 takes a free one'),
  duration: optionalDurationSchema(
    'Record for so long; default: until Ctrl-C. Of an access log: its busiest span of so much',
  ),
  from: z
    .string()
    .optional()
    .describe(
      'Make the scenario of this instead: an access log, a HAR, Postman or OpenAPI file, `openapi`, `health`',
    ),
  replay: z.boolean().default(false).describe('Of an access log: its requests at their own times'),
  assets: z.boolean().default(false).describe('Also requests for images, styles and scripts'),
});
export type RecordInput = z.output<typeof input>;

const data = z.object({
  /** Absolute; the scenario is the last one. Empty where nothing was recorded. */
  files: z.array(z.string()),
  source: z.string(),
  scenarios: z.int(),
  steps: z.int(),
  /** Values that a request takes from an earlier answer. */
  correlated: z.int(),
  /** Environment variables that the scenario needs. */
  references: z.array(z.string()),
});
export type RecordData = z.output<typeof data>;

export const record = defineCommand<typeof input, typeof data, LoadOptions>({
  summary: 'Write a scenario: from what you click through a local proxy, or from a log or file of real usage',
  input,
  data,
  effect: 'traffic',
  examples: [
    { line: 'rearguard load record --save browse.yaml', does: 'a proxy before the target until Ctrl-C' },
    {
      line: 'rearguard load record --from access.log.gz --save usage.yaml',
      does: 'the mix, rates and sessions of a log as a scenario to read and edit',
    },
    {
      line: 'rearguard load record --from access.log --replay --save usage.yaml --force',
      does: 'its requests at their own times, over an older file',
    },
  ],
  async *run(ctx, asked): AsyncGenerator<LiveView, ReportDraft, void> {
    const path = resolve(ctx.directory, asked.save);
    if (!/\.(?:ya?ml|json)$/i.test(path)) {
      throw new RearguardError('E_USAGE', {
        message: `${asked.save} is no .yaml or .json file.`,
        hint: 'Give another --save.',
      });
    }
    await assertFree(ctx, path, asked.force);
    const target = httpTargetFor(ctx.targets, { name: asked.target ?? ctx.options.target });
    if (asked.from !== undefined) return fromFile(ctx, asked, target, path, asked.from);
    const exchanges = yield* recordTraffic(ctx, target, asked);
    if (exchanges.length === 0) return nothingRecorded(target.name);
    const recorded = recordedScenario(target.name, exchanges);
    const document = { ...recorded.document, target: target.name };
    parseScenario(document, { path: asked.save, locate: () => '' });
    const source = `${exchanges.length} requests in ${recorded.sessions} sessions through the proxy`;
    const files = await writeScenario(ctx, path, { document, source, tables: new Map() }, asked);
    const { correlated, references } = recorded;
    return recordReport({ document, source, files, notes: [], correlated, references, out: asked.save });
  },
});

async function fromFile(
  ctx: CommandContext<LoadOptions>,
  asked: RecordInput,
  target: ReturnType<typeof httpTargetFor>,
  path: string,
  from: string,
): Promise<ReportDraft> {
  const kind = await detectImport(ctx, from);
  if (kind === undefined) {
    throw new RearguardError('E_IMPORT', {
      path: from,
      reason: 'it is a scenario already',
      hint: `Run it: rearguard load run --scenario ${from}`,
    });
  }
  // What may change something is written down; it is sent only by a command that is told so.
  const options = { unsafe: true, replay: asked.replay, windowMs: asked.duration, assets: asked.assets };
  const imported = await importFrom(ctx, from, kind, target, options);
  const document = { ...imported.document, target: target.name };
  parseScenario(document, { path: from, locate: () => '' });
  const files = await writeScenario(ctx, path, { ...imported, document }, asked);
  return recordReport({
    document,
    source: imported.source,
    files,
    notes: imported.notes,
    correlated: extractions(document),
    references: referencesOf(document),
    out: asked.save,
  });
}

function nothingRecorded(target: string): ReportDraft {
  const notChecked: Coverage['notChecked'] = [
    { subject: { kind: 'target', name: target }, rules: [], reason: 'no request came through the proxy' },
  ];
  return {
    status: 'unknown',
    summary: 'Nothing was recorded, and nothing was written.',
    findings: [],
    coverage: { checked: [], notChecked },
    sections: [],
    data: {
      files: [],
      source: '',
      scenarios: 0,
      steps: 0,
      correlated: 0,
      references: [],
    } satisfies RecordData,
  };
}

type Document = Parameters<typeof recordReport>[0]['document'];

function extractions(document: Document): number {
  return Object.values(document.scenarios ?? {})
    .flatMap(({ steps }) => steps)
    .reduce((sum, step) => sum + (typeof step === 'string' ? 0 : Object.keys(step.extract ?? {}).length), 0);
}

function referencesOf({ variables = {} }: Document): string[] {
  return Object.values(variables).flatMap((value) =>
    typeof value === 'object' && '$env' in value ? [value.$env] : [],
  );
}
