import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../core/text.ts';
import { hostileReport } from '../fixtures/hostile.ts';
import { withoutColors } from '../fixtures/plain.ts';
import { SAMPLE_RULES, SAMPLE_SECTIONS, sampleFinding, sampleReport } from '../fixtures/sample.ts';
import { renderReport, renderSections } from '../render.ts';

const base = { colors: false, rules: SAMPLE_RULES, nowMs: Date.UTC(2026, 10, 22, 11) };

/** Lines that are too wide; commands to copy may be. */
function tooWide(output: string, width: number): string[] {
  return withoutColors(output)
    .split('\n')
    .filter((line) => displayWidth(line) > width && !/^\s*(?:verify|next):/.test(line));
}

describe('text', () => {
  it('is never wider than the terminal, whatever is in it', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom(
        '日本語のテキスト 日本語',
        '👩‍👩‍👧👩‍👩‍👧',
        'a'.repeat(300),
        'a b c '.repeat(40),
        '::error::x',
        '##[error]x',
      ),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 16, max: 160 }), fc.boolean(), (text, width, colors) => {
        const full = renderReport(hostileReport(text), 'text', { ...base, width, colors });
        const summary = renderReport(hostileReport(text), 'text', {
          ...base,
          width,
          colors,
          detail: 'summary',
        });
        expect([...tooWide(full, width), ...tooWide(summary, width)]).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('cuts what a row says before what it is called', () => {
    const words = 'words that go on and on, further than anybody reads in a table';
    const rows = [['20261128T193633-27487c5b', words, words, words]];
    const columns = ['run', 'what', 'result', 'why'].map((header) => ({ header }));
    const output = renderSections([{ kind: 'table', columns, rows }], { ...base, width: 80 });
    expect(output).toContain('20261128T193633-27487c5b  words');
    expect(tooWide(output, 80)).toEqual([]);
  });

  it('colours change nothing but colours', () => {
    const plain = renderReport(sampleReport(), 'text', { ...base, width: 80 });
    const colored = renderReport(sampleReport(), 'text', { ...base, width: 80, colors: true });
    expect(colored).not.toBe(plain);
    expect(withoutColors(colored)).toBe(plain);
  });

  it('says what is wrong, how we know, what to do and how to prove it, and the verdict last', () => {
    const report = sampleReport();
    const output = renderReport(report, 'text', { ...base, width: 80 });
    for (const expected of [
      'HIGH  GET /api/products is slower than its objective',
      'ongoing since 3d 5h',
      'p95: 412 ms (limit 200 ms)',
      'impact: 1 request in 20 waits longer',
      'fix:    Look for what the server does',
      `verify: rearguard verify ${report.findings[0]?.id}`,
      'Do first',
      'checked 2 endpoints with 1 rule',
      'not checked: endpoint POST /api/orders: it writes',
      'warning: slo.p95 is set twice',
      'next: rearguard api-health-monitor performance-report --since 7d',
    ]) {
      expect(output).toContain(expected);
    }
    expect(output.trimEnd().split('\n').at(-1)).toBe(
      'FAIL  1 high, 1 medium · 1 resolved · 2 checked, 1 not · 3.2 s',
    );
  });

  it('keeps a long verify command on one line, quoted for a shell', () => {
    const argv = [
      'rearguard',
      'verify',
      'health-00000000',
      '--note',
      `it's "${'long '.repeat(30)}"`,
      'two\nlines',
    ];
    const finding = { ...sampleFinding(), verify: { ...sampleFinding().verify, argv } };
    const output = renderReport(sampleReport({ findings: [finding] }), 'text', { ...base, width: 60 });
    const line = output.split('\n').find((text) => text.includes('verify:'));
    expect(line).toContain(`'it'\\''s "long long`);
    expect(line).toContain(`$'two\\nlines'`);
  });

  it('is terse for agents: open findings and commands, sections only when nothing is wrong', () => {
    const agent = { ...base, width: 80, agent: true };
    const wrong = renderReport(sampleReport(), 'text', agent);
    expect(wrong).not.toContain('Where the time goes');
    expect(wrong).not.toContain('src/routes/orders.ts');
    expect(wrong.length).toBeLessThan(
      renderReport(sampleReport(), 'text', { ...base, width: 80 }).length / 2,
    );
    const right = renderReport(sampleReport({ findings: [], status: 'pass' }), 'text', agent);
    expect(right).toContain('GET /healthz\t1.1\t–\t–\tunknown');
  });
});

describe('sections', () => {
  const draw = (width: number) => renderSections(SAMPLE_SECTIONS, { width, colors: false });

  it('aligns numbers, shows what was not measured as a dash, and says what was left out', () => {
    const lines = draw(120).split('\n');
    const [header = '', first = '', , third = ''] = lines.slice(1);
    expect(first.indexOf('120.0') + 5).toBe(header.indexOf('p50 (ms)') + 8);
    expect(third).toMatch(/GET \/healthz +1\.1 +– +– +unknown/);
    expect(draw(80)).toContain('… and 3 more rows');
  });

  it('puts units of numbers on a line of their own before it cuts a name', () => {
    const [title, words, units, first] = draw(80).split('\n');
    expect([title, words]).not.toContainEqual(expect.stringContaining('(ms)'));
    expect(words).toMatch(/p50 +p95/);
    expect(units).toMatch(/^Endpoint +\(ms\) +\(ms\)/);
    expect(first).not.toContain('…');
  });

  it('cuts long cells with an ellipsis, and writes rows one under the other where columns cannot fit', () => {
    expect(draw(60)).toMatch(/GET \/api\/orders\/\S*… /);
    expect(draw(20)).toContain('p95 (ms): 412');
  });

  it('leaves gaps in a series blank', () => {
    const series = draw(80)
      .split('\n')
      .find((line) => /^GET \/api\/orders {4}/.test(line));
    expect(series).toMatch(/[▁-█] {4,}[▁-█]/);
  });

  it('draws trees, timelines, diffs and distributions', () => {
    const output = draw(80);
    for (const expected of [
      '│  └─ SELECT',
      '2026-11-22 10:20  GET /api/products degraded',
      '- SELECT *\n+ SELECT id, name\n  FROM',
      '≤ 100 ms  403  ██',
      'p50 138 ms, p95 412 ms',
    ]) {
      expect(output).toContain(expected);
    }
  });
});
