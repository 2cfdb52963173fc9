import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { planMigration, writeMigrationFiles } from '../../../src/runtime/fix/plan-migration.ts';
import { type BenchPart, type BenchRow, notRun, row } from '../bench.ts';
import { installServers } from '../install-servers.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import type { Framework, Place } from './migrations/framework.ts';
import { install, INSTALLATIONS, runProgram } from './migrations/installations.ts';
import { NODE_PROJECTS } from './migrations/node-projects.ts';
import { OTHER_PROJECTS } from './migrations/other-projects.ts';

const FRAMEWORKS: readonly Framework[] = [...NODE_PROJECTS, ...OTHER_PROJECTS];
/** For a first look: one of each installation. */
const ONE_EACH = [...new Map(FRAMEWORKS.map((one) => [one.needs, one])).values()];
const COMMAND_TIMEOUT_MS = 90_000;
const PRISMA = 'not available here: its schema engine is fetched from outside of npm';

interface Patch {
  id: string;
  sql: string;
  /** Whether it is done: an index that is there and valid, a constraint that was checked. */
  isDone: string;
  /** Whether it is as it should be once it was taken back. */
  isUndone: string;
}

/** What languages and drivers give a meaning: quotes, and places of values. */
const ODD_NAME = `or'der?s by "buyer" :now $1 %s {x} #{x}`;

function indexPatch(id: string, name: string, onWhat: string): Patch {
  const named = `SELECT count(*) = 1 AS yes FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = '${name.replaceAll("'", "''")}'`;
  return {
    id,
    sql: `CREATE INDEX CONCURRENTLY "${name.replaceAll('"', '""')}" ON public.orders ${onWhat};`,
    isDone: `${named} AND indisvalid`,
    isUndone: named.replace('= 1', '= 0'),
  };
}

const IS_VALIDATED = "SELECT convalidated AS yes FROM pg_constraint WHERE conname = 'buyer_known'";

function patchesFor({ replacesInFiles }: Framework): readonly Patch[] {
  const name = replacesInFiles === true ? ODD_NAME : `${ODD_NAME} \${x}`;
  return [
    indexPatch('optimize-0a1b2c3d', name, '(buyer)'),
    {
      id: 'database-1b2c3d4e',
      sql: 'ALTER TABLE public.orders VALIDATE CONSTRAINT buyer_known;',
      isDone: IS_VALIDATED,
      isUndone: IS_VALIDATED,
    },
    indexPatch('optimize-2c3d4e5f', 'orders_open', "(id) WHERE state = 'it''s open:now?'"),
  ];
}

/**
 * What `fix --as-migration` writes, run by each framework's own command on a real PostgreSQL: every patch is asked after once it ran, and again once it was
 * taken back.
 */
export const migrationRows: BenchPart = async ({ quick, log }) => {
  installServers({ peers: true });
  const server = await startPostgres();
  const owner = new Client({ connectionString: server.url });
  try {
    await owner.connect();
    const rows: BenchRow[] = [];
    for (const [index, framework] of (quick ? ONE_EACH : FRAMEWORKS).entries()) {
      const database = `bench_${index}`;
      await owner.query(`CREATE DATABASE ${database}`);
      const figure = await inTemporaryFolder((root) => rowOf(framework, root, server.url, database, log));
      log(`${framework.name}: ${figure.note ?? ''}`);
      rows.push(figure);
    }
    const ran = rows.filter(({ value }) => value !== null);
    const sum = (of: (figure: BenchRow) => number): number =>
      ran.reduce((all, figure) => all + of(figure), 0);
    return [
      ...rows,
      notRun('Prisma', 'steps', PRISMA),
      row({
        name: 'all that could be run',
        value: sum(({ value }) => Number(value)),
        unit: 'steps',
        goal: { op: '=', value: sum(({ goal }) => goal?.value ?? 0) },
        samples: ran.length,
      }),
    ];
  } finally {
    await owner.end();
    await server.stop();
  }
};

async function rowOf(
  framework: Framework,
  root: string,
  serverUrl: string,
  database: string,
  log: (line: string) => void,
): Promise<BenchRow> {
  const { name, down } = framework;
  const installed = await install(INSTALLATIONS[framework.needs], log);
  if ('reason' in installed) return notRun(name, 'steps', `not available here: ${installed.reason}`);
  const place = placeOf(root, installed.folder, serverUrl, database);
  await layProject(framework, place);
  const wrong: string[] = [];
  const { applied, names } = await applyAll(framework, place, wrong);
  const undone = down === null || wrong.length > 0 ? 0 : await undoAll(framework, place, names, wrong);
  for (const reason of wrong) log(`${name}: ${reason}`);
  const count = patchesFor(framework).length;
  const ways = down === null ? 'it takes nothing back' : `undone ${undone} of ${count}`;
  return row({
    name,
    value: applied + undone,
    unit: 'steps',
    goal: { op: '=', value: count * (down === null ? 1 : 2) },
    note: [`applied ${applied} of ${count}, ${ways}`, ...wrong.map((one) => one.slice(0, 200))].join('; '),
  });
}

/** Writes and runs a migration for each patch, until one goes wrong; names are those of the newest file after each, from the first of the project on. */
async function applyAll(
  framework: Framework,
  place: Place,
  wrong: string[],
): Promise<{ applied: number; names: string[] }> {
  const names = [newestOf(Object.keys(framework.files(place)), framework.folder)];
  const { signal } = new AbortController();
  const first = await runAll(framework, place, framework.up(place));
  if (first !== null) wrong.push(`its own migration: ${first}`);
  let applied = 0;
  for (const { id, sql, isDone } of patchesFor(framework)) {
    if (wrong.length > 0) break;
    try {
      const finding = { id, rule: 'query-optimizer/missing-index', patch: sql };
      const stampMs = Date.now();
      const { files } = await planMigration(finding, place.root, framework.folder, { stampMs, signal });
      await writeMigrationFiles(id, place.root, files, { force: true, signal });
      names.push(
        newestOf(
          files.map((file) => file.name),
          framework.folder,
        ),
      );
    } catch (thrown) {
      wrong.push(`${id} was not written: ${String(thrown)}`);
      continue;
    }
    const reason = await runAll(framework, place, framework.up(place));
    if (reason !== null) wrong.push(`${id} up: ${reason}`);
    else if (!(await isSo(place, isDone))) wrong.push(`${id} ran, and is not there`);
    else applied += 1;
  }
  return { applied, names };
}

async function undoAll(
  framework: Framework,
  place: Place,
  names: readonly string[],
  wrong: string[],
): Promise<number> {
  const patches = patchesFor(framework);
  for (const [undone, { id, isUndone }] of patches.toReversed().entries()) {
    const argv = framework.down?.(place, names[patches.length - 1 - undone] ?? '') ?? [];
    const reason = await runAll(framework, place, [argv]);
    if (reason !== null) wrong.push(`${id} down: ${reason}`);
    else if (!(await isSo(place, isUndone))) wrong.push(`${id} was taken back, and is still there`);
    if (wrong.length > 0) return undone;
  }
  return patches.length;
}

function newestOf(files: readonly string[], folder: string): string {
  const own = files.filter((file) => file.startsWith(`${folder}/`) && !file.endsWith('__init__.py'));
  return (own.toSorted().at(-1) ?? '').slice(folder.length + 1);
}

/** null where all went right, and what was said where one did not. */
async function runAll(
  framework: Framework,
  place: Place,
  commands: readonly (readonly string[])[],
): Promise<string | null> {
  const environment = framework.environment?.(place) ?? {};
  for (const argv of commands) {
    const ended = await runProgram(argv, { cwd: place.root, timeoutMs: COMMAND_TIMEOUT_MS, environment });
    if (!ended.isRight) return ended.output.slice(-2_000);
  }
  return null;
}

function placeOf(root: string, tools: string, serverUrl: string, database: string): Place {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return {
    root,
    tools,
    url: url.href,
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
  };
}

async function layProject(framework: Framework, place: Place): Promise<void> {
  for (const [name, text] of Object.entries(framework.files(place))) {
    const file = join(place.root, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (framework.linksNodeModules === true) {
    await symlink(join(place.tools, 'node_modules'), join(place.root, 'node_modules'));
  }
}

async function isSo({ url }: Place, question: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const answer = await client.query<{ yes: boolean }>(question);
    return answer.rows[0]?.yes === true;
  } finally {
    await client.end();
  }
}
