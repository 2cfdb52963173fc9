import { createHash } from 'node:crypto';
import { z } from 'zod';
import { refused } from '../plan-diff.ts';
import { withinTransaction } from '../statements.ts';
import { assertNoQuotedBreak, fresh, headWith, upsOf, written } from './text.ts';
import type { MigrationFile, MigrationParts, Writer } from './types.ts';
import { versionAfter } from './version.ts';

const BREAKPOINT = '--> statement-breakpoint';
/** Milliseconds between two entries of the journal are enough: it runs what is younger than the youngest that ran. */
const entrySchema = z.looseObject({
  idx: z.number().int(),
  version: z.string().optional(),
  when: z.number(),
  tag: z.string(),
  breakpoints: z.boolean().optional(),
});
const journalSchema = z.looseObject({ version: z.string(), entries: z.array(entrySchema) });
const snapshotSchema = z.looseObject({ id: z.string(), prevId: z.string() });

/** File, entry of the journal, and a copy of the newest snapshot, as `drizzle-kit generate --custom` makes them. */
export const drizzle: Writer = (parts) => {
  assertNoQuotedBreak(parts, 'Drizzle');
  const refuse = (reason: string): Error =>
    refused(parts.finding, reason, 'Make an empty one with `drizzle-kit generate --custom` and copy it in.');
  if (upsOf(parts).some((statement) => statement.includes(BREAKPOINT))) {
    throw refuse('a name in it holds what separates statements for Drizzle');
  }
  if (parts.register === null) throw refuse('meta/_journal.json of Drizzle was not found');
  const { name: journalName, text: journalText } = parts.register;
  const journal = journalSchema.safeParse(parsed(journalText));
  if (!journal.success) throw refuse('meta/_journal.json of Drizzle could not be read');
  const { entries, version } = journal.data;
  const last = entries.at(-1);
  const head = last === undefined ? null : { name: last.tag, reference: last.tag };
  const prefix = versionAfter({ ...parts, head }, '0000');
  const tag = `${prefix}_${parts.slug}`;
  const entry = {
    idx: (last?.idx ?? -1) + 1,
    version: last?.version ?? version,
    when: Math.max(parts.stampMs, ...entries.map(({ when }) => when + 1)),
    tag,
    breakpoints: true,
  };
  const statements = parts.steps.map(({ up }) => withinTransaction(up));
  if (statements.includes(null)) throw refuse('Drizzle runs it in a transaction, and its index has no name');
  const notes = parts.noTransaction ? byHand(upsOf(parts)) : [];
  const text = [
    headWith('--', parts, notes),
    statements.map((statement) => `${statement};`).join(`${BREAKPOINT}\n`),
    '\n',
  ].join('');
  return written(
    [
      fresh(`${tag}.sql`, text),
      goneOn(journalName, journalText, { ...journal.data, entries: [...entries, entry] }),
      ...snapshotOf(parts, last?.tag, prefix),
    ],
    ...notes,
  );
};

function byHand(statements: readonly string[]): string[] {
  return [
    'Drizzle runs migrations in one transaction, in which PostgreSQL neither makes nor drops an index CONCURRENTLY.',
    'Where the table is in use, run this by hand first; the migration then finds it done. Otherwise it keeps writers waiting:',
    ...statements.map((statement) => `${statement};`),
  ];
}

/** The snapshot of a migration that drizzle-kit cannot compare: the one before, under an id of its own. */
function snapshotOf(parts: MigrationParts, tag: string | undefined, prefix: string): MigrationFile[] {
  const text = tag === undefined ? null : parts.beside(`meta/${tag.split('_')[0]}_snapshot.json`);
  const snapshot = snapshotSchema.safeParse(parsed(text ?? ''));
  if (!snapshot.success) return [];
  const digest = createHash('sha256').update(`${snapshot.data.id} ${parts.finding}`).digest('hex');
  const id = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
  const next = { ...snapshot.data, id, prevId: snapshot.data.id };
  return [fresh(`meta/${prefix}_snapshot.json`, JSON.stringify(next, null, 2))];
}

function goneOn(name: string, before: string, value: unknown): MigrationFile {
  return { name, before, text: JSON.stringify(value, null, 2) + (before.endsWith('\n') ? '\n' : '') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
