import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { seededRandom, type RandomSource } from '../../../../src/core/statistics/random.ts';
import { INSTRUCTIONS, type PlantedInstruction } from './instructions.ts';
import { SECRETS, type PlantedSecret } from './secrets.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PLANTED_TIMES = 30;

/** Groups of errors that were there all day: each a bug of its own, at its own place of the application. */
export const KNOWN_GROUPS = 5_000;

export interface LogPlan {
  path: string;
  fromMs: number;
  toMs: number;
  /** Records that are no errors. */
  plainRecords: number;
  /** Also the planted records: each instruction and each secret, some thirty times. */
  isPlanted: boolean;
}

/** Lines of pino; the same for the same plan. Returns how many. */
export async function writeLog(plan: LogPlan): Promise<number> {
  const random = seededRandom(plan.fromMs % 1_000_003);
  const lines = [...linesOf(plan, random)].toSorted((a, b) => a.atMs - b.atMs);
  const stream = createWriteStream(plan.path, { flags: 'a' });
  for (const { atMs, fields } of lines) {
    const line = `${JSON.stringify({ level: 50, time: Math.round(atMs), ...fields })}\n`;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return lines.length;
}

interface Line {
  atMs: number;
  fields: Record<string, unknown>;
}

function* linesOf({ fromMs, toMs, plainRecords, isPlanted }: LogPlan, random: RandomSource): Generator<Line> {
  const anyTime = (): number => fromMs + random() * (toMs - fromMs);
  for (let at = 0; at < plainRecords; at += 1) {
    const fields = {
      level: 30,
      hostname: `web-${at % 4}`,
      release: '2.4.1',
      msg: `order ${at} shipped in ${at % 90} ms`,
    };
    yield { atMs: anyTime(), fields };
  }
  const hours = (toMs - fromMs) / HOUR_MS;
  for (let group = 0; group < KNOWN_GROUPS; group += 1) {
    // Most are rare, some happen all the time.
    const perHour = group % 50 === 0 ? 6 : 0.15;
    const times = Math.max(isPlanted ? 0 : 2, Math.floor(perHour * hours + random()));
    for (let time = 0; time < times; time += 1) yield { atMs: anyTime(), fields: knownError(group) };
  }
  if (!isPlanted) return;
  const beginMs = toMs - 20 * MINUTE_MS;
  const lately = (): number => beginMs + random() * (toMs - beginMs);
  for (const [index, instruction] of INSTRUCTIONS.entries()) {
    for (let time = 0; time < PLANTED_TIMES + index; time += 1)
      yield { atMs: lately(), fields: withInstruction(instruction, index) };
  }
  for (const [index, secret] of SECRETS.entries()) {
    for (let time = 0; time < PLANTED_TIMES; time += 1)
      yield { atMs: lately(), fields: withSecret(secret, index) };
  }
}

const SYLLABLES = [
  'ba',
  'ce',
  'di',
  'fo',
  'gu',
  'ka',
  'le',
  'mi',
  'no',
  'ru',
  'sa',
  'te',
  'vi',
  'wo',
  'zu',
  'pa',
  'he',
];

/** Words that no rule can take for a number. */
function wordOf(group: number): string {
  let rest = group + SYLLABLES.length ** 2;
  let word = '';
  while (rest > 0) {
    word += SYLLABLES[rest % SYLLABLES.length] ?? '';
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return word;
}

function knownError(group: number): Record<string, unknown> {
  const word = wordOf(group);
  return errorFields(
    `${word} could not be stored`,
    stackOf('StoreError', `${word} could not be stored`, word),
  );
}

function errorFields(message: string, stack: string): Record<string, unknown> {
  return {
    hostname: 'web-1',
    release: '2.4.1',
    msg: message,
    err: { type: stack.split(':', 1)[0], message, stack },
  };
}

function stackOf(type: string, message: string, place: string): string {
  return `${type}: ${message}\n    at ${place}Service.run (/srv/app/src/${place}.js:12:7)\n    at handle (/srv/app/src/http.js:40:3)`;
}

function withInstruction({ place, text }: PlantedInstruction, index: number): Record<string, unknown> {
  const site = `site${wordOf(index + 9_000)}`;
  const base = { hostname: 'web-2', release: '2.4.1', msg: `request to ${site} broke` };
  if (place === 'message') return { ...base, msg: text };
  if (place === 'stack') return errorFields(text, stackOf('Error', text, site));
  if (place === 'field') return { ...base, tenant: text, hint: text };
  if (place === 'fieldName') return { ...base, [text]: 'yes' };
  if (place === 'header')
    return { ...base, headers: { 'user-agent': text, referer: text }, http_user_agent: text };
  if (place === 'logger') return { ...base, logger: text, name: text };
  return { ...base, release: text };
}

function withSecret({ where, field, text }: PlantedSecret, index: number): Record<string, unknown> {
  const site = `vault${wordOf(index + 8_000)}`;
  const base = { hostname: 'web-3', release: '2.4.1', msg: `call of ${site} broke` };
  if (where === 'message') return { ...base, msg: text };
  if (where === 'stack') return errorFields(text, stackOf('Error', text, site));
  return { ...base, [field ?? 'value']: text };
}

export const HISTORY_MS = 12 * HOUR_MS;
