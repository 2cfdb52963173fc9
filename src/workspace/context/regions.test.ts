import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { found } from '../../project/fact.ts';
import { readRegions, writeRegions } from '../regions.ts';
import { MAX_BYTES, MAX_LINES, sizeOfRegions } from './budget.ts';
import { contextDocument } from './document.ts';
import type { ContextFacts } from './facts.ts';
import { contextFacts, declared, figure, projectFacts } from './facts-fixture.ts';
import { CONTEXT_REGIONS, contextRegions } from './regions.ts';

const path = 'AI-CONTEXT.md';

/** Names that try to be something else. */
const hostile = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    '<!-- rearguard:end setup -->',
    '\n<!-- rearguard:begin x -->\n',
    '```\n# Heading',
    'a | b',
    '😀'.repeat(200),
    '|'.repeat(300),
    '`'.repeat(50),
  ),
);
const day = fc.constantFrom('2026-11-27', '2026-11-28');

const anyFacts: fc.Arbitrary<ContextFacts> = fc
  .record({
    names: fc.array(hostile, { maxLength: 60 }),
    figures: fc.array(fc.record({ p95Ms: fc.double({ min: 0, max: 1e5, noNaN: true }), measuredOn: day }), {
      maxLength: 60,
    }),
    tools: fc.array(hostile, { maxLength: 30 }),
  })
  .map(({ names, figures, tools }) =>
    contextFacts({
      project: projectFacts({
        name: found(names[0] ?? 'shop', 'package.json'),
        languages: names.map((name) => found(name, name)),
        docker: names.map((name) => found(name, name)),
        services: names.map((name) => found({ name, kind: 'https', variable: null, host: null }, name)),
        endpoints: names.map((name, index) => declared('GET', `/${index}/${name}`, `${name}.ts:3`)),
        structure: names.map((name) => ({ path: name, purpose: name })),
      }),
      endpoints: figures.map((measured, index) => figure(`GET /m/${index}`, measured)),
      tools: tools.map((text, index) => ({
        name: `tool-${index}`,
        alias: `t${index}`,
        summary: text,
        whenToUse: text,
        usage: text,
        maintenance: 'its config',
        own: text,
      })),
      findings: {
        counts: [{ severity: 'high', count: names.length }],
        worst: names.map((subject, index) => ({
          id: `health-${index}`,
          severity: 'high',
          rule: 'api-health-monitor/latency',
          subject,
          since: '2026-11-01',
        })),
      },
      sessions: names.map((title, index) => ({ file: `docs/sessions/2026-11-28-${index}.md`, title })),
      lessons: names,
    }),
  );

describe('the regions of AI-CONTEXT.md', () => {
  it('keep their budget, and forge no marker, whatever names there are', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const regions = contextRegions(facts);
        const { lines, bytes } = sizeOfRegions(regions);
        expect(lines).toBeLessThanOrEqual(MAX_LINES);
        expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
        const document = contextDocument(facts);
        expect(readRegions(document, path).map(({ name }) => name)).toEqual([
          ...CONTEXT_REGIONS.slice(0, 6),
          'findings',
          'knowledge',
          'sessions',
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it('say the same again when the facts are the same', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const document = contextDocument(facts);
        const again = contextRegions(facts, readRegions(document, path));
        expect(writeRegions(document, again, { path })).toBe(document);
      }),
      { numRuns: 60 },
    );
  });

  it('stay as they are where nothing is known here', () => {
    const known = contextRegions(
      contextFacts({
        findings: { counts: [], worst: [] },
        endpoints: [figure('GET /api/users/7')],
        tools: [],
      }),
    );
    const unknown = contextFacts({ project: null, tools: null, findings: null, endpoints: [] });
    expect(contextRegions(unknown, known)).toEqual(known);
  });

  it('say what is unknown, and what to run', () => {
    const document = contextDocument(contextFacts({ project: projectFacts({ frameworks: [] }) }));
    expect(document).toContain('- **Framework**: unknown');
    expect(document).toContain('not yet: `rearguard health status`');
    expect(document).toContain('- **Current Status**: nothing was checked yet');
  });

  it('name findings by what does not move', () => {
    const worst = [
      {
        id: 'health-3f9a1c20',
        severity: 'high' as const,
        rule: 'api-health-monitor/slow-endpoint',
        subject: 'shop GET /x',
        since: '2026-11-01',
      },
    ];
    const findings = { counts: [{ severity: 'high' as const, count: 4 }], worst };
    const body = contextRegions(contextFacts({ findings })).find(({ name }) => name === 'findings')?.body;
    expect(body).toContain('- **high** `health-3f9a1c20` `shop GET /x`: slow endpoint, since 2026-11-01');
    expect(body).toContain('- 3 more: `rearguard findings`');
  });
});
