import { describe, expect, it } from 'vitest';
import { sampleFinding, sampleReport, SAMPLE_RULES } from './fixtures/sample.ts';
import type { OutputFormat } from './output-formats.ts';
import { renderReport } from './render.ts';
import { lessonsOf } from './values.ts';

const FINDING = sampleFinding({
  knowledge: [
    {
      id: 'kb-orders',
      title: 'Orders” are <b>slow</b>\n::error::',
      solution: 'an index on customer_id',
      date: '2026-11-28',
      matchedBy: 'pattern',
    },
  ],
});

describe('what is known of a finding', () => {
  it('is quoted: nothing in it ends the quotation or begins a line', () => {
    expect(lessonsOf(FINDING)).toEqual([
      '“Orders" are <b>slow</b> ::error::” (kb-orders, 2026-11-28), fixed by “an index on customer_id”',
    ]);
  });

  it('is not said to be fixed where no solution is written down', () => {
    const draft = (FINDING.knowledge ?? []).map((lesson) => ({ ...lesson, solution: null }));
    expect(lessonsOf({ ...FINDING, knowledge: draft })[0]).toContain('not written down');
  });

  it.each<OutputFormat>(['text', 'markdown', 'json', 'ndjson', 'sarif', 'junit', 'github', 'html'])(
    'stands in %s',
    (format) => {
      const text = renderReport(sampleReport({ findings: [FINDING] }), format, {
        width: 100,
        colors: false,
        rules: SAMPLE_RULES,
      });
      expect(text).toContain('kb-orders');
      expect(text.replaceAll('\\', '')).toMatch(/customer_id/);
      expect(text).not.toMatch(/^\s*::error::/m);
    },
  );
});
