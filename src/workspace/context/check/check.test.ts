import { describe, expect, it } from 'vitest';
import { documentLines } from '../../regions.ts';
import { commandMismatches, type KnownCommands } from './commands.ts';
import { endpointMismatches } from './endpoints.ts';
import { figureMismatches } from './figures.ts';
import { generatedMismatches, swallowedRegions } from './generated.ts';
import { fileLinks } from './links.ts';
import { contextFacts } from '../facts-fixture.ts';
import { contextRegions } from '../regions.ts';

const KNOWN: KnownCommands = {
  own: [['check'], ['run'], ['findings', 'list'], ['findings', 'show']],
  tools: [
    { name: 'api-health-monitor', alias: 'health', commands: ['watch', 'status'] },
    { name: 'security-scanner', alias: 'security', commands: null },
  ],
  launchers: ['tools/api-health-monitor.js', 'tools/security-scanner.py'],
};
const lines = (text: string): ReturnType<typeof documentLines> => documentLines(text, 'AI-CONTEXT.md');
const region = (name: string, body: string): string =>
  `<!-- rearguard:begin ${name} -->\n${body}\n<!-- rearguard:end ${name} -->\n`;

describe('command lines', () => {
  const wrong = (text: string): string[] =>
    commandMismatches(lines(text), KNOWN).map(({ line, message }) => `${line} ${message}`);

  it.each([
    '`rearguard check --fail-on low`',
    '`rearguard run daily`',
    '`rearguard findings`, `rearguard findings show <id>`',
    '`rearguard health status` and `rearguard api-health-monitor watch --endpoints=/x`',
    '`rearguard security scan`',
    '```bash\n$ node tools/api-health-monitor.js status\npython tools/security-scanner.py scan --full\n# rearguard nothing\n```',
    'rearguard nothing is prose',
    '`rearguard` and `rearguard:begin` and `rearguard --help` and `rearguard <tool> <command>`',
  ])('are right: %s', (text) => {
    expect(wrong(text)).toEqual([]);
  });

  it.each([
    ['\n`rearguard heath status`', '2 there is no tool or command heath. Did you mean `health`?'],
    ['`rearguard health statuss`', '1 api-health-monitor has no command statuss. Did you mean `status`?'],
    ['`rearguard findings shw x`', '1 `rearguard findings` has no command shw. Did you mean `show`?'],
    ['```\nnode tools/gone.js status\n```', '2 there is no launcher tools/gone.js'],
    [
      '```\nnode tools/api-health-monitor.js sttus\n```',
      '2 api-health-monitor has no command sttus. Did you mean `status`?',
    ],
  ])('are told with their line: %s', (text, message) => {
    expect(wrong(text)).toEqual([message]);
  });
});

describe('endpoints', () => {
  const declared = [
    { method: 'GET', path: '/api/users/{id}' },
    { method: 'ANY', path: '/admin/' },
  ];
  const gone = (text: string): string[] =>
    endpointMismatches(lines(text), declared).map(({ line, message }) => `${line} ${message}`);
  const row = (name: string, file = '`a.ts`'): string =>
    `| Core functionality | \`${name}\` | ${file} | – | – | – |`;

  it('are gone when neither code nor document has them', () => {
    expect(gone(region('endpoints', [row('GET /api/users/:id'), row('GET /old')].join('\n')))).toEqual([
      '3 the project has no endpoint GET /old',
    ]);
    expect(
      gone('See `POST /api/users/7` and `DELETE /admin`, but `GET /api/…` or\n```\n`GET /old`\n```'),
    ).toEqual(['1 the project has no endpoint POST /api/users/7']);
  });

  it('that were only measured, and those of a project without any, are not judged', () => {
    expect(gone(region('endpoints', row('GET /measured', '–')))).toEqual([]);
    expect(endpointMismatches(lines('`GET /old`'), [])).toEqual([]);
  });
});

describe('figures', () => {
  it('are stale by their day', () => {
    const text = region(
      'targets',
      '| Uptime | 99.9 % | 99.95 % | met | 2026-10-28 |\n| Response time | 200 ms | 90 ms | met | 2026-10-29 |',
    );
    expect(figureMismatches(lines(text), '2026-11-28', 30)).toMatchObject([
      { line: 2, message: 'Uptime was last measured on 2026-10-28, 31 days ago' },
    ]);
    expect(figureMismatches(lines(text), '2026-10-01', 30)).toHaveLength(2);
  });
});

describe('links', () => {
  it('to files are found with their line', () => {
    const text =
      '[a](docs/a%20b.md#x) and [web](https://example.com), [up](<../x.md> "title")\n`[code](no.md)`\n[ref]: docs/r.md\n[top](#top) [mail](mailto:a@b.c)';
    expect(fileLinks(lines(text))).toEqual([
      { line: 1, target: 'docs/a%20b.md#x', path: 'docs/a b.md' },
      { line: 1, target: '../x.md', path: '../x.md' },
      { line: 3, target: 'docs/r.md', path: 'docs/r.md' },
    ]);
  });
});

describe('generated regions', () => {
  it('must say what code and definitions say, however much of it has room', () => {
    const facts = contextFacts();
    const regions = contextRegions(facts);
    const lineOf = (_: string, line: number): number => line;
    expect(generatedMismatches(facts, regions, lineOf)).toEqual([]);
    const changed = regions.map((one) =>
      one.name === 'setup' ? { ...one, body: one.body.replace('pg', 'mysql2') } : one,
    );
    expect(generatedMismatches(facts, changed, lineOf)).toMatchObject([{ line: 1, kind: 'project' }]);
  });

  it('are told when a code block above swallows them', () => {
    const text = `\n\`\`\`\n${region('setup', 'x')}${region('other', 'y')}`;
    expect(swallowedRegions(lines(text), [])).toMatchObject([
      { line: 3, message: 'the region setup stands in a code block, so it is never refreshed' },
    ]);
    expect(swallowedRegions(lines(region('setup', 'x')), [])).toEqual([]);
  });
});
