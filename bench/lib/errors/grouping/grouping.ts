import type { BenchOptions, BenchRow } from '../../bench.ts';
import { notRun, row } from '../../bench.ts';
import { createDrain } from './drain.ts';
import { groupLines } from './group-lines.ts';
import { foldersOfLabelledLogs, readLabelledLogs, type LabelledLog } from './labelled-logs.ts';
import { madeLog } from './made-log.ts';
import { scoreGrouping, type GroupingScore } from './score.ts';
import { groupingStability } from './stability.ts';

const GOALS = { set: 80, contentGa: 97, contentFga: 96, rawGa: 95, rawFga: 90 } as const;

interface Measured {
  log: LabelledLog;
  content: GroupingScore;
  raw: GroupingScore;
  drainContent: GroupingScore;
  drainRaw: GroupingScore;
}

/** Grouping of lines that people have labelled, one configuration for all, beside Drain with its default setting. */
export async function groupingRows(options: BenchOptions): Promise<BenchRow[]> {
  const logs = foldersOfLabelledLogs(options.data).flatMap(readLabelledLogs);
  const made = madeLog();
  const madeRow = row({
    name: 'made log, words of state: GA',
    ...figure(scoreGrouping(groupLines(made.content), made.labels), drainOf(made.content, made.labels)),
    goal: { op: '>=', value: GOALS.contentGa },
    samples: made.content.length,
  });
  if (logs.length === 0) {
    return [
      madeRow,
      notRun(
        'grouping of labelled logs',
        '%',
        `no labelled logs${options.data === undefined ? '' : ` in ${options.data}`}: --data DIR`,
      ),
    ];
  }
  const measured = logs.map((log) => {
    options.log(`  ${log.name}`);
    return {
      log,
      content: scoreGrouping(groupLines(log.content), log.labels),
      raw: scoreGrouping(groupLines(log.raw), log.labels),
      drainContent: drainOf(log.content, log.labels),
      drainRaw: drainOf(log.raw, log.labels),
    };
  });
  return [...measured.flatMap(setRows), ...meanRows(measured), ...groupingStability(logs), madeRow];
}

function drainOf(lines: readonly Buffer[], labels: readonly string[]): GroupingScore {
  const drain = createDrain();
  return scoreGrouping(
    lines.map((line) => drain(line.toString('latin1'))),
    labels,
  );
}

function figure(
  ours: GroupingScore,
  drain: GroupingScore,
): Pick<BenchRow, 'value' | 'unit' | 'peer' | 'note'> {
  return {
    value: 100 * ours.ga,
    unit: '%',
    peer: { name: `Drain: ${percent(drain.ga)} GA, FGA`, value: 100 * drain.fga },
    note: `FGA ${percent(ours.fga)}; ${ours.groups} groups for ${ours.labels} labels`,
  };
}

function setRows({ log, content, raw, drainContent, drainRaw }: Measured): BenchRow[] {
  const goal = { op: '>=', value: GOALS.set } as const;
  const samples = log.labels.length;
  return [
    row({ name: `${log.name}, content: GA`, ...figure(content, drainContent), goal, samples }),
    row({ name: `${log.name}, raw lines: GA`, ...figure(raw, drainRaw), samples }),
  ];
}

function meanRows(measured: readonly Measured[]): BenchRow[] {
  const mean = (value: (one: Measured) => number) =>
    (100 * measured.reduce((sum, one) => sum + value(one), 0)) / measured.length;
  const meanRow = (
    name: string,
    ours: (one: Measured) => number,
    drain: (one: Measured) => number,
    goal: number,
  ) =>
    row({
      name,
      value: mean(ours),
      unit: '%',
      peer: { name: 'Drain', value: mean(drain) },
      goal: { op: '>=', value: goal },
      samples: measured.length,
    });
  return [
    meanRow(
      'mean of sets, content: GA',
      ({ content }) => content.ga,
      ({ drainContent }) => drainContent.ga,
      GOALS.contentGa,
    ),
    meanRow(
      'mean of sets, content: FGA',
      ({ content }) => content.fga,
      ({ drainContent }) => drainContent.fga,
      GOALS.contentFga,
    ),
    meanRow(
      'mean of sets, raw lines: GA',
      ({ raw }) => raw.ga,
      ({ drainRaw }) => drainRaw.ga,
      GOALS.rawGa,
    ),
    meanRow(
      'mean of sets, raw lines: FGA',
      ({ raw }) => raw.fga,
      ({ drainRaw }) => drainRaw.fga,
      GOALS.rawFga,
    ),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
