import { createRecordView, setSlice } from '../../../src/core/log/record-view.ts';
import { seededRandom } from '../../../src/core/statistics/random.ts';
import type { LogFormat } from '../../../src/tools/_shared/logs/format.ts';
import { TEXT_FORMATS } from '../../../src/tools/_shared/logs/formats/text-formats.ts';
import { createRecordReader } from '../../../src/tools/_shared/logs/record-reader.ts';
import { createDecodeContext } from '../../../src/tools/_shared/logs/time/decode-context.ts';
import { row, type BenchPart, type BenchRow } from '../bench.ts';
import { formatZoo, type ZooFile } from './format-zoo.ts';

const SEED = 20_260_301;
const MODIFIED_MS = Date.UTC(2026, 2, 2);
/** Formats whose decoding is timed: one of each way of reading. */
const TIMED = [
  'syslog-rfc3164',
  'access-log',
  'nginx-error',
  'postgresql',
  'logfmt',
  'spring-boot',
  'text-timestamp',
];

/** Whether files are named right by what they hold, records read as what they are, and how quickly. */
export const formatRows: BenchPart = async ({ quick, log }) => {
  const zoo = formatZoo(seededRandom(SEED));
  const looks = zoo.map(lookAt);
  const wrong = looks.filter((look) => look.named !== look.file.format);
  for (const { file, named } of wrong) log(`${file.name}: ${file.format} was named ${named}`);
  const right = looks.filter((look) => look.named === look.file.format);
  const records = sum(right.map((look) => look.records));
  return [
    row({
      name: 'files whose format is named right',
      value: rounded(100 - (100 * wrong.length) / zoo.length),
      unit: '%',
      goal: { op: '>=', value: 95 },
      samples: zoo.length,
      note:
        wrong.length === 0
          ? 'lines of something else among them'
          : wrong.map((look) => look.file.name).join(', '),
    }),
    row({
      name: 'records that their decoder read',
      value: rounded((100 * (records - sum(right.map((look) => look.undecoded)))) / records),
      unit: '%',
      samples: records,
      note: 'the others are the lines of something else',
    }),
    ...(await decodeRows(quick ? 100 : 500)),
  ];
};

interface Look {
  file: ZooFile;
  named: string | null;
  records: number;
  undecoded: number;
}

function lookAt(file: ZooFile): Look {
  let records = 0;
  const reader = createRecordReader({
    zoneOffsetMinutes: 0,
    modifiedMs: MODIFIED_MS,
    onRecord: () => {
      records += 1;
    },
  });
  const bytes = Buffer.from(`${file.lines.join('\n')}\n`);
  reader.push(bytes, 0, bytes.length, 0);
  reader.end();
  const { format, undecoded } = reader.report();
  return { file, named: format, records, undecoded };
}

/** Decoding alone, of first samples of a format in turn; the reader's own cost is in the part `speed`. */
async function decodeRows(runMs: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const name of TIMED) {
    const format = TEXT_FORMATS.find((candidate) => candidate.name === name);
    if (format === undefined) continue;
    const rates = Array.from({ length: 5 }, () => decodeRate(format, runMs));
    rows.push(
      row({
        name: `${name}: records decoded`,
        value: Math.round(median(rates) / 1_000),
        unit: 'thousand per CPU second',
        samples: rates.length,
        ...(name === 'syslog-rfc3164' ? { goal: { op: '>=', value: 1_000 } } : {}),
      }),
    );
  }
  return rows;
}

/** Records for a second of processor time: what others do on the machine counts less than in wall time. */
function decodeRate(format: LogFormat, runMs: number): number {
  const [records, ends] = packed(format);
  const view = createRecordView();
  const context = createDecodeContext({ modifiedMs: MODIFIED_MS, zoneOffsetMinutes: 0 });
  view.lines = 1;
  let decoded = 0;
  const before = process.cpuUsage();
  let usedMs = 0;
  while (usedMs < runMs) {
    let start = 0;
    for (const end of ends) {
      setSlice(view.raw, records, start, end);
      if (format.decode(view, context)) decoded += 1;
      start = end + 1;
    }
    usedMs = process.cpuUsage(before).user / 1_000;
  }
  return (decoded * 1_000) / usedMs;
}

/** First lines of the format's samples, many of them behind each other. */
function packed(format: LogFormat): [Uint8Array, number[]] {
  const lines = Array.from({ length: 2_000 }, (_, index) => {
    const { text } = format.samples[index % format.samples.length]!;
    return text.split('\n')[0]!;
  });
  const ends: number[] = [];
  let at = 0;
  for (const line of lines) {
    at += Buffer.byteLength(line);
    ends.push(at);
    at += 1;
  }
  return [Buffer.from(lines.join('\n')), ends];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const rounded = (value: number): number => Math.round(value * 10) / 10;
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
