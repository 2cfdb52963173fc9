import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../core/metric.ts';
import { hostileReport } from '../fixtures/hostile.ts';
import { parseXml } from '../fixtures/plain.ts';
import { SAMPLE_RULES, sampleFinding, sampleReport } from '../fixtures/sample.ts';
import { renderReport } from '../render.ts';

const OPTIONS = { width: 80, colors: false, rules: SAMPLE_RULES };

describe('junit', () => {
  it('is well-formed and its counts agree with its cases, hostile text included', () => {
    for (const report of [sampleReport(), hostileReport()]) {
      const elements = parseXml(renderReport(report, 'junit', OPTIONS));
      const named = (name: string) => elements.filter((element) => element.name === name);
      const [root] = named('testsuites');
      expect(root?.attributes).toMatchObject({
        tests: String(named('testcase').length),
        failures: String(named('failure').length),
        errors: String(named('error').length),
        skipped: String(named('skipped').length),
      });
      expect(named('script')).toEqual([]);
    }
  });

  it('passes what was checked, fails what was found, and skips what was not checked', () => {
    const elements = parseXml(renderReport(sampleReport(), 'junit', OPTIONS));
    expect(elements.filter((element) => element.name === 'testcase')).toHaveLength(4);
    const failure = elements.find((element) => element.name === 'failure');
    expect(failure?.text).toContain('p95: 412 ms (limit 200 ms)\n');
    expect(failure?.text).toContain('fix: Look for');
    expect(elements.find((element) => element.name === 'skipped')?.attributes).toEqual({
      message: 'it writes',
    });
  });

  it('keeps a failure whose rule could not be finished', () => {
    const finding = sampleFinding();
    const notChecked = [
      { subject: finding.subject, rules: [finding.rule], reason: 'the burst was cut short' },
    ];
    const report = sampleReport({ findings: [finding], coverage: { checked: [], notChecked } });
    const names = parseXml(renderReport(report, 'junit', OPTIONS)).map((element) => element.name);
    expect(names).toEqual(['testsuites', 'testsuite', 'testcase', 'failure']);
  });

  it('counts as failure from --fail-on, and as error when nothing could be measured', () => {
    const strict = parseXml(renderReport(sampleReport(), 'junit', { ...OPTIONS, failOn: 'medium' }));
    expect(strict.filter((element) => element.name === 'failure')).toHaveLength(2);
    const unknown = parseXml(
      renderReport(sampleReport({ status: 'unknown', findings: [] }), 'junit', OPTIONS),
    );
    expect(unknown.filter((element) => element.name === 'error')).toHaveLength(1);
  });
});

interface SarifLog {
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      baselineState: string;
      partialFingerprints: Record<string, string>;
      suppressions?: unknown[];
      locations: {
        physicalLocation?: { artifactLocation: { uri: string }; region?: { startLine: number } };
        logicalLocations?: { fullyQualifiedName: string }[];
      }[];
    }[];
  }[];
}

function sarif(report = sampleReport()) {
  const log = JSON.parse(renderReport(report, 'sarif', OPTIONS)) as SarifLog;
  expect(log.version).toBe('2.1.0');
  expect(log.runs).toHaveLength(1);
  const [run] = log.runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

describe('sarif', () => {
  it('has the fields that 2.1.0 asks for, and every result points at its rule', () => {
    for (const report of [sampleReport(), hostileReport()]) {
      const run = sarif(report);
      expect(run.tool.driver.name).toBe('Rearguard');
      expect(run.results).toHaveLength(report.findings.length);
      for (const result of run.results) {
        expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
        expect(result.message.text).not.toBe('');
        expect(['error', 'warning', 'note']).toContain(result.level);
        expect(Object.values(result.partialFingerprints)[0]).toMatch(/^[0-9a-f]{32}$/);
      }
    }
  });

  it('maps states to baseline states and muting to a suppression', () => {
    const states = ['new', 'ongoing', 'regressed', 'resolved', 'muted'] as const;
    const findings = states.map((state, index) =>
      sampleFinding({ state, subject: { kind: 'endpoint', name: `${index}` } }),
    );
    const { results } = sarif(sampleReport({ findings }));
    expect(results.map((result) => result.baselineState)).toEqual([
      'new',
      'unchanged',
      'updated',
      'absent',
      'unchanged',
    ]);
    expect(results.map((result) => result.suppressions?.length ?? 0)).toEqual([0, 0, 0, 0, 1]);
  });

  it.each([
    ['src/new orders.ts:42', 'src/new%20orders.ts', 42],
    ['src\\a#b.ts:3:9', 'src/a%23b.ts', 3],
    ['./migrations/001.sql', 'migrations/001.sql', undefined],
  ])('writes %s as a relative URI', (location, uri, startLine) => {
    const { results } = sarif(
      sampleReport({ findings: [sampleFinding({ subject: { kind: 'file', name: 'f', location } })] }),
    );
    expect(results[0]?.locations[0]?.physicalLocation?.artifactLocation.uri).toBe(uri);
    expect(results[0]?.locations[0]?.physicalLocation?.region?.startLine).toBe(startLine);
  });

  it.each(['/etc/passwd', '../../secret.ts:1', 'http://127.0.0.1:3000/a.ts', 'C:\\x\\y.ts', undefined])(
    'names the subject where %s is not a file of the project',
    (location) => {
      const subject = {
        kind: 'endpoint' as const,
        name: 'GET /a',
        ...(location === undefined ? {} : { location }),
      };
      const { results } = sarif(sampleReport({ findings: [sampleFinding({ subject })] }));
      expect(results[0]?.locations[0]?.physicalLocation).toBeUndefined();
      expect(results[0]?.locations[0]?.logicalLocations?.[0]?.fullyQualifiedName).toBe('endpoint GET /a');
    },
  );
});

const SAMPLE_LINE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?[\d.]+(?:e[+-]?\d+)?|\+Inf|-Inf|NaN)$/;

/** Families by name with their sample lines; throws on whatever the format does not allow. */
function parsePrometheus(text: string) {
  const families = new Map<string, { type: string; samples: Map<string, number> }>();
  let current: { type: string; samples: Map<string, number> } | undefined;
  let name = '';
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (\w+)$/.exec(line);
    if (type !== null) {
      name = type[1] ?? '';
      if (families.has(name)) throw new Error(`TYPE of ${name} twice`);
      current = { type: type[2] ?? '', samples: new Map() };
      families.set(name, current);
    } else if (!line.startsWith('# HELP ')) {
      const sample = SAMPLE_LINE.exec(line);
      if (sample === null || current === undefined) throw new Error(`not a sample: ${line}`);
      if (!sample[1]?.startsWith(name)) throw new Error(`${sample[1]} stands under ${name}`);
      const key = `${sample[1]}{${sample[2] ?? ''}}`;
      if (current.samples.has(key)) throw new Error(`${key} twice`);
      current.samples.set(key, Number(sample[3]?.replace('Inf', 'Infinity')));
    }
  }
  return families;
}

describe('prometheus', () => {
  const metric = (overrides: Partial<MetricValue>): MetricValue => ({
    name: 'x',
    kind: 'gauge',
    unit: '1',
    attributes: {},
    value: 1,
    ...overrides,
  });
  const render = (...metrics: MetricValue[]) =>
    parsePrometheus(renderReport(sampleReport({ metrics }), 'prometheus', OPTIONS));

  it('can be read back, hostile labels included', () => {
    expect(
      parsePrometheus(renderReport(hostileReport(), 'prometheus', OPTIONS)).get('probe_success')?.samples
        .size,
    ).toBe(1);
    const newline = render(metric({ attributes: { path: 'a\nb"c\\d', 'le-x': 'y', __name__: 'z' } }));
    expect([...(newline.get('x')?.samples.keys() ?? [])]).toEqual([
      'x{_name__="z",le_x="y",path="a\\nb\\"c\\\\d"}',
    ]);
  });

  it('converts to base units and names them', () => {
    const families = render(
      metric({ name: 'probe.duration', unit: 'ms', value: 412 }),
      metric({ name: 'size', unit: 'KiBy', value: 2 }),
      metric({ name: 'uptime', unit: '%', value: 99.95 }),
      metric({ name: 'busy.time.total', kind: 'counter', unit: 'ms', value: 1_500 }),
    );
    expect(families.get('probe_duration_seconds')?.samples.get('probe_duration_seconds{}')).toBe(0.412);
    expect(families.get('size_bytes')?.samples.get('size_bytes{}')).toBe(2_048);
    expect(families.get('uptime_ratio')?.samples.get('uptime_ratio{}')).toBe(0.9995);
    expect(families.get('busy_time_seconds_total')).toEqual({
      type: 'counter',
      samples: new Map([['busy_time_seconds_total{}', 1.5]]),
    });
  });

  it('writes a family once, also when its samples come apart, and never mixes types', () => {
    const families = render(
      metric({ name: 'a.b', attributes: { i: '1' } }),
      metric({ name: 'c' }),
      metric({ name: 'a.b', attributes: { i: '2' } }),
      metric({ name: 'a.b', attributes: { i: '2' }, value: 5 }),
      metric({ name: 'a_b', kind: 'histogram', histogram: { buckets: [], sum: 1, count: 1 } }),
    );
    expect(families.get('a_b')?.samples).toEqual(
      new Map([
        ['a_b{i="1"}', 1],
        ['a_b{i="2"}', 5],
      ]),
    );
    expect(families.get('a_b_histogram')?.type).toBe('histogram');
  });

  it('writes classic histograms with their own +Inf bucket', () => {
    const samples = parsePrometheus(renderReport(sampleReport(), 'prometheus', OPTIONS)).get(
      'probe_duration_seconds',
    )?.samples;
    const labels = 'endpoint="GET /api/products"';
    expect(samples).toEqual(
      new Map([
        [`probe_duration_seconds_bucket{${labels},le="0.1"}`, 20],
        [`probe_duration_seconds_bucket{${labels},le="0.412"}`, 57],
        [`probe_duration_seconds_bucket{${labels},le="+Inf"}`, 60],
        [`probe_duration_seconds_sum{${labels}}`, 9.12],
        [`probe_duration_seconds_count{${labels}}`, 60],
      ]),
    );
  });

  it('counts the findings by severity', () => {
    const findings = parsePrometheus(renderReport(sampleReport(), 'prometheus', OPTIONS)).get(
      'rearguard_findings',
    );
    expect([...(findings?.samples.values() ?? [])]).toEqual([0, 1, 1, 0, 0]);
  });
});
