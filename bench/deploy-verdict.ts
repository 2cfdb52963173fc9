import { seededRandom } from '../src/core/statistics/random.ts';
import { LOOKS, type Look } from '../src/tools/api-health-monitor/analyze/compare.ts';
import { type BenchRow, defineBenchmark, type Goal, row } from './lib/bench.ts';
import { collectLatencies, type LatencyPool, type Stream } from './lib/latency-pool.ts';
import {
  fromBlocks,
  inOnePiece,
  NAIVE_RULES,
  type NaiveRule,
  runTrial,
  type TrialResult,
} from './lib/verdict-trial.ts';

/** Calls that follow each other, all at once: about 1,700 a second, which leaves the server most of a core. */
const STREAMS = {
  'independent/same': 12,
  'correlated/same': 12,
  'independent/plus-25': 5,
  'correlated/plus-25': 5,
  'independent/plus-50': 4,
  'correlated/plus-50': 4,
  'independent/slow-tail': 5,
  'correlated/slow-tail': 5,
} as const;

interface Figure {
  name: string;
  process: 'independent' | 'correlated';
  change: 'same' | 'plus-25' | 'plus-50' | 'slow-tail';
  look: Look;
  goal?: Goal;
}

const FIGURES: readonly Figure[] = [
  {
    name: 'false alarms, no change',
    process: 'independent',
    change: 'same',
    look: 120,
    goal: { op: '<=', value: 1 },
  },
  {
    name: 'false alarms, autocorrelation 0.5',
    process: 'correlated',
    change: 'same',
    look: 120,
    goal: { op: '<=', value: 2 },
  },
  {
    name: '+25 % found at n = 60',
    process: 'independent',
    change: 'plus-25',
    look: 60,
    goal: { op: '>=', value: 95 },
  },
  {
    name: '+50 % found at n = 60',
    process: 'independent',
    change: 'plus-50',
    look: 60,
    goal: { op: '>=', value: 95 },
  },
  {
    name: '10 % of calls 4x slower, at n = 120',
    process: 'independent',
    change: 'slow-tail',
    look: 120,
    goal: { op: '>=', value: 60 },
  },
  {
    name: '+25 % found at n = 120, autocorr. 0.5',
    process: 'correlated',
    change: 'plus-25',
    look: 120,
    goal: { op: '>=', value: 85 },
  },
  {
    name: '+50 % found at n = 60, autocorr. 0.5',
    process: 'correlated',
    change: 'plus-50',
    look: 60,
    goal: { op: '>=', value: 95 },
  },
  { name: '+25 % found at n = 60, autocorr. 0.5', process: 'correlated', change: 'plus-25', look: 60 },
  { name: '10 % 4x slower, n = 120, autocorr. 0.5', process: 'correlated', change: 'slow-tail', look: 120 },
];

export const benchmark = defineBenchmark({
  name: 'deploy-verdict',
  summary: 'False alarms and power of the before/after verdict on real, noisy latencies',
  async run({ quick, log }): Promise<BenchRow[]> {
    const seconds = quick ? 20 : 45;
    log(`collecting latencies from a real server for ${seconds} s ...`);
    const pool = await collectLatencies(STREAMS, seconds);
    log(`${pool.samples} samples; comparing blocks of them ...`);
    const runs = quick ? 300 : 1_000;
    const random = seededRandom(20);
    const trials = new Map<string, TrialResult>();
    const trialOf = ({ process, change }: Pick<Figure, 'process' | 'change'>): TrialResult => {
      const kind = `${process}/${change}`;
      const draw = fromBlocks(streamsOf(pool, `${process}/same`), streamsOf(pool, kind));
      const trial = trials.get(kind) ?? runTrial(draw, runs, random);
      trials.set(kind, trial);
      return trial;
    };
    const whole = runTrial(inOnePiece(streamsOf(pool, 'independent/same')), runs, random);
    return [
      ...FIGURES.map((figure) => figureRow(figure, trialOf(figure))),
      figureRow({ name: 'false alarms, 480 samples in one piece', look: 120 }, whole),
      quietRow(trialOf({ process: 'independent', change: 'same' })),
      row({
        name: 'real latencies collected',
        value: pool.samples,
        unit: '',
        note: `in ${seconds} s; ${pool.suspect} suspect ones left out; timers late by p99 ${pool.clientLagMs.toFixed(1)} ms in the client, ${pool.serverLagMs.toFixed(1)} ms in the server`,
      }),
    ];
  },
});

function figureRow(figure: Pick<Figure, 'name' | 'look' | 'goal'>, trial: TrialResult): BenchRow {
  const { look } = figure;
  const [first, ...others] = Object.keys(NAIVE_RULES) as [NaiveRule, ...NaiveRule[]];
  return row({
    name: figure.name,
    value: round(trial.alarmedBy[look]),
    unit: '%',
    ...(figure.goal === undefined ? {} : { goal: figure.goal }),
    samples: trial.runs,
    peer: { name: first, value: round(trial.naive[first][look]) },
    note: [
      ...others.map((rule) => `${rule}: ${round(trial.naive[rule][look])}%`),
      `ours by n = ${LOOKS.map((at) => `${at}: ${round(trial.alarmedBy[at])}%`).join(', ')}`,
    ].join('; '),
  });
}

/** Without a change the answer should be a claim, not a shrug. */
function quietRow({ verdicts, runs }: TrialResult): BenchRow {
  return row({
    name: '"not slower within X ms" if unchanged',
    value: round(verdicts['not-slower']),
    unit: '%',
    samples: runs,
    note: `not enough data: ${round(verdicts['not-enough-data'])}%`,
  });
}

function streamsOf(pool: LatencyPool, kind: string): readonly Stream[] {
  return pool.streams.get(kind) ?? [];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
