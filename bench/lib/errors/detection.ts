import { seededRandom } from '../../../src/core/statistics/random.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { type GroupAlert, sigmaAlerts, thresholdAlerts, thresholdForQuiet } from './alert-rules.ts';
import { type Planted, plantIncidents } from './planted-incidents.ts';
import { DAY_MINUTES, makeHabits, makeSeasonalErrors, type SeasonalErrors } from './seasonal-errors.ts';
import { streamsOf, type Told, watchDays } from './watched-day.ts';

/** Errors of one application: some 240, of which a quarter come less than three times a day. */
const SIZES = { busy: 30, middle: 90, batched: 30, jobs: 10, rare: 80 };
const QUICK_SIZES = { busy: 15, middle: 40, batched: 15, jobs: 5, rare: 40 };
const WITHIN_MINUTES = 2;
/** What is told this long after an incident's end belongs to it still: its records are in the window. */
const AFTER_MINUTES = 6 * 60;
/** A slow rise, and a silence, cannot be known at once. */
const SLOW_MINUTES = 120;

interface Outcome {
  planted: Planted;
  /** Minutes from when it could be told until it was; null for never. */
  delay: number | null;
}

/** Incidents in a day of five million lines, and quiet days; beside the alert rules that people set up today. */
export async function detectionRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const [incidentDays, quietDays] = quick ? [1, 1] : [5, 14];
  const outcomes: Outcome[] = [];
  const peers: Record<'threshold' | 'sigma', Outcome[]> = { threshold: [], sigma: [] };
  let oldBuilds = 0;
  let flaggedOldBuilds = 0;
  let strays = 0;
  const sizes = quick ? QUICK_SIZES : SIZES;
  const threshold = tunedThreshold(sizes);
  for (let day = 0; day < incidentDays; day += 1) {
    log(`incidents, day ${day + 1} of ${incidentDays}`);
    const random = seededRandom(600 + day);
    const errors = makeSeasonalErrors(random, makeHabits(random, sizes), 1);
    const plan = plantIncidents(random, errors.habits, DAY_MINUTES);
    const streams = streamsOf(errors, plan);
    const { told, pages } = watchDays(errors, streams, 1);
    outcomes.push(...plan.incidents.map((planted) => outcomeOf(planted, told)));
    const old = [...plan.regressed].filter(([, build]) => build === 'old build').map(([group]) => group);
    oldBuilds += old.length;
    flaggedOldBuilds += old.filter((group) => told.some(({ detection }) => detection.group === group)).length;
    strays += pages.filter(({ incident }) =>
      incident.detections.every(({ group }) => !plan.incidents.some((planted) => planted.group === group)),
    ).length;
    for (const [name, alerts] of [
      ['threshold', thresholdAlerts(streams, threshold)],
      ['sigma', sigmaAlerts(streams)],
    ] as const) {
      peers[name].push(...plan.incidents.map((planted) => peerOutcome(planted, alerts)));
    }
  }
  log(`${quietDays} quiet days`);
  const quiet = quietErrors(77, sizes, quietDays);
  const quietStreams = streamsOf(quiet, null);
  const watched = watchDays(quiet, quietStreams, quietDays);
  const quietPeers = {
    threshold: thresholdAlerts(quietStreams, threshold).length / quietDays,
    sigma: sigmaAlerts(quietStreams).length / quietDays,
  };
  const share = (found: readonly Outcome[], of: (outcome: Outcome) => boolean, within: number): number => {
    const those = found.filter(of);
    return (100 * those.filter(({ delay }) => delay !== null && delay <= within).length) / those.length;
  };
  const isSpike = ({ planted }: Outcome): boolean => planted.kind === 'spiking';
  const isSlow = ({ planted }: Outcome): boolean =>
    planted.kind === 'escalating' || planted.kind === 'disappeared';
  const isNewRare = ({ planted }: Outcome): boolean => planted.group.startsWith('rare-new');
  const peerNote = (of: (outcome: Outcome) => boolean, within: number): string =>
    `3-sigma rule: ${share(peers.sigma, of, within).toFixed(0)} %`;
  const spikes = outcomes.filter(isSpike);
  return [
    row({
      name: `incidents told within ${WITHIN_MINUTES} minutes of when they could be (slow ones: ${SLOW_MINUTES})`,
      value: (100 * outcomes.filter(isInTime).length) / outcomes.length,
      unit: '%',
      goal: { op: '>=', value: 95 },
      samples: outcomes.length,
      peer: {
        name: `more than ${threshold} in 5 minutes`,
        value: (100 * peers.threshold.filter(isInTime).length) / outcomes.length,
      },
      note: `3-sigma rule: ${((100 * peers.sigma.filter(isInTime).length) / outcomes.length).toFixed(0)} %`,
    }),
    row({
      name: `spikes told within ${WITHIN_MINUTES} minutes`,
      value: share(outcomes, isSpike, WITHIN_MINUTES),
      unit: '%',
      goal: { op: '>=', value: 95 },
      samples: spikes.length,
      peer: {
        name: `more than ${threshold} in 5 minutes`,
        value: share(peers.threshold, isSpike, WITHIN_MINUTES),
      },
      note: peerNote(isSpike, WITHIN_MINUTES),
    }),
    row({
      name: 'new errors seen 3 times in 5 M lines, told at the second',
      value: share(outcomes, isNewRare, WITHIN_MINUTES),
      unit: '%',
      goal: { op: '=', value: 100 },
      samples: outcomes.filter(isNewRare).length,
      peer: {
        name: `more than ${threshold} in 5 minutes`,
        value: share(peers.threshold, isNewRare, WITHIN_MINUTES),
      },
      note: peerNote(isNewRare, WITHIN_MINUTES),
    }),
    row({
      name: `slow rises and silences told within ${SLOW_MINUTES} minutes`,
      value: share(outcomes, isSlow, SLOW_MINUTES),
      unit: '%',
      samples: outcomes.filter(isSlow).length,
      peer: {
        name: `more than ${threshold} in 5 minutes`,
        value: share(peers.threshold, isSlow, SLOW_MINUTES),
      },
      note: peerNote(isSlow, SLOW_MINUTES),
    }),
    row({
      name: 'false pages on quiet days',
      value: watched.pages.length / quietDays,
      unit: 'a day',
      goal: { op: '<=', value: 1 },
      samples: quietDays,
      peer: { name: `more than ${threshold} in 5 minutes`, value: quietPeers.threshold },
      note: `3-sigma rule: ${quietPeers.sigma.toFixed(1)}; ours: ${kinds(watched.pages.map(({ incident }) => incident.detections[0]!.kind))}`,
    }),
    row({
      name: 'told on quiet days without a page (possible, or something stopped)',
      value: watched.told.filter(({ isPage }) => !isPage).length / quietDays,
      unit: 'a day',
      samples: quietDays,
    }),
    row({
      name: 'pages on days with incidents that belong to none',
      value: strays / incidentDays,
      unit: 'a day',
      goal: { op: '<=', value: 1 },
      samples: incidentDays,
    }),
    row({
      name: 'resolved errors that only an old build reports, told all the same',
      value: flaggedOldBuilds,
      unit: 'errors',
      goal: { op: '=', value: 0 },
      samples: oldBuilds,
    }),
  ];
}

function isInTime({ planted, delay }: Outcome): boolean {
  const isSlow = planted.kind === 'escalating' || planted.kind === 'disappeared';
  return delay !== null && delay <= (isSlow ? SLOW_MINUTES : WITHIN_MINUTES);
}

/** A page for it, or, of what stops, that it was told. Delay in whole minutes: a look at a minute's end sees all of it. */
function outcomeOf(planted: Planted, told: readonly Told[]): Outcome {
  const found = told.find(
    ({ at, detection, isPage }) =>
      detection.group === planted.group &&
      at >= planted.from &&
      at <= planted.to + AFTER_MINUTES &&
      (isPage || detection.kind === 'disappeared'),
  );
  return { planted, delay: found === undefined ? null : Math.max(0, found.at + 1 - planted.tellableAt) };
}

function peerOutcome(planted: Planted, alerts: readonly GroupAlert[]): Outcome {
  const found = alerts.find(
    ({ at, group }) => group === planted.group && at >= planted.from && at <= planted.to + AFTER_MINUTES,
  );
  return { planted, delay: found === undefined ? null : Math.max(0, found.at + 1 - planted.tellableAt) };
}

function quietErrors(seed: number, sizes: typeof SIZES, days: number): SeasonalErrors {
  const random = seededRandom(seed);
  return makeSeasonalErrors(random, makeHabits(random, sizes), days);
}

/** The smallest limit of the threshold rule that a quiet week of its own exceeds at most once a day. */
function tunedThreshold(sizes: typeof SIZES): number {
  const week = 7;
  return thresholdForQuiet(streamsOf(quietErrors(5, sizes, week), null), week);
}

function kinds(of: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of of) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none';
}
