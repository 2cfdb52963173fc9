import type { MetricValue } from '../../core/metric.ts';
import type { Report } from '../../core/report.ts';
import { SEVERITIES } from '../../core/severity.ts';

/** Base unit of each unit a metric may have: the name's suffix, and the factor to it. */
const BASE_UNITS: Readonly<Record<string, readonly [suffix: string, factor: number]>> = {
  ns: ['seconds', 1e-9],
  us: ['seconds', 1e-6],
  ms: ['seconds', 1e-3],
  s: ['seconds', 1],
  min: ['seconds', 60],
  h: ['seconds', 3_600],
  d: ['seconds', 86_400],
  days: ['seconds', 86_400],
  By: ['bytes', 1],
  kBy: ['bytes', 1e3],
  MBy: ['bytes', 1e6],
  KiBy: ['bytes', 1_024],
  MiBy: ['bytes', 1_048_576],
  '%': ['ratio', 0.01],
  '1': ['', 1],
  '': ['', 1],
};

interface Family {
  name: string;
  type: MetricValue['kind'];
  help: string;
  /** By name and labels: a series may be given once only. */
  lines: Map<string, string>;
}

/** Text exposition format 0.0.4: base units, snake case, one HELP and TYPE per family. */
export function renderPrometheus(report: Report): string {
  return renderMetrics([...report.metrics, ...ownMetrics(report)]);
}

/** The same for metrics of no report. */
export function renderMetrics(metrics: readonly MetricValue[]): string {
  const families = new Map<string, Family>();
  for (const metric of metrics) addMetric(families, metric);
  return [...families.values()]
    .map(({ name, type, help, lines }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines.values()]
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('');
}

/** What every report says about itself. */
function ownMetrics(report: Report): MetricValue[] {
  const attributes = { tool: report.tool, command: report.command };
  const gauge = (
    name: string,
    unit: string,
    value: number,
    more: Record<string, string> = {},
  ): MetricValue => ({
    name,
    kind: 'gauge',
    unit,
    attributes: { ...attributes, ...more },
    value,
  });
  const statuses = ['pass', 'fail', 'unknown'] as const;
  return [
    ...SEVERITIES.map((severity) => gauge('rearguard.findings', '1', report.counts[severity], { severity })),
    ...statuses.map((status) =>
      gauge('rearguard.run.status', '1', report.status === status ? 1 : 0, { status }),
    ),
    gauge('rearguard.run.duration', 'ms', report.durationMs),
  ];
}

function addMetric(families: Map<string, Family>, metric: MetricValue): void {
  const [suffix, factor] = BASE_UNITS[metric.unit] ?? [snakeCase(metric.unit.replaceAll('/', ' per ')), 1];
  const plain = withSuffix(withoutSuffix(snakeCase(metric.name), metric.kind), suffix);
  const wanted = metric.kind === 'counter' ? withSuffix(plain, 'total') : plain;
  // One name has one type; a second metric that comes to the same name says which it is.
  const taken = families.get(wanted);
  const name = taken === undefined || taken.type === metric.kind ? wanted : `${wanted}_${metric.kind}`;
  const family = families.get(name) ?? {
    name,
    type: metric.kind,
    help: escapeHelp(`${metric.name} of kind ${metric.kind}${suffix === '' ? '' : `, in ${suffix}`}`),
    lines: new Map<string, string>(),
  };
  const lines =
    metric.kind === 'histogram' ? histogramLines(name, metric, factor) : valueLines(name, metric, factor);
  if (lines.length === 0) return;
  families.set(name, family);
  for (const [key, value] of lines) family.lines.set(key, `${key} ${value}`);
}

function valueLines(name: string, metric: MetricValue, factor: number): [string, string][] {
  return metric.value === undefined
    ? []
    : [[`${name}${labels(metric.attributes)}`, number(scaled(metric.value, factor))]];
}

function histogramLines(
  name: string,
  { attributes, histogram }: MetricValue,
  factor: number,
): [string, string][] {
  if (histogram === undefined) return [];
  const own = labels(attributes);
  const bounded = (le: string): string => `${own === '' ? '{' : `${own.slice(0, -1)},`}le="${le}"}`;
  const buckets = histogram.buckets
    .filter((bucket) => Number.isFinite(bucket.le))
    .toSorted((a, b) => a.le - b.le)
    .map((bucket): [string, string] => [
      `${name}_bucket${bounded(number(scaled(bucket.le, factor)))}`,
      number(bucket.count),
    ]);
  return [
    ...buckets,
    [`${name}_bucket${bounded('+Inf')}`, number(histogram.count)],
    [`${name}_sum${own}`, number(scaled(histogram.sum, factor))],
    [`${name}_count${own}`, number(histogram.count)],
  ];
}

/** `le` is the histogram's own label; an attribute of that name is kept as `exported_le`. */
function labels(attributes: Readonly<Record<string, string>>): string {
  const merged = new Map<string, string>();
  for (const name of Object.keys(attributes).toSorted()) {
    const value = attributes[name] ?? '';
    const plain = snakeCase(name).replace(/^__+/, '_').replaceAll(':', '_');
    const label = plain === 'le' ? 'exported_le' : plain;
    // Two attributes that come to one label are both kept.
    merged.set(label, merged.has(label) ? `${merged.get(label)};${value}` : value);
  }
  const list = [...merged].map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return list.length === 0 ? '' : `{${list.join(',')}}`;
}

function snakeCase(name: string): string {
  const plain = name.trim().replace(/[^A-Za-z0-9_:]+/g, '_');
  return /^[A-Za-z_:]/.test(plain) ? plain : `_${plain}`;
}

function withSuffix(name: string, suffix: string): string {
  return suffix === '' || name.endsWith(`_${suffix}`) ? name : `${name}_${suffix}`;
}

/** So that `requests_total` in ms does not become `requests_total_seconds_total`. */
function withoutSuffix(name: string, kind: MetricValue['kind']): string {
  return kind === 'counter' ? name.replace(/_total$/, '') : name;
}

/** Without the noise of binary fractions: 412 ms is 0.412 s, not 0.41200000000000003. */
function scaled(value: number, factor: number): number {
  return factor === 1 ? value : Number((value * factor).toPrecision(15));
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

function escapeLabel(value: string): string {
  return escapeHelp(value.replaceAll('\r', '')).replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
