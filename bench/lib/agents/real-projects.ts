import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProjectFacts } from '../../../src/project/facts.ts';
import { type BenchPart, type BenchRow, notRun, row } from '../bench.ts';
import { cacheFolder } from '../cache-folder.ts';
import { fetchSource } from './package-sources.ts';
import { type RealProject, scoreRealProject } from './real-project.ts';

/** From the root of the project, where `npm run` stands: data is not built. */
const PROJECTS = resolve('bench/data/agents/real-projects');

const SHARE = { op: '>=', value: 80 } as const;
const SECONDS = { op: '<=', value: 15 } as const;
/** V8 of 64 bits takes some 60 MB for itself. */
const MEMORY_MB = { op: '<=', value: 1_000 } as const;

export interface ReadResult {
  facts: ProjectFacts;
  seconds: number;
  maxMemoryMb: number;
}

/** What is found of backends that others wrote, against what their own frameworks list. */
export const realProjectRows: BenchPart = async ({ log }) => {
  const cache = cacheFolder('real-projects');
  const rows: BenchRow[] = [];
  const all = { right: 0, expected: 0, invented: 0, routes: 0, rightRoutes: 0 };
  for (const file of readdirSync(PROJECTS)) {
    const name = file.replace(/\.json$/, '');
    const project = JSON.parse(readFileSync(join(PROJECTS, file), 'utf8')) as RealProject;
    const { root, reason = '' } = fetchSource(project.source, cache);
    if (root === null) {
      rows.push(notRun(`facts of ${name}`, '%', reason, SHARE));
      continue;
    }
    const { facts, seconds, maxMemoryMb } = readInProcess(root);
    const { expected, missing, invented, endpoints } = scoreRealProject(facts, project);
    for (const line of missing) log(`${name}: not found: ${line}`);
    for (const line of invented) log(`${name}: invented: ${line}`);
    const right = expected - missing.length;
    all.right += right;
    all.expected += expected;
    all.invented += invented.length;
    all.routes += endpoints.expected;
    all.rightRoutes += endpoints.expected - endpoints.missing;
    const routes = `${endpoints.expected - endpoints.missing} of ${endpoints.expected} endpoints`;
    rows.push(
      share(`facts of ${name}`, right, expected, `${right} of ${expected}; ${routes}`),
      row({ name: `invented of ${name}`, value: invented.length, unit: 'facts' }),
      row({ name: `time for ${name}`, value: seconds, unit: 's', goal: SECONDS }),
      row({ name: `memory for ${name}`, value: maxMemoryMb, unit: 'MB', goal: MEMORY_MB }),
    );
  }
  if (all.expected === 0) return rows;
  return [
    ...rows,
    share('facts of all', all.right, all.expected, `${all.right} of ${all.expected}`),
    share('endpoints of all', all.rightRoutes, all.routes, `${all.rightRoutes} of ${all.routes}`),
    row({ name: 'invented of all', value: all.invented, unit: 'facts' }),
  ];
};

function share(name: string, right: number, expected: number, note: string): BenchRow {
  const value = Math.round((right / expected) * 1_000) / 10;
  return row({ name, value, unit: '%', goal: SHARE, samples: expected, note });
}

function readInProcess(root: string): ReadResult {
  const isSource = import.meta.url.endsWith('.ts');
  const script = isSource
    ? new URL('./project-reader.ts', import.meta.url)
    : new URL('./project-reader.js', import.meta.url);
  const loader = isSource ? ['--import', 'jiti/register'] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...loader, fileURLToPath(script), root], {
    encoding: 'utf8',
    maxBuffer: 256 * 1_024 * 1_024,
  });
  if (status !== 0) throw new Error(`the reader of ${root} failed: ${stderr}`);
  return JSON.parse(stdout) as ReadResult;
}
