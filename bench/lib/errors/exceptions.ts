import { type RandomSource, seededRandom } from '../../../src/core/statistics/random.ts';
import { parseTrace } from '../../../src/tools/_shared/logs/trace/parse.ts';
import { RUNTIMES, type Runtime } from '../../../src/tools/_shared/logs/trace/types.ts';
import { exceptionKey } from '../../../src/tools/error-analyzer/analyze/exception/key.ts';
import { explainShape } from '../../../src/tools/error-analyzer/analyze/shape/explain.ts';
import type { Shape } from '../../../src/tools/error-analyzer/analyze/shape/types.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { bugsOf } from './exceptions/bugs.ts';
import { PEERS } from './exceptions/peers.ts';
import { printEvent } from './exceptions/render.ts';
import { scoreKeys } from './exceptions/score.ts';
import { eventOf, UNTELLING_WRAPPERS } from './exceptions/variants.ts';

interface KeyedEvent {
  bug: string;
  runtime: Runtime;
  key: string;
  peers: readonly string[];
}

/** Traces of known bugs in seven runtimes, printed as the runtime does, read and keyed: what belongs together has one key, and nothing else has. */
export async function exceptionRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const variants = quick ? 15 : 50;
  const events: KeyedEvent[] = [];
  let [unread, bytes, microseconds] = [0, 0, 0];
  for (const [index, runtime] of RUNTIMES.entries()) {
    log(`exceptions of ${runtime}`);
    const random = seededRandom(1000 + index);
    const texts = textsOf(runtime, variants, random);
    const before = process.cpuUsage();
    for (const { bug, text } of texts) {
      const trace = parseTrace(text);
      bytes += text.length;
      if (trace === null || trace.runtime !== runtime) unread += 1;
      if (trace === null) events.push({ bug, runtime, key: `unread ${bug}`, peers: [] });
      else {
        const key = exceptionKey(trace, shapeOf).exact;
        events.push({ bug, runtime, key, peers: [] });
      }
    }
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
    for (const [at, { text }] of texts.entries()) {
      const trace = parseTrace(text);
      const event = events[events.length - texts.length + at]!;
      event.peers = Object.values(PEERS).map((keyOf) => (trace === null ? '' : `${runtime} ${keyOf(trace)}`));
    }
  }
  return [
    ...scoreRows(events),
    ...RUNTIMES.map((runtime) => runtimeRow(runtime, events)),
    untellingRow(variants),
    row({
      name: 'exceptions: traces that were not read, or taken for another runtime',
      value: unread,
      unit: 'traces',
      goal: { op: '=', value: 0 },
      samples: events.length,
    }),
    row({
      name: 'exceptions: reading and keying one trace',
      value: Math.round(microseconds / events.length),
      unit: 'us of processor time',
      samples: events.length,
      note: `${Math.round(bytes / events.length)} bytes on average, one thread`,
    }),
  ];
}

/** The harder case, without a goal: wrappers whose names do not give them away stand between shared code and its callers. */
function untellingRow(variants: number): BenchRow {
  const events = RUNTIMES.flatMap((runtime, at) => {
    const random = seededRandom(2000 + at);
    return bugsOf(runtime).flatMap((bug, index) =>
      Array.from({ length: variants }, () => {
        const event = eventOf(runtime, index, bug, random, UNTELLING_WRAPPERS);
        const trace = parseTrace(printEvent(event, random));
        return { bug: event.bug, key: trace === null ? 'unread' : exceptionKey(trace, shapeOf).exact };
      }),
    );
  });
  const score = scoreKeys(events);
  return row({
    name: 'exceptions: pairwise F1 where names of wrappers say nothing',
    value: round(score.f1),
    unit: '',
    samples: events.length,
    note: `${round(score.keysPerBug)} groups per bug, ${round(score.mergedBugs * 100)} % merged`,
  });
}

function textsOf(runtime: Runtime, variants: number, random: RandomSource): { bug: string; text: string }[] {
  return bugsOf(runtime).flatMap((bug, index) =>
    Array.from({ length: variants }, () => {
      const event = eventOf(runtime, index, bug, random);
      return { bug: event.bug, text: printEvent(event, random) };
    }),
  );
}

function scoreRows(events: readonly KeyedEvent[]): BenchRow[] {
  const ours = scoreKeys(events);
  const peers = Object.keys(PEERS).map((name, index) => ({
    name,
    score: scoreKeys(events.map(({ bug, peers: keys }) => ({ bug, key: keys[index]! }))),
  }));
  const best = peers.toSorted((a, b) => b.score.f1 - a.score.f1)[0]!;
  const figures = [
    { name: 'pairwise F1 of bugs', of: 'f1', unit: '', goal: { op: '>=', value: 0.97 } },
    { name: 'groups per true bug', of: 'keysPerBug', unit: '', goal: { op: '<=', value: 1.05 } },
    {
      name: 'bugs that share a group with another',
      of: 'mergedBugs',
      unit: 'of 1',
      goal: { op: '<=', value: 0.01 },
    },
  ] as const;
  return figures.map(({ name, of, unit, goal }) =>
    row({
      name: `exceptions: ${name}`,
      value: round(ours[of]),
      unit,
      goal,
      samples: events.length,
      peer: { name: best.name, value: round(best.score[of]) },
      note: peers.map((peer) => `${peer.name} ${round(peer.score[of])}`).join(', '),
    }),
  );
}

function runtimeRow(runtime: Runtime, events: readonly KeyedEvent[]): BenchRow {
  const score = scoreKeys(events.filter((event) => event.runtime === runtime));
  return row({
    name: `exceptions: pairwise F1, ${runtime}`,
    value: round(score.f1),
    unit: '',
    note: `precision ${round(score.precision)}, recall ${round(score.recall)}, ${round(score.keysPerBug)} groups per bug, ${round(score.mergedBugs * 100)} % merged`,
  });
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

function shapeOf(message: string): Shape {
  return explainShape(message).shape;
}
