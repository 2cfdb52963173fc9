import { randomInteger, type RandomSource } from '../../../src/core/statistics/random.ts';
import type { LogFormat } from '../../../src/tools/_shared/logs/format.ts';

/** Bytes that mean something to one reader or another. */
const SPECIAL = [
  0x00, 0x0a, 0x0d, 0x1b, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a, 0x20, 0x09, 0x30, 0x80, 0xbf, 0xc3,
  0xf0, 0xff,
];

const HOSTILE = [
  '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"msg":"x"}',
  '\u001B]0;title',
  '\u001B[31m\u001B[',
  '{"msg":"\\ud800\\u12","level":1e999,"time":-1e400}',
  '{"resourceLogs":[{"resource":{"attributes":[{"key":"a"',
  '2026-02-30T25:61:61.9999999999Z x',
  'Feb 29 23:59:60 host x[1]: leap',
  '"',
  '\\',
  '{',
  '[[[[',
  '}}}}',
  '\t',
  '    at ',
];

/** One input: records of one format or of several, perhaps in a container's wrapper, then damaged. */
export function fuzzInput(random: RandomSource, formats: readonly LogFormat[]): Buffer {
  const pick = <T>(list: readonly T[]): T => list[randomInteger(random, list.length)]!;
  const chosen = Array.from({ length: 1 + randomInteger(random, 3) }, () => pick(formats));
  const lines: string[] = [];
  const size = 1 + randomInteger(random, 80);
  for (let index = 0; index < size; index += 1) {
    lines.push(randomInteger(random, 12) === 0 ? pick(HOSTILE) : pick(pick(chosen).samples).text);
  }
  if (randomInteger(random, 50) === 0) lines.push(`{"a":`.repeat(1 + randomInteger(random, 20_000)));
  if (randomInteger(random, 50) === 0) lines.push(pick(HOSTILE).repeat(1 + randomInteger(random, 8_000)));
  const text = wrap(lines, random).join(randomInteger(random, 5) === 0 ? '\r\n' : '\n');
  const encoded =
    randomInteger(random, 20) === 0 ? Buffer.from(`\uFEFF${text}`, 'utf16le') : Buffer.from(text);
  return damage(encoded, random);
}

function wrap(lines: readonly string[], random: RandomSource): string[] {
  const single = lines.flatMap((line) => line.split('\n'));
  const stream = () => (randomInteger(random, 4) === 0 ? 'stderr' : 'stdout');
  const time = '2026-03-01T08:15:30.123456789Z';
  switch (randomInteger(random, 6)) {
    case 0:
      return single.map((line) =>
        JSON.stringify({ log: randomInteger(random, 9) === 0 ? line : `${line}\n`, stream: stream(), time }),
      );
    case 1:
      return single.map(
        (line) => `${time} ${stream()} ${randomInteger(random, 9) === 0 ? 'P' : 'F'} ${line}`,
      );
    case 2:
      return single.map((line) =>
        JSON.stringify({
          __REALTIME_TIMESTAMP: '1772352930123456',
          MESSAGE: line,
          _PID: String(randomInteger(random, 300)),
          PRIORITY: '4',
        }),
      );
    default:
      return single;
  }
}

function damage(input: Buffer, random: RandomSource): Buffer {
  let bytes = input;
  const times = randomInteger(random, 12);
  for (let count = 0; count < times && bytes.length > 0; count += 1) {
    const at = randomInteger(random, bytes.length);
    const end = Math.min(bytes.length, at + 1 + randomInteger(random, 40));
    switch (randomInteger(random, 5)) {
      case 0:
        bytes[at] = SPECIAL[randomInteger(random, SPECIAL.length)]!;
        break;
      case 1:
        bytes[at]! ^= 1 << randomInteger(random, 8);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        break;
      default:
        bytes =
          randomInteger(random, 6) === 0
            ? bytes.subarray(0, at)
            : Buffer.concat([bytes.subarray(0, at), special(random), bytes.subarray(at)]);
    }
  }
  return bytes;
}

function special(random: RandomSource): Buffer {
  return Buffer.from(
    Array.from(
      { length: 1 + randomInteger(random, 6) },
      () => SPECIAL[randomInteger(random, SPECIAL.length)]!,
    ),
  );
}
