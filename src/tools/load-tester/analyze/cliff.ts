import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import type { Evidence, FindingDraft } from '../../../core/finding.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { RULES } from '../rules.ts';
import { type EndpointFigures, sliceFigures } from './figures.ts';
import { formatLatency, formatRate } from './format.ts';
import { hadProcessorToSpare, processorUse } from './processor.ts';
import { endpointSubject, type LoadLevel, type Situation, targetSubject } from './situation.ts';

/** Steps of users that are compared are at least this far apart. */
const MIN_STEP = 1.5;
const STANDS_STILL = 1.15;
/** By Little's law latency grows as the users do where throughput stands still; think time and noise take a part of that. */
const GROWS_WITH_USERS = 0.7;
/** Share of all time in service that one endpoint has when the others only wait behind it. */
const HOLDS_MOST = 0.8;
/** Enough for a mean: only the number of places rests on it. */
const MIN_ALONE = 5;
const MIN_ENDED = 50;
/** Of load on one endpoint, which may be a slow one. */
const MIN_ENDED_ALONE = 20;
/** One place, give or take what a request does outside of it. */
const ONE_PLACE = 1.35;

interface Cliff {
  before: LoadLevel;
  after: LoadLevel;
  /** The endpoint that holds it up; null: all of them. */
  endpoint: string | null;
  /** Places by Little's law: throughput times the time of a request alone. */
  places: number;
  aloneMs: number;
}

/** latency-cliff and serialised-endpoint: from steps of users of a closed load, with one user as the first step. */
export function assessCliff(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const subject = targetSubject(situation);
  const [calm] = situation.levels;
  const steps = lastSteps(situation.levels, MIN_ENDED);
  if (calm?.users !== 1 || steps === null) {
    assessment.notChecked.push({
      subject,
      rules: [RULES.latencyCliff.id, RULES.serialisedEndpoint.id],
      reason: 'this load has no steps of users to compare',
      hint: 'quick-test has; so has run with --stages 10s:1..1,10s:8..8,10s:32..32.',
    });
    return assessment;
  }
  const endpoints = steps.after.whole.endpoints.map(({ name }) => endpointSubject(name));
  assessment.checked.push({ subject, rule: RULES.latencyCliff });
  for (const endpoint of endpoints) {
    assessment.checked.push(
      { subject: endpoint, rule: RULES.latencyCliff },
      { subject: endpoint, rule: RULES.serialisedEndpoint },
    );
  }
  const onOne = lastSteps(situation.alone, MIN_ENDED_ALONE);
  const cliff = findCliff(calm, steps) ?? (onOne === null ? null : findCliff(calm, onOne));
  if (cliff !== null) assessment.findings.push(cliffFinding(situation, cliff));
  return assessment;
}

interface Steps {
  before: LoadLevel;
  after: LoadLevel;
}

/** The step of most users, and the one before that has clearly fewer; null without two that say enough. */
function lastSteps(levels: readonly LoadLevel[], minEnded: number): Steps | null {
  const steps = levels.filter(({ whole }) => sliceFigures(whole).whole.ended >= minEnded);
  const after = steps.at(-1);
  const before = after && steps.findLast(({ users }) => users * MIN_STEP <= after.users && users > 1);
  return after === undefined || before === undefined ? null : { before, after };
}

function findCliff(calm: LoadLevel, { before, after }: Steps): Cliff | null {
  const [low, high] = [sliceFigures(before.whole), sliceFigures(after.whole)];
  const [slowBefore, slowAfter] = [low.whole.service.mean, high.whole.service.mean];
  if (slowBefore === null || slowAfter === null) return null;
  const isStill = high.whole.rate <= STANDS_STILL * low.whole.rate;
  const grows = slowAfter / slowBefore >= GROWS_WITH_USERS * (after.users / before.users);
  if (!isStill || !grows) return null;
  const alone = new Map(sliceFigures(calm.whole).endpoints.map((figures) => [figures.name, figures]));
  const holder = holderOf(high.endpoints);
  const single = holder === undefined ? undefined : alone.get(holder.name);
  const aloneMs = single?.service.mean ?? null;
  if (holder !== undefined && aloneMs !== null && (single?.ended ?? 0) >= MIN_ALONE) {
    return { before, after, endpoint: holder.name, places: (holder.rate * aloneMs) / 1_000, aloneMs };
  }
  // Over all endpoints: each with its own time alone, weighted by how often it is asked for now.
  const weighted = high.endpoints.reduce(
    (sum, figures) => sum + figures.rate * (alone.get(figures.name)?.service.mean ?? 0),
    0,
  );
  const meanAloneMs = weighted / high.whole.rate;
  if (!(meanAloneMs > 0)) return null;
  return { before, after, endpoint: null, places: weighted / 1_000, aloneMs: meanAloneMs };
}

/** The endpoint in which nearly all time in service is spent. */
function holderOf(endpoints: readonly EndpointFigures[]): EndpointFigures | undefined {
  const timeOf = ({ rate, service }: EndpointFigures): number => rate * (service.mean ?? 0);
  const all = endpoints.reduce((sum, figures) => sum + timeOf(figures), 0);
  return endpoints.find((figures) => timeOf(figures) >= HOLDS_MOST * all);
}

function cliffFinding(situation: Situation, cliff: Cliff): FindingDraft {
  const { before, after, endpoint, places, aloneMs } = cliff;
  const isSerial = endpoint !== null && places <= ONE_PLACE;
  const rule = isSerial ? RULES.serialisedEndpoint : RULES.latencyCliff;
  const spare = hadProcessorToSpare(after.beside, after.span);
  const [low, high] = [figuresAt(before, endpoint), figuresAt(after, endpoint)];
  const where = endpoint ?? situation.target;
  const rounded = Math.max(1, Math.round(places));
  return {
    rule: rule.id,
    severity: spare === true ? rule.severity : 'info',
    confidence: spare === true ? 'likely' : 'possible',
    title: isSerial
      ? `${where} handles one request at a time: ${formatRate(high.rate)} requests/s with ${after.users} users as with ${before.users}`
      : `${where} has about ${counted(rounded, 'place')}: ${formatRate(high.rate)} requests/s with ${after.users} users as with ${before.users}`,
    subject: endpoint === null ? targetSubject(situation) : endpointSubject(endpoint),
    evidence: [
      { label: 'alone', value: ms(aloneMs), unit: 'ms' },
      ...levelEvidence(before, low),
      ...levelEvidence(after, high),
      { label: 'places, by Little’s law', value: ms(places) },
      ...processorEvidence(after),
    ],
    impact: {
      summary: `With ${after.users} users a request takes ${formatLatency(high.service.mean ?? 0)}, alone ${formatLatency(aloneMs)}`,
      basis: 'measured',
      value: ms((high.service.mean ?? 0) - aloneMs),
      unit: 'ms',
    },
    fix: {
      summary: rule.fix,
      steps:
        spare === true
          ? [`Look for ${isSerial ? 'a lock' : `a limit of about ${rounded}`} in what ${where} waits for.`]
          : [
              spare === null
                ? 'Whether the server had processor to spare could not be seen: a processor at its limit gives the same curve. Set tools.load-tester.process.'
                : 'The server, or the machine it shares, had no processor to spare: this is saturation first of all.',
            ],
    },
    check: situation.check,
  };
}

function figuresAt({ whole }: LoadLevel, endpoint: string | null): EndpointFigures {
  const all = sliceFigures(whole);
  return all.endpoints.find(({ name }) => name === endpoint) ?? all.whole;
}

function levelEvidence({ users }: LoadLevel, { rate, service }: EndpointFigures): Evidence[] {
  return [
    { label: counted(users, 'user'), value: ms(rate), unit: 'req/s' },
    { label: `${users} users, in service`, value: ms(service.mean ?? 0), unit: 'ms' },
  ];
}

function processorEvidence({ beside, span }: LoadLevel): Evidence[] {
  const use = processorUse(beside.process, span);
  return use === null
    ? []
    : [{ label: 'processor of the server', value: percent(use.used), unit: '% of a core' }];
}
