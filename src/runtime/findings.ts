import { z } from 'zod';
import { counted } from '../core/counted.ts';
import type { Block } from '../core/block.ts';
import { RearguardError } from '../core/errors.ts';
import { checkOriginSchema, type Finding, type FindingState } from '../core/finding.ts';
import { isAtLeast, type Severity } from '../core/severity.ts';
import type { RunResult } from './envelope.ts';
import { pageOf } from './finding-pages.ts';
import { findFinding } from './lookup.ts';
import { ownCommand } from './own-command.ts';
import { rank } from './rank.ts';
import type { Runtime } from './runtime.ts';

const DEFAULT_LIMIT = 20;

export const findingsListDataSchema = z.object({
  /** Findings that match, on all pages. */
  total: z.number().int(),
});
export const findingsShowDataSchema = z.object({
  finding: z.string(),
  check: checkOriginSchema,
  mute: z.object({ until: z.iso.datetime().nullable(), reason: z.string() }).nullable(),
});
export const findingsMuteDataSchema = z.object({
  finding: z.string(),
  muted: z.boolean(),
  /** null: for good. */
  until: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});

export interface FindingsFilter {
  /** Names or aliases. */
  tools?: readonly string[] | undefined;
  /** Default: those that stand. */
  states?: readonly FindingState[] | undefined;
  /** Only this severe or worse. */
  severity?: Severity | undefined;
  rule?: string | undefined;
  /** Part of the subject's name. */
  subject?: string | undefined;
  limit?: number | undefined;
  /** `page.nextCursor` of the page before. */
  cursor?: string | undefined;
}

const STANDING: readonly FindingState[] = ['new', 'ongoing', 'regressed'];

/** Findings of this and earlier runs, worst first, page by page. */
export function listFindings(runtime: Runtime, filter: FindingsFilter = {}): Promise<RunResult> {
  return ownCommand(runtime, 'findings list', () => {
    const limit = filter.limit ?? DEFAULT_LIMIT;
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RearguardError('E_USAGE', { message: 'The limit must be a whole number from 1.', hint: '' });
    }
    const states = filter.states ?? STANDING;
    const prefixes = filter.tools?.map((name) => `${runtime.catalog.find(name).name}/`);
    const all = runtime.openStore().findings.list({ states, includeMuted: states.includes('muted') });
    const matching = rank(all.filter((finding) => matches(finding, filter, prefixes)));
    const { findings, page } = pageOf(matching, { limit, cursor: filter.cursor });
    const left = page.total - findings.length;
    return {
      status: 'pass',
      summary: `${counted(page.total, 'finding')}${left > 0 ? `, ${findings.length} of them here` : ''}.`,
      findings,
      sections: findings.length > 0 ? [tableOf(findings, left)] : [],
      data: { total: page.total },
      page,
      next: findings.slice(0, 1).map(({ id }) => `rearguard findings show ${id}`),
    };
  });
}

function matches(finding: Finding, filter: FindingsFilter, prefixes: readonly string[] | undefined): boolean {
  return (
    (prefixes === undefined || prefixes.some((prefix) => finding.rule.startsWith(prefix))) &&
    (filter.severity === undefined || isAtLeast(finding.severity, filter.severity)) &&
    (filter.rule === undefined || finding.rule === filter.rule) &&
    (filter.subject === undefined ||
      finding.subject.name.toLowerCase().includes(filter.subject.toLowerCase()))
  );
}

function tableOf(findings: readonly Finding[], omitted: number): Block {
  return {
    kind: 'table',
    columns: ['id', 'severity', 'state', 'subject', 'title'].map((header) => ({ header })),
    rows: findings.map(({ id, severity, state, subject, title }) => [
      id,
      severity,
      state,
      subject.name,
      title,
    ]),
    ...(omitted > 0 ? { omitted } : {}),
  };
}

/** Everything known about one finding. */
export function showFinding(runtime: Runtime, id: string): Promise<RunResult> {
  return ownCommand(runtime, 'findings show', () => {
    const store = runtime.openStore();
    const finding = findFinding(store, id);
    const mute = finding.state === 'muted' ? store.findings.muteOf(finding.id) : undefined;
    return {
      status: 'pass',
      summary: `${finding.id}: ${finding.title}`,
      findings: [finding],
      data: {
        finding: finding.id,
        check: finding.verify.check,
        mute: mute === undefined ? null : { until: isoOrNull(mute.untilMs), reason: mute.reason },
      },
      next: [finding.verify.argv.join(' ')],
    };
  });
}

/** Keeps a finding out of results and exit codes; the reason is for those who come later. */
export function muteFinding(
  runtime: Runtime,
  id: string,
  options: { reason: string; forMs?: number | undefined },
): Promise<RunResult> {
  return ownCommand(runtime, 'findings mute', async () => {
    const store = runtime.openStore();
    const { id: known } = findFinding(store, id);
    const untilMs = options.forMs === undefined ? undefined : runtime.clock.wallMs() + options.forMs;
    // A reason is free text from a terminal, and it is stored.
    const reason = (await runtime.redactor()).text(options.reason);
    store.findings.mute(known, untilMs, reason);
    const until = isoOrNull(untilMs);
    return {
      status: 'pass',
      summary: `${known} is muted ${until === null ? 'until it is unmuted' : `until ${until}`}.`,
      findings: [findFinding(store, known)],
      data: { finding: known, muted: true, until, reason },
      next: [`rearguard findings unmute ${known}`],
    };
  });
}

/** Lets a muted finding count again. */
export function unmuteFinding(runtime: Runtime, id: string): Promise<RunResult> {
  return ownCommand(runtime, 'findings unmute', () => {
    const store = runtime.openStore();
    const { id: known } = findFinding(store, id);
    const wasMuted = store.findings.unmute(known);
    return {
      status: 'pass',
      summary: wasMuted ? `${known} counts again.` : `${known} was not muted.`,
      findings: [findFinding(store, known)],
      data: { finding: known, muted: false, until: null, reason: null },
      next: [],
    };
  });
}

function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
