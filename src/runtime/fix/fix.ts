import { z } from 'zod';
import type { Block } from '../../core/block.ts';
import type { Finding } from '../../core/finding.ts';
import type { RunResult } from '../envelope.ts';
import { findFinding } from '../lookup.ts';
import { type OwnBody, ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { runVerify, verifyDataSchema } from '../verify.ts';
import { kindOfPatch } from './patch-kind.ts';
import { type FileChange, planDiff, refused } from './plan-diff.ts';
import { planMigration, writeMigrationFiles } from './plan-migration.ts';
import { writeAll } from './write-files.ts';

export const fixDataSchema = z.object({
  finding: z.string(),
  /** diff: of files; migration: changes the schema; statement: to run or to use by hand; none: there is no patch. */
  kind: z.enum(['diff', 'migration', 'statement', 'none']),
  /** Files that it changes or makes, relative to the project. */
  files: z.array(z.string()),
  applied: z.boolean(),
  /** What the check said after that; null where it was not run. */
  verify: verifyDataSchema.nullable(),
});

export interface FixOptions {
  /** Writes files; never anything into a database. */
  apply: boolean;
  /** Also over files that git could not give back. */
  force: boolean;
  /** Folder of migrations relative to the project, or true for that of the project; null: no migration is wanted. */
  migration: string | true | null;
  signal: AbortSignal;
  timeoutMs?: number | undefined;
  /** As for runVerify(). */
  isolateOwnTools?: boolean | undefined;
}

/** The patch of a finding: shown, or written into the project's files and verified. */
export function runFix(runtime: Runtime, findingId: string, options: FixOptions): Promise<RunResult> {
  return ownCommand(runtime, 'fix', async () => {
    const finding = findFinding(runtime.openStore(), findingId);
    const { patch } = finding.fix;
    if (patch === undefined) return withoutPatch(finding, options);
    if (options.migration !== null)
      return asMigration(runtime, { ...finding, patch }, options.migration, options);
    const kind = kindOfPatch(patch);
    if (!options.apply) return shown(finding, kind, patch);
    if (kind !== 'diff') throw neverApplied(finding, kind);
    const root = runtime.config.directory;
    const changes = await writeAll(finding.id, root, () => planDiff(finding.id, patch, root), options);
    return verified(runtime, finding, changes, options);
  });
}

function withoutPatch(finding: Finding, { apply, migration }: FixOptions): OwnBody {
  if (apply || migration !== null) {
    throw refused(finding.id, 'it has none', `\`rearguard findings show ${finding.id}\` says what to do.`);
  }
  return {
    status: 'pass',
    summary: `${finding.id} has no patch: ${finding.fix.summary}`,
    sections: finding.fix.steps.length === 0 ? [] : [text('Steps', finding.fix.steps.join('\n'))],
    data: { finding: finding.id, kind: 'none', files: [], applied: false, verify: null },
    next: [finding.verify.argv.join(' ')],
  };
}

const MEANINGS = {
  diff: 'a change of files: --apply writes it and verifies',
  migration: 'a change of the schema: --as-migration makes a migration of it',
  statement: 'to be run or used by hand',
} as const;

function shown(finding: Finding, kind: keyof typeof MEANINGS, patch: string): OwnBody {
  const next = {
    diff: [`rearguard fix ${finding.id} --apply`],
    migration: [`rearguard fix ${finding.id} --as-migration`],
    statement: [],
  };
  return {
    status: 'pass',
    summary: `The patch of ${finding.id} is ${MEANINGS[kind]}.`,
    sections: [text('Patch', patch)],
    data: { finding: finding.id, kind, files: [], applied: false, verify: null },
    next: [...next[kind], finding.verify.argv.join(' ')],
  };
}

function neverApplied(finding: Finding, kind: 'migration' | 'statement'): Error {
  const hint =
    kind === 'migration'
      ? `\`rearguard fix ${finding.id} --as-migration --apply\` writes a migration, and your own tool runs it.`
      : 'Run it yourself, then verify.';
  return refused(finding.id, 'it is no change of files, and Rearguard changes no database', hint);
}

async function verified(
  runtime: Runtime,
  finding: Finding,
  changes: readonly FileChange[],
  { signal, timeoutMs, isolateOwnTools }: FixOptions,
): Promise<OwnBody & Pick<RunResult, 'rules'>> {
  const files = changes.map(({ file }) => file);
  const { report, rules } = await runVerify(runtime, finding.id, {
    signal,
    timeoutMs,
    isolateOwnTools,
  });
  const wrote = `Wrote ${files.join(', ')}. `;
  const verify = verifyDataSchema.nullable().parse(report.data);
  return {
    status: report.status,
    summary: wrote + report.summary,
    findings: report.findings,
    sections: report.sections,
    coverage: report.coverage,
    diagnostics: report.diagnostics,
    artifacts: files.map((file) => ({ kind: 'source', path: file })),
    data: { finding: finding.id, kind: 'diff', files, applied: true, verify },
    next: report.next,
    // Whoever hears of nothing but the failure must know of the files.
    ...(report.error === undefined
      ? {}
      : { error: { ...report.error, message: wrote + report.error.message } }),
    rules,
  };
}

async function asMigration(
  runtime: Runtime,
  finding: Finding & { patch: string },
  wanted: string | true,
  options: FixOptions,
): Promise<OwnBody> {
  const root = runtime.config.directory;
  const { signal } = options;
  const planned = await planMigration(finding, root, wanted, { stampMs: runtime.clock.wallMs(), signal });
  const { files, notes, style } = planned;
  if (options.apply) await writeMigrationFiles(finding.id, root, files, options);
  const names = files.map(({ name }) => name);
  const before = notes.length === 0 ? [] : [text('Before you run it', notes.join('\n'))];
  return {
    status: 'pass',
    summary: options.apply
      ? `Wrote ${names.join(', ')}. Read it, then run your migrations.`
      : `A migration of ${finding.id} in the style of ${style}; --apply writes it.`,
    sections: [...before, ...files.map(({ name, text: content }) => text(name, content))],
    artifacts: options.apply ? names.map((name) => ({ kind: 'migration', path: name })) : [],
    data: { finding: finding.id, kind: 'migration', files: names, applied: options.apply, verify: null },
    next: options.apply
      ? [finding.verify.argv.join(' ')]
      : [`rearguard fix ${finding.id} --as-migration --apply`],
  };
}

function text(title: string, content: string): Block {
  return { kind: 'text', title, text: content };
}
