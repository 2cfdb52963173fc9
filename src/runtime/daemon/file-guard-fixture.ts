import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RearguardError } from '../../core/errors.ts';
import type { FindingDraft } from '../../core/finding.ts';
import type { CommandContext } from '../../tools/context.ts';
import {
  defineCommand,
  defineTool,
  type LiveAssessment,
  type LiveView,
  type ReportDraft,
} from '../../tools/define.ts';

/** A tool for the tests of the daemon: it watches a file that says how the backend is. */

const RULE = 'file-guard/not-well';
const TICK_MS = 50;

const options = z.strictObject({
  file: z.string().default('state.txt').describe('File that is watched'),
  key: z.string().optional().describe('A secret'),
});
type Options = z.infer<typeof options>;
const input = z.object({});
const data = z.object({ ticks: z.number() });

/** `well` and `ill` are states; `crash` ends the watch, and without a file there is nothing to watch. */
function stateOf(ctx: CommandContext<Options>): string {
  let text: string;
  try {
    text = readFileSync(join(ctx.directory, ctx.options.file), 'utf8').trim();
  } catch {
    throw new RearguardError('E_NOTHING_TO_CHECK', { message: 'There is no file.', hint: 'Write it.' });
  }
  if (text === 'crash') throw new Error(`crashed with ${ctx.options.key ?? 'no key'}`);
  return text;
}

function assess(
  state: string,
  { options: { file, key = 'no key' } }: CommandContext<Options>,
): LiveAssessment {
  const subject = { kind: 'file', name: file } as const;
  const finding: FindingDraft = {
    rule: RULE,
    severity: 'high',
    confidence: 'proven',
    title: `${file} is ${state}, says ${key}`,
    subject,
    evidence: [{ label: 'state', value: state }],
    fix: { summary: 'Make it well', steps: ['Write well into it'] },
    check: { command: 'once', input: {} },
  };
  return {
    findings: state === 'well' ? [] : [finding],
    coverage: { checked: [{ subject, rules: [RULE] }], notChecked: [] },
  };
}

const watch = defineCommand<typeof input, typeof data, Options>({
  summary: 'Watch the file',
  input,
  data,
  effect: 'read',
  examples: [],
  async *run(ctx): AsyncGenerator<LiveView, ReportDraft, void> {
    let last = '';
    let ticks = 0;
    for (; !ctx.signal.aborted; ticks += 1) {
      const state = stateOf(ctx);
      const atMs = ctx.clock.wallMs();
      const changes = state === last ? [] : [{ atMs, text: `${last} -> ${state}`, data: { state } }];
      last = state;
      const seen = ticks + 1;
      yield {
        sections: () => [],
        changes,
        assess: () => assess(state, ctx),
        metrics: () => [
          {
            name: 'file.looks',
            kind: 'counter',
            unit: '1',
            attributes: { file: ctx.options.file, key: ctx.options.key ?? '' },
            value: seen,
          },
        ],
      };
      await ctx.clock.sleep(TICK_MS, ctx.signal).catch(() => undefined);
    }
    return report(last, ctx, ticks);
  },
});

function report(state: string, ctx: CommandContext<Options>, ticks: number): ReportDraft {
  return { summary: `It was ${state}.`, ...assess(state, ctx), sections: [], data: { ticks } };
}

const once = defineCommand<typeof input, typeof data, Options>({
  summary: 'Look once',
  input,
  data,
  effect: 'read',
  examples: [],
  run: (ctx) => Promise.resolve(report(stateOf(ctx), ctx, 1)),
});

export default defineTool({
  name: 'file-guard',
  alias: 'file',
  summary: 'Whether a file says that all is well',
  whenToUse: 'In tests',
  options,
  rules: [
    {
      id: RULE,
      title: 'The file does not say that all is well',
      severity: 'high',
      help: 'It says something else.',
      fix: 'Make it well.',
      examples: { reports: 'ill', silent: 'well' },
    },
  ],
  commands: { watch, once },
  check: 'once',
  monitor: 'watch',
});
