import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'libsql';
import { createRedactor } from '../../../src/core/redact.ts';
import { createLogSources } from '../../../src/platform/log-source/sources.ts';
import { ingestLogs } from '../../../src/tools/error-analyzer/collect/ingest.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { outsideFences, proseOf, readably } from './agent/fences.ts';
import { INSTRUCTIONS } from './agent/instructions.ts';
import { SECRETS, spellingsOf } from './agent/secrets.ts';
import { HISTORY_MS, KNOWN_GROUPS, writeLog } from './agent/written-log.ts';

const MINUTE_MS = 60_000;
/** Tokens of English are nearer to four bytes; ids and times have fewer. */
const BYTES_PER_TOKEN = 3;

interface Outputs {
  markdown: string;
  agent: string;
  json: string;
  /** Of every other command and format. */
  others: string;
}

/** An agent asks what is wrong: how much it has to read, whether anything in the logs can speak to it, and what of their secrets is told or kept. */
export function agentRows({ log }: BenchOptions): Promise<BenchRow[]> {
  return inTemporaryFolder(async (folder) => {
    const path = join(folder, 'app.log');
    const nowMs = Date.now();
    await writeFile(
      join(folder, 'rearguard.config.yaml'),
      'tools:\n  error-analyzer:\n    sources: [app.log]\n',
    );
    await writeLog({
      path,
      fromMs: nowMs - HISTORY_MS,
      toMs: nowMs - 30 * MINUTE_MS,
      plainRecords: 20_000,
      isPlanted: false,
    });
    await runCli(['errors', 'analyze'], folder);
    const lines = await writeLog({
      path,
      fromMs: nowMs - 30 * MINUTE_MS,
      toMs: nowMs,
      plainRecords: 2_000,
      isPlanted: true,
    });
    log(`agent: ${lines} lines with what is planted`);
    const outputs = await askAll(folder);
    const report = JSON.parse(outputs.json) as { data: { groupCount: number } };
    const all = Object.values(outputs).join('\n');
    return [
      row({
        name: 'agent: groups of errors in the overview’s window',
        value: report.data.groupCount,
        unit: 'groups',
        goal: { op: '>=', value: KNOWN_GROUPS },
      }),
      tokenRow('Markdown', outputs.markdown),
      tokenRow('text for agents', outputs.agent),
      instructionRow('Markdown', [outsideFences(outputs.markdown)]),
      instructionRow('JSON', proseOf(report)),
      secretRow('in any output', all),
      secretRow('in the store', await bytesOfStore(join(folder, '.rearguard'))),
      await idRow(path),
    ];
  });
}

async function askAll(folder: string): Promise<Outputs> {
  const ask = async (argv: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runCli(argv, folder);
    return stdout + stderr;
  };
  const json = (await runCli(['errors', 'analyze', '--output', 'json'], folder)).stdout;
  const { data } = JSON.parse(json) as { data: { groups: { id: string }[] } };
  const shown: string[] = [];
  for (const { id } of data.groups.slice(0, 2)) {
    shown.push(await ask(['errors', 'show', id]), await ask(['errors', 'show', id, '--output', 'json']));
  }
  return {
    json,
    markdown: await ask(['errors', 'analyze', '--output', 'markdown']),
    agent: (await runCli(['errors', 'analyze'], folder, ['env', 'REARGUARD_MODE=agent'])).stdout,
    others: [
      await ask(['errors', 'analyze', '--detail', 'full']),
      await ask(['errors', 'analyze', '--output', 'markdown', '--detail', 'full']),
      await ask(['errors', 'analyze', '--output', 'html']),
      await ask(['findings', 'list']),
      ...shown,
    ].join('\n'),
  };
}

function tokenRow(format: string, text: string): BenchRow {
  const bytes = Buffer.byteLength(text);
  return row({
    name: `agent: overview as ${format}, default limits`,
    value: Math.ceil(bytes / BYTES_PER_TOKEN),
    unit: 'tokens',
    goal: { op: '<=', value: 2_000 },
    note: `${bytes} bytes, ${BYTES_PER_TOKEN} for a token`,
  });
}

function instructionRow(format: string, texts: readonly string[]): BenchRow {
  const prose = texts.map(readably);
  const escaped = INSTRUCTIONS.filter(({ order }) => prose.some((text) => text.includes(readably(order))));
  return row({
    name: `agent: planted instructions outside of a fence, ${format}`,
    value: escaped.length,
    unit: 'instructions',
    goal: { op: '=', value: 0 },
    samples: INSTRUCTIONS.length,
    ...(escaped.length === 0
      ? {}
      : { note: escaped.map(({ place, order }) => `${place}: ${order}`).join('; ') }),
  });
}

function secretRow(where: string, text: string): BenchRow {
  const found = SECRETS.filter((planted) => spellingsOf(planted).some((spelling) => text.includes(spelling)));
  return row({
    name: `agent: planted secrets and personal data ${where}`,
    value: found.length,
    unit: 'secrets',
    goal: { op: '=', value: 0 },
    samples: SECRETS.length,
    ...(found.length === 0 ? {} : { note: found.map(({ kind }) => kind).join(', ') }),
  });
}

/** All bytes of its files, and every document that is packed in them. */
async function bytesOfStore(folder: string): Promise<string> {
  const parts: string[] = [];
  for (const name of await readdir(folder))
    parts.push((await readFile(join(folder, name))).toString('latin1'));
  const db = new Database(join(folder, 'store.db'), { readonly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
    name: string;
  }[];
  for (const { name } of tables) {
    for (const stored of db.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[]) {
      for (const value of Object.values(stored)) parts.push(textOf(value));
    }
  }
  db.close();
  return parts.join('\n');
}

function textOf(value: unknown): string {
  if (value instanceof ArrayBuffer || value instanceof Uint8Array) {
    const bytes = Buffer.from(value as Uint8Array);
    return bytes[0] === 0x1f && bytes[1] === 0x8b
      ? gunzipSync(bytes).toString('utf8')
      : bytes.toString('latin1');
  }
  return String(value);
}

/** Groups of the same log with nothing taken out of it. */
async function idRow(path: string): Promise<BenchRow> {
  const idsWith = async (redact: ReturnType<typeof createRedactor>): Promise<string> => {
    const { segments } = await ingestLogs({
      sources: createLogSources(),
      read: {
        specs: [{ kind: 'files', path }],
        checkpoints: [],
        follow: false,
        signal: new AbortController().signal,
      },
      zoneOffsetMinutes: 0,
      range: { fromMs: 0, toMs: Date.UTC(2100) },
      redact,
      nowMs: () => 0,
    });
    return JSON.stringify(
      segments.flatMap(({ groups }) => groups.map(({ id, isError, minutes }) => [id, isError, minutes])),
    );
  };
  const nothing = { text: (text: string) => text, deep: <T>(value: T) => value };
  // A known secret that is a word of nearly every message: redaction of it must not make their groups one.
  const same = (await idsWith(createRedactor(['stored', 'shipped', 'order']))) === (await idsWith(nothing));
  return row({
    name: 'agent: logs whose groups are others when nothing is redacted',
    value: same ? 0 : 1,
    unit: 'logs',
    goal: { op: '=', value: 0 },
    samples: 1,
  });
}
