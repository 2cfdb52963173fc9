import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { formatSize } from '../../../core/size.ts';
import { mannKendallRise, theilSen } from '../../../core/statistics/trend.ts';
import { RULES } from '../rules.ts';
import { countEnded } from './figures.ts';
import { sumOf } from './merge.ts';
import { type Situation, targetSubject } from './situation.ts';

/** Windows whose lowest value is the floor: a collection of garbage falls into most of them. */
const WINDOWS = 12;
const MIN_SAMPLES = 24;
const MIN_BYTES_EACH = 256;
const MIN_GROWTH_BYTES = 16 * 1_024 * 1_024;
const ALPHA = 0.001;

/** memory-growth: the floor of resident memory over the requests that were answered, after warm-up. */
export function assessMemory(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const { record } = situation;
  const { process } = record.beside;
  const subject = targetSubject(situation);
  if (process === null) {
    assessment.notChecked.push({
      subject,
      rules: [RULES.memoryGrowth.id],
      reason: 'the process of the server cannot be seen from here',
      hint: 'On the same machine, set tools.load-tester.process to its pid or port.',
    });
    return assessment;
  }
  const floor = memoryFloor(situation);
  if (floor === null) {
    assessment.notChecked.push({
      subject,
      rules: [RULES.memoryGrowth.id],
      reason: `too short to tell memory that grows from one that fills up: ${MIN_SAMPLES} seconds of steady load are needed`,
      hint: 'Raise --duration.',
    });
    return assessment;
  }
  assessment.checked.push({ subject, rule: RULES.memoryGrowth });
  const [first, last] = [floor[0], floor.at(-1)] as const;
  const growth = (last?.[1] ?? 0) - (first?.[1] ?? 0);
  const whole = theilSen(floor, 0.99);
  // What fills up rises at first and then stands; what leaks rises to the end.
  const later = theilSen(floor.slice(Math.floor(floor.length / 2)), 0.9);
  const leaks =
    growth >= MIN_GROWTH_BYTES &&
    (whole?.interval.low ?? 0) > MIN_BYTES_EACH &&
    (later?.interval.low ?? 0) > MIN_BYTES_EACH &&
    mannKendallRise(floor.map(([, bytes]) => bytes)) < ALPHA;
  if (!leaks || whole === null) return assessment;
  assessment.findings.push({
    rule: RULES.memoryGrowth.id,
    severity: RULES.memoryGrowth.severity,
    confidence: 'likely',
    title: `The memory of ${situation.target} grows by ${formatSize(Math.round(whole.slope))} a request`,
    subject,
    evidence: [
      { label: 'process', value: `${process.pid}, ${process.how}` },
      { label: 'growth a request', value: Math.round(whole.slope), unit: 'By' },
      { label: 'at least (99 %)', value: Math.round(whole.interval.low), unit: 'By' },
      { label: 'floor at first', value: formatSize(first?.[1] ?? 0) },
      { label: 'floor at the end', value: formatSize(last?.[1] ?? 0) },
      { label: 'requests meanwhile', value: Math.round((last?.[0] ?? 0) - (first?.[0] ?? 0)) },
    ],
    impact: {
      summary: `${formatSize(Math.round(whole.slope * 1_000_000))} for a million requests`,
      basis: 'modelled',
    },
    fix: { summary: RULES.memoryGrowth.fix, steps: [] },
    check: situation.check,
  });
  return assessment;
}

/** Requests answered so far and the lowest resident bytes, a window each; null with too few samples. */
function memoryFloor({ record, steady }: Situation): [requests: number, bytes: number][] | null {
  const { process } = record.beside;
  const [first] = steady.slices;
  const last = steady.slices.at(-1);
  if (process === null || first === undefined || last === undefined) return null;
  const fromMs = record.startedAtMs + first.fromMs;
  const toMs = record.startedAtMs + last.toMs;
  const samples = process.samples.flatMap(({ atMs, residentBytes }) =>
    residentBytes === null || atMs < fromMs || atMs > toMs ? [] : [{ atMs, residentBytes }],
  );
  if (samples.length < MIN_SAMPLES) return null;
  const answered = answeredBy(steady.slices);
  const size = samples.length / WINDOWS;
  return Array.from({ length: WINDOWS }, (_, window) => {
    const inside = samples.slice(Math.floor(window * size), Math.floor((window + 1) * size));
    const lowest = inside.reduce((least, sample) =>
      sample.residentBytes < least.residentBytes ? sample : least,
    );
    return [answered(lowest.atMs - record.startedAtMs), lowest.residentBytes];
  });
}

/** Requests ended by a time of the run, in a straight line within each slice. */
function answeredBy(slices: Situation['steady']['slices']): (ms: number) => number {
  const steps: { fromMs: number; toMs: number; before: number; ended: number }[] = [];
  let before = 0;
  for (const { fromMs, toMs, endpoints } of slices) {
    const ended = sumOf(endpoints, countEnded);
    steps.push({ fromMs, toMs, before, ended });
    before += ended;
  }
  return (ms) => {
    const step = steps.find(({ toMs }) => ms <= toMs);
    if (step === undefined) return before;
    const share = Math.max(0, ms - step.fromMs) / Math.max(1, step.toMs - step.fromMs);
    return step.before + share * step.ended;
  };
}
