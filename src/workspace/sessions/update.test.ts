import { describe, expect, it } from 'vitest';
import type { Finding } from '../../core/finding.ts';
import { sessionId } from './id.ts';
import { type SessionFacts, sessionUpdate } from './update.ts';

const START = Date.UTC(2026, 10, 28, 9, 5);

const SLOW: Finding = {
  id: 'health-3f9a1c20',
  fingerprint: '3f9a1c20'.padEnd(32, '0'),
  rule: 'api-health-monitor/latency-objective',
  severity: 'high',
  confidence: 'likely',
  title: 'GET /orders misses its objective',
  subject: { kind: 'endpoint', name: 'shop GET /orders' },
  evidence: [
    { label: 'p95', value: 412, unit: 'ms' },
    { label: 'cause', value: 'unknown' },
    { label: 'calls', value: 1200 },
  ],
  fix: { summary: 'Add an index.', steps: [] },
  verify: {
    argv: ['rearguard', 'verify', 'health-3f9a1c20'],
    check: { tool: 'api-health-monitor', command: 'status', input: {} },
  },
  state: 'new',
  firstSeen: '2026-11-28T09:10:00.000Z',
  lastSeen: '2026-11-28T09:20:00.000Z',
};

const QUIET: SessionFacts = {
  session: {
    id: '2026-11-28-checkout',
    title: 'Checkout',
    by: null,
    startedAtMs: START,
    endedAtMs: START + 72 * 60_000,
    startedAtCommit: null,
    toolsAtStart: [],
    lessonsAtStart: [],
    notes: [],
  },
  toolsAdded: [],
  opened: [],
  closed: [],
  lessons: [],
  events: [],
  runs: [],
  files: null,
};

describe('sessionUpdate', () => {
  it('has the headings of the founding document, and says where nothing was recorded', () => {
    const text = sessionUpdate(QUIET);
    const headings = text.split('\n').filter((line) => line.startsWith('#'));
    expect(headings).toEqual([
      '## Session Update: 2026-11-28',
      '### Tools Added/Enhanced:',
      '### System Insights Gained:',
      '### Documentation Improvements:',
      '### Infrastructure Evolution:',
      '### What Happened:',
    ]);
    expect(text).toContain('09:05 to 10:17 UTC (1h 12m)');
    expect(text.match(/Nothing was recorded/g)).toHaveLength(5);
  });

  it('is filled from what really happened, with figures', () => {
    const text = sessionUpdate({
      ...QUIET,
      toolsAdded: ['auth-flow-tracer'],
      opened: [{ ...SLOW, state: 'regressed' }],
      closed: [{ finding: { ...SLOW, state: 'resolved' }, atMs: START + 60_000 }],
      lessons: [{ id: 'kb-orders', title: 'Orders without an index' }],
      events: [{ atMs: START, title: 'Deployment of v2' }],
      runs: [
        { line: 'check', count: 2, status: 'fail' },
        { line: 'api-health-monitor status', count: 1, status: 'pass' },
      ],
      files: {
        changed: [
          { path: 'migrations/0007_orders.sql', isNew: false, added: 3, removed: 0 },
          { path: 'README.md', isNew: false, added: 1, removed: 1 },
          { path: 'logo.png', isNew: false, added: null, removed: null },
        ],
      },
    });
    expect(text).toContain('- `auth-flow-tracer`: added');
    expect(text).toContain(
      '- Back: high `health-3f9a1c20` GET /orders misses its objective (p95: 412 ms; calls: 1200)',
    );
    expect(text).toContain('- Gone at 09:06: high `health-3f9a1c20`');
    expect(text).toContain('- Lesson `kb-orders`: Orders without an index\n- Changed: `README.md`');
    expect(text).toContain('- 09:05 Deployment of v2\n- Changed: `migrations/0007_orders.sql`');
    expect(text).toContain('- `rearguard check`: 2 times, last it failed');
    expect(text).toContain('- `rearguard api-health-monitor status`: once, it passed');
    expect(text).toContain('- `logo.png` (binary)');
  });

  it('keeps words of others from making headings, markers or fences', () => {
    const evil = '\n## Owned\n<!-- rearguard:begin setup -->\n```sh';
    const text = sessionUpdate({
      ...QUIET,
      session: {
        ...QUIET.session,
        title: `a${evil}`,
        by: `b${evil}`,
        notes: [{ atMs: START, kind: 'tool', text: `c${evil}` }],
      },
      opened: [{ ...SLOW, title: `d${evil}` }],
      events: [{ atMs: START, title: `e${evil}` }],
      files: { changed: [{ path: `f${evil}`, isNew: false, added: 1, removed: 1 }] },
    });
    expect(text).not.toMatch(/^\s*(?:## Owned|<!--|```)/m);
    // Inside inline code a marker stands in the middle of a line, where it is none.
    expect(text.match(/^.*<!--/gm)).toEqual(['- ````f ## Owned <!--']);
  });
});

describe('sessionId', () => {
  it('is made of the day and the first words, and never twice the same', () => {
    const free = (): boolean => false;
    expect(sessionId('Why is /checkout so slow? Ünïcode!', START, free)).toBe(
      '2026-11-28-why-is-checkout-so-slow-unicode',
    );
    expect(sessionId('日本語', START, free)).toBe('2026-11-28-session');
    expect(sessionId('a', START, (id) => !id.endsWith('-3'))).toBe('2026-11-28-a-3');
  });
});
