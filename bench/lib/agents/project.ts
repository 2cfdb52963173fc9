import { readdirSync, readFileSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { systemFiles } from '../../../src/platform/files.ts';
import { readProject } from '../../../src/project/read-project.ts';
import { type ExpectedFacts, scoreFacts } from '../../../src/project/test-support/fact-lines.ts';
import { type BenchPart, type BenchRow, row } from '../bench.ts';

/** From the root of the project, where `npm run` stands: fixtures are not built. */
const BACKENDS = resolve('test/fixtures/backends');
const SHARE = { op: '>=', value: 90 } as const;
const NONE = { op: '=', value: 0 } as const;

/** What is found of backends laid out as each framework's own generator does, against what a person listed beforehand. */
export const projectRows: BenchPart = async ({ log }) => {
  const rows: BenchRow[] = [];
  const all = { right: 0, expected: 0, invented: 0 };
  for (const name of readdirSync(BACKENDS)) {
    const root = join(BACKENDS, name);
    const expected = JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8')) as ExpectedFacts;
    const facts = await readProject(root, systemFiles, new AbortController().signal);
    const score = scoreFacts(facts, expected);
    for (const line of score.missing) log(`${name}: not found: ${line}`);
    for (const line of score.invented) log(`${name}: invented: ${line}`);
    all.right += score.right;
    all.expected += score.expected;
    all.invented += score.invented.length;
    rows.push(
      share(`facts of ${name}`, score.right, score.expected),
      invented(`invented of ${name}`, score.invented.length),
    );
  }
  return [...rows, share('facts of all', all.right, all.expected), invented('invented of all', all.invented)];
};

function share(name: string, right: number, expected: number): BenchRow {
  const value = Math.round((right / expected) * 1_000) / 10;
  return row({ name, value, unit: '%', goal: SHARE, samples: expected, note: `${right} of ${expected}` });
}

function invented(name: string, value: number): BenchRow {
  return row({ name, value, unit: 'facts', goal: NONE });
}
