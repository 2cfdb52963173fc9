import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { formatDuration } from '../../../core/duration.ts';
import { percent } from '../../../core/rounding.ts';
import { median } from '../../../core/statistics/summary.ts';
import type { Silence } from '../record.ts';
import { RULES } from '../rules.ts';
import { sliceFigures } from './figures.ts';
import { spanMs, sumOf } from './merge.ts';
import { meanIdle } from './processor.ts';
import { type Situation, steadyWhole, targetSubject } from './situation.ts';

const MIN_STALLS = 3;
/** One silence may be a collection of garbage; with more, "it never falls silent" is not known either. */
const MIN_DOUBTFUL = 2;
/** Completions that a silent tick of 200 ms would have had; by chance (Poisson) none of ten comes once in twenty thousand. */
const MIN_EXPECTED = 10;
const TICK_S = 0.2;
/** Users of a closed load that began together come back together: silences about as long as a response are theirs. */
const RESPONSES_LONG = 2;
/** A machine with less of its processors free may have held up the server itself. */
const MIN_IDLE = 0.1;

/** stalls: spans in which the whole server answered nothing while requests were in flight. */
export function assessStalls(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const { record } = situation;
  const whole = steadyWhole(situation);
  const { whole: figures } = sliceFigures(whole);
  if (figures.rate * TICK_S < MIN_EXPECTED) return assessment;
  const subject = targetSubject(situation);
  const minMs = RESPONSES_LONG * (figures.service.p50?.ms ?? 0);
  const silences = record.silences.filter(({ toMs }) => toMs > whole.fromMs);
  const stalls = silences.filter((silence) => spanMs(silence) > minMs);
  if (stalls.length < MIN_STALLS && silences.length >= MIN_DOUBTFUL) {
    const longest = formatDuration(Math.max(...silences.map(spanMs)));
    assessment.notChecked.push({
      subject,
      rules: [RULES.stalls.id],
      reason: `${situation.target} was silent ${silences.length} times, for up to ${longest}: too little to be certain of, beside answers of ${formatDuration(minMs / RESPONSES_LONG)}`,
      hint: '`rearguard load run --duration 60s` looks longer.',
    });
    return assessment;
  }
  assessment.checked.push({ subject, rule: RULES.stalls });
  if (stalls.length < MIN_STALLS) return assessment;
  const idle = meanIdle(
    record.beside.machine,
    stalls.map((stall) => wallSpan(record.startedAtMs, stall)),
  );
  const isCrowded = idle !== null && idle < MIN_IDLE;
  const silentMs = sumOf(stalls, spanMs);
  const longestMs = Math.max(...stalls.map(spanMs));
  const periodMs = median(stalls.slice(1).map((stall, index) => stall.fromMs - (stalls[index]?.fromMs ?? 0)));
  assessment.findings.push({
    rule: RULES.stalls.id,
    severity: isCrowded ? 'info' : RULES.stalls.severity,
    confidence: isCrowded ? 'possible' : 'likely',
    title: `${situation.target} fell silent ${stalls.length} times, for up to ${formatDuration(longestMs)}, on all endpoints at once`,
    subject,
    evidence: [
      { label: 'silent spans', value: stalls.length },
      { label: 'longest', value: Math.round(longestMs), unit: 'ms' },
      { label: 'silent in all', value: Math.round(silentMs), unit: 'ms' },
      ...(periodMs === null
        ? []
        : [{ label: 'from one to the next, median', value: Math.round(periodMs), unit: 'ms' }]),
      { label: 'otherwise answered', value: Math.round(figures.rate), unit: 'req/s' },
      { label: 'waiting when it ended, most', value: Math.max(...stalls.map(({ inFlight }) => inFlight)) },
      ...(idle === null ? [] : [{ label: 'processors free meanwhile', value: percent(idle), unit: '%' }]),
    ],
    impact: {
      summary: `For ${percent(silentMs / spanMs(whole))} % of the time nobody is answered`,
      basis: 'measured',
      value: percent(Math.min(1, silentMs / spanMs(whole))),
      unit: '%',
    },
    fix: { summary: RULES.stalls.fix, steps: [] },
    check: situation.check,
  });
  return assessment;
}

function wallSpan(startedAtMs: number, { fromMs, toMs }: Silence): { fromMs: number; toMs: number } {
  return { fromMs: startedAtMs + fromMs, toMs: startedAtMs + toMs };
}
