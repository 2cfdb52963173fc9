import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { RearguardError, reasonOf } from '../../../core/errors.ts';
import type { PlanContext } from './make-plan.ts';
import type { FeederSettings } from './schema.ts';

/** Whole documents of JSON stand in memory; CSV and NDJSON are read as they come. */
const MAX_JSON_BYTES = 64 * 1_024 * 1_024;
const MAX_RECORD_BYTES = 1_024 * 1_024;

/** The fields first, then row after row, in their order. Throws E_FILE_UNREADABLE, E_FILE_TOO_LARGE, E_SCENARIO_INVALID. */
export async function* feederRows(
  ctx: Pick<PlanContext, 'files' | 'signal'>,
  path: string,
  settings: Pick<FeederSettings, 'format' | 'delimiter'>,
): AsyncGenerator<readonly string[]> {
  switch (settings.format ?? formatOf(path)) {
    case 'json':
      yield* tableOf(path, await jsonRecords(ctx, path));
      break;
    case 'ndjson':
      yield* tableOf(path, ndjsonRecords(ctx, path));
      break;
    default:
      yield* csvRows(ctx, path, settings.delimiter ?? (/\.tsv$/i.test(path) ? '\t' : ','));
  }
}

function formatOf(path: string): FeederSettings['format'] {
  const extension = extname(path.replace(/\.gz$/i, '')).toLowerCase();
  if (extension === '.json') return 'json';
  return extension === '.ndjson' || extension === '.jsonl' ? 'ndjson' : 'csv';
}

async function* csvRows(
  ctx: Pick<PlanContext, 'files' | 'signal'>,
  path: string,
  delimiter: string,
): AsyncGenerator<readonly string[]> {
  const parser = Readable.from(terminated(ctx.files.lines(path, { signal: ctx.signal }))).pipe(
    parse({ delimiter, bom: true, skip_empty_lines: true, trim: true, max_record_size: MAX_RECORD_BYTES }),
  );
  try {
    for await (const row of parser) yield row as string[];
  } catch (thrown) {
    ctx.signal.throwIfAborted();
    if (thrown instanceof RearguardError) throw thrown;
    const { lines } = thrown as Partial<CsvError> & { lines?: number };
    throw unusable(path, `${lines === undefined ? '' : `line ${lines}: `}${reasonOf(thrown)}`);
  }
}

async function* terminated(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

async function jsonRecords(ctx: Pick<PlanContext, 'files'>, path: string): Promise<unknown[]> {
  const text = await ctx.files.readText(path, MAX_JSON_BYTES);
  const value = parsed(text, path, '');
  if (!Array.isArray(value)) throw unusable(path, 'it is no JSON array of objects');
  return value;
}

async function* ndjsonRecords(ctx: Pick<PlanContext, 'files' | 'signal'>, path: string): AsyncGenerator {
  let line = 0;
  for await (const text of ctx.files.lines(path, { signal: ctx.signal })) {
    line += 1;
    if (text.trim() !== '') yield parsed(text, path, `line ${line}: `);
  }
}

function parsed(text: string, path: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, and rows of users hold passwords.
    throw unusable(path, `${place}it is not JSON`);
  }
}

/** The first record says which fields there are. */
async function* tableOf(
  path: string,
  records: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<readonly string[]> {
  let fields: string[] | undefined;
  let count = 0;
  for await (const record of records) {
    count += 1;
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      throw unusable(path, `record ${count} is no object`);
    }
    if (fields === undefined) {
      fields = Object.keys(record);
      yield fields;
    }
    yield fields.map((field) => textOf((record as Record<string, unknown>)[field]));
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unusable(path: string, reason: string): RearguardError {
  return new RearguardError('E_SCENARIO_INVALID', { path, problems: reason });
}
