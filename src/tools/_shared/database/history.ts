import { redactText } from '../../../core/redact.ts';
import type { ObservationKey, ObservationStore, TimeRange } from '../../../store/store.ts';
import { applyParts, diffParts, type PartsDiff } from './history-diff.ts';
import type { ServerFacts } from './postgres/server.ts';
import type { Snapshot, Topic } from './postgres/snapshot.ts';
import type { Reading } from './reading.ts';
import type { StatementCounters, StatementSnapshot } from './statements.ts';

/** Counters that are kept, so that windows of the past can be looked at: what only means something as a difference. */
export const HISTORY_TOPICS = [
  'statements',
  'databases',
  'tables',
  'indexes',
  'checkpoints',
  'wal',
  'sequences',
  'wraparound',
] as const satisfies readonly Topic[];
export type HistoryTopic = (typeof HISTORY_TOPICS)[number];
export type CounterSnapshot = Snapshot<HistoryTopic>;

/** Whose history: the tool that keeps it, and the name of the target. */
export interface HistoryOf {
  tool: string;
  target: string;
}

const COUNTERS = 'counters';
const TEXTS = 'statement-texts';
/** Raised when the documents change their shape; others are left out. */
const VERSION = 2;
/**
 * A look is kept whole once an hour, in between as what changed since the one before. Measured: 5,000 statements take
 * 22 MB a day when 500 of them are busy, 82 MB when all are.
 */
const WHOLE_EVERY_MS = 3_600_000;
/** All texts are kept once an hour, in between those that are new: a reader never has to look further back. */
const TEXTS_EVERY_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** More of them are looked at less often. */
const STATEMENTS_A_MINUTE = 1_000;

interface CountersDocument {
  version: number;
  server: Omit<ServerFacts, 'extensions'>;
  /** Does not build on the look before. */
  whole: boolean;
  /** Statements without their texts. */
  parts: PartsDiff;
}

/** Kept parts of a look, and when it was. */
interface KeptLook {
  atMs: number;
  server: CountersDocument['server'];
  parts: CounterSnapshot['parts'];
}

interface TextsDocument {
  version: number;
  /** By the key of the statement; secrets that show themselves are gone. */
  texts: Readonly<Record<string, string>>;
}

/**
 * Keeps a snapshot, unless one was kept less than a minute ago (less often where there are thousands of statements).
 * Texts are kept beside the counters, each once an hour. Returns whether it was kept.
 */
export function keepCounters(store: ObservationStore, of: HistoryOf, snapshot: CounterSnapshot): boolean {
  const { takenAtMs, server, parts } = snapshot;
  const statements = parts.statements.known ? parts.statements.value.statements : [];
  const everyMs = MINUTE_MS * Math.max(1, statements.length / STATEMENTS_A_MINUTE);
  // A tenth earlier is the same minute of a rhythm that varies.
  const recent = { fromMs: takenAtMs - 0.9 * everyMs, toMs: takenAtMs };
  if (store.times(keyOf(of, COUNTERS), recent).length > 0) return false;
  keepTexts(store, of, takenAtMs, statements);
  const { extensions: _, ...facts } = server;
  const before = keptLooks(store, of, { fromMs: takenAtMs - WHOLE_EVERY_MS, toMs: takenAtMs }).at(-1);
  const document: CountersDocument = {
    version: VERSION,
    server: facts,
    whole: before === undefined,
    parts: diffParts(before?.parts ?? null, {
      ...parts,
      statements: mapStatements(parts.statements, (one) => ({ ...one, text: null })),
    }),
  };
  store.add({ ...keyOf(of, COUNTERS), atMs: takenAtMs, document });
  return true;
}

/** When snapshots were kept, in time order, without reading them. */
export function keptTimes(store: ObservationStore, of: HistoryOf, range: TimeRange): number[] {
  return store.times(keyOf(of, COUNTERS), range);
}

/** Snapshots of the range in time order, `from` inclusive, with the texts of their statements. */
export function keptCounters(store: ObservationStore, of: HistoryOf, range: TimeRange): CounterSnapshot[] {
  const texts = keptTexts(store, of, range);
  // What the first of them builds on may have been kept an hour earlier.
  const looks = keptLooks(store, of, { ...range, fromMs: range.fromMs - WHOLE_EVERY_MS });
  return looks
    .filter(({ atMs }) => atMs >= range.fromMs)
    .map(({ atMs, server, parts }) => ({
      takenAtMs: atMs,
      server: { ...server, extensions: new Map() },
      parts: {
        ...parts,
        statements: mapStatements(parts.statements, (one) => ({ ...one, text: texts.get(one.key) ?? null })),
      },
    }));
}

/** The newest one before a time; undefined when there is none. */
export function keptBefore(
  store: ObservationStore,
  of: HistoryOf,
  beforeMs: number,
): CounterSnapshot | undefined {
  const newest = store.latest(keyOf(of, COUNTERS), beforeMs);
  return newest && keptCounters(store, of, { fromMs: newest.atMs, toMs: newest.atMs + 1 })[0];
}

/** In time order, from the first one of the range that was kept whole. */
function keptLooks(store: ObservationStore, of: HistoryOf, range: TimeRange): KeptLook[] {
  const looks: KeptLook[] = [];
  for (const { atMs, document } of store.list(keyOf(of, COUNTERS), range)) {
    const { version, server, whole, parts } = document as CountersDocument;
    const before = whole ? null : looks.at(-1)?.parts;
    if (version !== VERSION || before === undefined) continue;
    looks.push({ atMs, server, parts: applyParts(before, parts) });
  }
  return looks;
}

/** Normalised texts hold no constants of queries; commands may hold all of theirs, a new password among them. */
function redactStatement(text: string): string {
  return redactText(text.replace(/\b(password)\s+e?'(?:[^']|'')*'/gi, "$1 '…'"));
}

function keepTexts(
  store: ObservationStore,
  of: HistoryOf,
  atMs: number,
  statements: readonly StatementCounters[],
): void {
  const kept = new Set(keptTexts(store, of, { fromMs: atMs, toMs: atMs }).keys());
  const fresh = statements.filter(({ key, text }) => text !== null && !kept.has(key));
  if (fresh.length === 0) return;
  const texts = Object.fromEntries(fresh.map(({ key, text }) => [key, redactStatement(text ?? '')]));
  store.add({ ...keyOf(of, TEXTS), atMs, document: { version: VERSION, texts } satisfies TextsDocument });
}

function keptTexts(store: ObservationStore, of: HistoryOf, { fromMs, toMs }: TimeRange): Map<string, string> {
  const range = { fromMs: fromMs - TEXTS_EVERY_MS, toMs: toMs + 1 };
  const documents = store
    .list(keyOf(of, TEXTS), range)
    .map(({ document }) => document as TextsDocument)
    .filter(({ version }) => version === VERSION);
  return new Map(documents.flatMap(({ texts }) => Object.entries(texts)));
}

function keyOf({ tool, target }: HistoryOf, kind: string): ObservationKey {
  return { tool, subject: target, kind };
}

function mapStatements(
  reading: Reading<StatementSnapshot>,
  change: (one: StatementCounters) => StatementCounters,
): Reading<StatementSnapshot> {
  if (!reading.known) return reading;
  return { known: true, value: { ...reading.value, statements: reading.value.statements.map(change) } };
}
