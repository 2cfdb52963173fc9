import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf, type KnowledgeEntry } from './entry.ts';
import { knowledgeDocument } from './document.ts';
import { appendEntry, formatEntry } from './format.ts';
import { fitsPattern, matchKnowledge } from './match.ts';
import { parseKnowledge } from './parse.ts';

const BY_HAND = `# Ours

Some words.

## Backend Issue: Orders \`slow\`  ##

2026-11-28 · by Ann · review by 2027-05-28 · tags index, orders

**Matches**: \`db-3f9a1c20\`, database-performance-tracker/missing-index on orders*, \`a/b\` on \`GET /a, b\`

- **Root Cause**: no index.

  More of it:

  \`\`\`sql
  **Solution**: not a label
  ## Backend Issue: not a heading
  \`\`\`
- **solution:** add one

## Notes

**Solution**: nobody's

<!--
## Backend Pattern: in a comment
-->

## Backend Pattern: Undated
**System Pattern**: text
`;

describe('parseKnowledge', () => {
  const { entries } = parseKnowledge(BY_HAND);

  it('comes to an end with lines that nobody would write', () => {
    const spaces = `## Backend Issue: a${' '.repeat(200_000)}b`;
    const runs = Array.from({ length: 800 }, (_, index) => '`'.repeat(index + 1)).join('a');
    const book = parseKnowledge(`${spaces}\n<!-- ${runs} -->\n**Matches**: ${runs}\n`);
    expect(book.entries).toHaveLength(1);
    expect(book.unclosed).toBeNull();
  });

  it('reads what people write by hand', () => {
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({
      line: 5,
      problems: [],
      entry: {
        id: 'kb-orders-slow',
        kind: 'incident',
        date: '2026-11-28',
        author: 'Ann',
        reviewBy: '2027-05-28',
        runId: null,
        tags: ['index', 'orders'],
        matches: {
          findings: ['db-3f9a1c20'],
          patterns: [
            { rule: 'database-performance-tracker/missing-index', subject: 'orders*' },
            { rule: 'a/b', subject: 'GET /a, b' },
          ],
        },
      },
      fieldLines: { 'Root Cause': 11, Solution: 19 },
    });
    expect(entries[0]?.fields['Root Cause']).toContain('not a heading');
    expect(entries[0]?.fields.Solution).toBe('add one');
  });

  it('says of one without a date that it has none, and keeps what it says', () => {
    expect(entries[1]).toMatchObject({ entry: null, fields: { 'System Pattern': 'text' } });
    expect(entries[1]?.problems[0]?.message).toContain('no date');
  });

  it('says where facts and matches are wrong', () => {
    const text = '## Backend Issue: x\n`kb-X` · 2026-02-30 · hello\n**Matches**: what is this\n';
    const [entry] = parseKnowledge(text).entries;
    expect(entry?.problems.map(({ line }) => line)).toEqual([2, 2, 2, 3]);
  });

  it('finds no entry in the first document', () => {
    expect(parseKnowledge(knowledgeDocument())).toEqual({ entries: [], unclosed: null });
  });
});

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '# a',
    '## Backend Issue: b',
    '**Solution**: x',
    '- **Matches**: `a/b`',
    '```',
    '    ~~~',
    '<!--',
    '-->',
    '<!-- rearguard:begin x -->',
    '1. a',
  ),
);
const day = fc.constantFrom('2026-11-28', '2024-02-29');
const title = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .filter((text) => text.replace(/[^\x20-\x7e]/g, '').trim() !== '');
const entry: fc.Arbitrary<KnowledgeEntry> = fc.record({
  id: fc.constantFrom('kb-a', 'kb-b-2'),
  kind: fc.constantFrom('pattern' as const, 'incident' as const),
  title,
  date: day,
  author: fc.constantFrom(null, 'Ann', 'a · b `c`'),
  reviewBy: fc.option(day),
  runId: fc.constantFrom(null, '20261128T101010-3f9a1c20'),
  matches: fc.record({
    findings: fc.constantFrom([], ['db-3f9a1c20']),
    patterns: fc.array(
      fc.record({
        rule: fc.constantFrom('a/b', 'tool/rule-x'),
        subject: fc.constantFrom('*', 'a`, on b', 'x*'),
      }),
      { maxLength: 2 },
    ),
  }),
  fields: fc
    .array(fc.array(line, { maxLength: 5 }), { maxLength: 11 })
    .map((texts) =>
      Object.fromEntries(texts.map((lines, index) => [fieldsOf('incident')[index] ?? '', lines.join('\n')])),
    ),
  tags: fc.constantFrom([], ['index', 'orders']),
});

describe('formatEntry', () => {
  it('gives one entry, which reads as it was written, whatever stands in its fields', () => {
    fc.assert(
      fc.property(entry, (written) => {
        const text = formatEntry(written);
        const { entries, unclosed } = parseKnowledge(text);
        expect(unclosed).toBeNull();
        expect(entries).toHaveLength(1);
        const read = entries[0]?.entry;
        expect(read).toMatchObject({
          id: written.id,
          kind: written.kind,
          date: written.date,
          reviewBy: written.reviewBy,
          runId: written.runId,
          matches: written.matches,
          tags: written.tags,
        });
        expect(read === null || read === undefined ? '' : formatEntry(read)).toBe(text);
      }),
    );
  });

  it('leaves what was there byte for byte', () => {
    fc.assert(
      fc.property(entry, fc.constantFrom('\n', '\r\n'), fc.boolean(), (written, lineEnd, last) => {
        const before = `\uFEFF# Ours${lineEnd}text \t${last ? lineEnd : ''}`;
        const after = appendEntry(before, written);
        expect(after.startsWith(before)).toBe(true);
        expect(parseKnowledge(after).entries).toHaveLength(1);
      }),
    );
  });
});

describe('matchKnowledge', () => {
  const [, finding] = [
    null,
    {
      id: 'db-3f9a1c20',
      fingerprint: '3f9a1c20'.repeat(4),
      rule: 'database-performance-tracker/missing-index',
      subject: { kind: 'table' as const, name: 'orders_2026' },
    },
  ];
  const entries = parseKnowledge(BY_HAND).entries.flatMap(({ entry }) => entry ?? []);

  it('tells the very finding from one that fits the pattern', () => {
    expect(matchKnowledge(entries, finding)).toEqual([
      {
        id: 'kb-orders-slow',
        title: 'Orders `slow`',
        solution: 'add one',
        date: '2026-11-28',
        matchedBy: 'fingerprint',
      },
    ]);
    const other = { ...finding, id: 'db-00000000', fingerprint: '0'.repeat(32) };
    expect(matchKnowledge(entries, other)[0]?.matchedBy).toBe('pattern');
    expect(matchKnowledge(entries, { ...other, subject: { kind: 'table', name: 'users' } })).toEqual([]);
  });

  it.each([
    ['orders', 'orders', true],
    ['orders', '*', true],
    ['orders_2026', 'orders*', true],
    ['GET /orders/1', '*orders*', true],
    ['aba', 'ab*ba', false],
    ['a.b', 'a?b', false],
    [`${'a'.repeat(5_000)}b`, `${'a*'.repeat(500)}c`, false],
  ])('%.20s and %.20s', (name, pattern, fits) => {
    expect(fitsPattern(name, pattern)).toBe(fits);
  });
});
