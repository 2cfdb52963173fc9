const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** At least `target` of all probes are good, over a rolling window. */
export interface Objective {
  /** 0.999 for 99.9 %. */
  target: number;
  windowMs: number;
}

export const DEFAULT_OBJECTIVE: Objective = { target: 0.999, windowMs: 30 * DAY_MS };

/** Probes, not milliseconds: the minimum bad count is about how often something was seen. */
export interface Outcomes {
  good: number;
  bad: number;
}

export interface OutcomeBucket extends Outcomes {
  startMs: number;
  bucketMs: number;
}

/** Outcomes of the buckets that start in the range, `from` inclusive, `to` exclusive. */
export type OutcomesBetween = (fromMs: number, toMs: number) => Outcomes;

/** Buckets in any order as a function of time, O(log n) a call. */
export function outcomesOf(buckets: readonly OutcomeBucket[]): OutcomesBetween {
  const sorted = buckets.toSorted((a, b) => a.startMs - b.startMs);
  const good = new Float64Array(sorted.length + 1);
  const bad = new Float64Array(sorted.length + 1);
  for (const [index, bucket] of sorted.entries()) {
    good[index + 1] = (good[index] as number) + bucket.good;
    bad[index + 1] = (bad[index] as number) + bucket.bad;
  }
  const firstFrom = (atMs: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as OutcomeBucket).startMs < atMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (fromMs, toMs) => {
    const [from, to] = [firstFrom(fromMs), firstFrom(toMs)];
    return {
      good: (good[to] as number) - (good[from] as number),
      bad: (bad[to] as number) - (bad[from] as number),
    };
  };
}

export interface ErrorBudget {
  /** Good share of what was seen; null when nothing was. */
  availability: number | null;
  /** Bad probes the objective allows among those seen. */
  total: number;
  spent: number;
  /** Below 0 when overspent. */
  remaining: number;
  /** Of the total; null when nothing was seen. */
  remainingShare: number | null;
}

/** The budget of the window that ends now. */
export function errorBudget(objective: Objective, outcomes: OutcomesBetween, nowMs: number): ErrorBudget {
  const { good, bad } = outcomes(nowMs - objective.windowMs, nowMs);
  const seen = good + bad;
  const total = seen * (1 - objective.target);
  return {
    availability: seen === 0 ? null : good / seen,
    total,
    spent: bad,
    remaining: total - bad,
    remainingShare: total === 0 ? null : 1 - bad / total,
  };
}

/** How many times faster than allowed the budget was spent: 1 spends it exactly in the window. null when nothing was seen. */
export function burnRate(objective: Objective, { good, bad }: Outcomes): number | null {
  const seen = good + bad;
  return seen === 0 ? null : bad / seen / (1 - objective.target);
}

export interface BurnRule {
  severity: 'page' | 'ticket';
  factor: number;
  /** It says that the burn matters. */
  longMs: number;
  /** It says that the burn is still going on. */
  shortMs: number;
}

/**
 * Multi-window, multi-burn-rate alerting (Google SRE workbook, chapter 5; the factors of sloth): 2, 5, 10 and 10 % of a 30-day
 * budget, within an hour, six hours, a day and three days.
 */
export const BURN_RULES: readonly BurnRule[] = [
  { severity: 'page', factor: 14.4, longMs: HOUR_MS, shortMs: 5 * MINUTE_MS },
  { severity: 'page', factor: 6, longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS },
  { severity: 'ticket', factor: 3, longMs: DAY_MS, shortMs: 2 * HOUR_MS },
  { severity: 'ticket', factor: 1, longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS },
];

/** Probes are few: at 60 s one failure an hour burns 16.7 times too fast. Fewer bad ones than this in the long window say nothing. */
const MINIMUM_BAD = 3;
/** After an outage one lone failure would alarm once more: the long window still burns, and a short one holds few probes. */
const MINIMUM_BAD_IN_SHORT = 2;

export interface BurnState {
  rule: BurnRule;
  firing: boolean;
  /** null when nothing was seen in the window. */
  longRate: number | null;
  shortRate: number | null;
  /** In the long window. */
  bad: number;
}

/**
 * The state of every rule now. A rule fires while both windows burn faster than its factor and enough bad probes were seen.
 * A ticket can wait until its long window is full: in the first hours a few lone failures are a high rate. A probe should count
 * as bad only when its retry failed too.
 */
export function evaluateBurn(objective: Objective, outcomes: OutcomesBetween, nowMs: number): BurnState[] {
  return BURN_RULES.map((rule) => {
    const long = outcomes(nowMs - rule.longMs, nowMs);
    const longRate = burnRate(objective, long);
    const short = outcomes(nowMs - rule.shortMs, nowMs);
    const shortRate = burnRate(objective, short);
    const fast =
      short.bad >= MINIMUM_BAD_IN_SHORT && (longRate ?? 0) > rule.factor && (shortRate ?? 0) > rule.factor;
    const earlier = outcomes(nowMs - objective.windowMs, nowMs - rule.longMs);
    const ripe = rule.severity === 'page' || earlier.good + earlier.bad > 0;
    return { rule, firing: fast && ripe && long.bad >= MINIMUM_BAD, longRate, shortRate, bad: long.bad };
  });
}

/** The worst severity that fires; null when none does. */
export function burnSeverity(states: readonly BurnState[]): BurnRule['severity'] | null {
  const severities = states.filter(({ firing }) => firing).map(({ rule }) => rule.severity);
  return severities.includes('page') ? 'page' : (severities[0] ?? null);
}

export interface IntervalSupport {
  supported: boolean;
  /** Why not; null when it is supported. */
  reason: string | null;
  /** Bad probes the objective allows in its window at this interval. */
  allowedBad: number;
  /** How many probes in a row must fail before the fastest rule pages, and how long that takes. */
  failuresToPage: number;
  pageAfterMs: number;
}

/**
 * Whether probing at this interval can tell if the objective is kept: a full outage has to page within the fastest rule's short
 * window, and one failed probe must not be a tenth of the whole budget.
 */
export function intervalSupport(objective: Objective, intervalMs: number): IntervalSupport {
  const fastest = BURN_RULES[0] as BurnRule;
  const allowedBad = (1 - objective.target) * (objective.windowMs / intervalMs);
  const burning = Math.floor(fastest.factor * (1 - objective.target) * (fastest.longMs / intervalMs)) + 1;
  const failuresToPage = Math.max(MINIMUM_BAD, burning);
  const pageAfterMs = failuresToPage * intervalMs;
  const complaints = [
    allowedBad < 10
      ? `the objective allows only ${allowedBad.toFixed(1)} failed probes per window at this interval`
      : null,
    // 14.4 x is two thirds of an hour for 95 % and less: there the burn itself is what takes long, not the interval.
    pageAfterMs > fastest.shortMs && failuresToPage === MINIMUM_BAD
      ? `${MINIMUM_BAD} failed probes take longer than the ${fastest.shortMs / MINUTE_MS} minutes in which an outage should page`
      : null,
  ].filter((complaint) => complaint !== null);
  return {
    supported: complaints.length === 0,
    reason: complaints.length === 0 ? null : complaints.join('; '),
    allowedBad,
    failuresToPage,
    pageAfterMs,
  };
}
