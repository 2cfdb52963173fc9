/** Figures of one line; every template takes what it needs. */
export interface Facts {
  random: () => number;
  date: Date;
  /** `2026-03-01`, `08:15:30`, milliseconds with three digits. */
  day: string;
  clock: string;
  ms: string;
  number: number;
  id: string;
  ip: string;
  level: (names: readonly string[]) => string;
  message: string;
  pick: <T>(choices: readonly T[]) => T;
}

export type Template = (facts: Facts) => string;

export type Entry = readonly [name: string, format: string, template: Template, noise?: readonly string[]];

const MESSAGES = [
  (n: number) => `reserved ${n} of item 17 for order ${n * 3}`,
  (n: number) => `could not reach inventory at 10.0.3.${n % 250}:8443, trying again in ${n} ms`,
  (n: number) => `cache miss for key cart:${n}`,
  (n: number) => `user u${n} signed in from a new device`,
  (n: number) => `job ${n} finished in ${n * 7} ms`,
  (n: number) => `payment ${n} refused: card has expired`,
  (n: number) => `connection ${n} was closed by the peer`,
  () => 'shutting down when all requests are served',
] as const;

export const MONTHS = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;
export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
export function factsAt(atMs: number, random: () => number): Facts {
  const date = new Date(atMs);
  const iso = date.toISOString();
  const number = Math.floor(random() * 900) + 1;
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  return {
    random,
    date,
    day: iso.slice(0, 10),
    clock: iso.slice(11, 19),
    ms: iso.slice(20, 23),
    number,
    id: Math.floor(random() * 0xffffffff)
      .toString(16)
      .padStart(8, '0'),
    ip: `10.${number % 4}.${number % 250}.${(number * 7) % 250}`,
    level: (names) => names[random() < 0.75 ? 0 : Math.floor(random() * names.length)]!,
    message: pick(MESSAGES)(number),
    pick,
  };
}

export const two = (value: number): string => String(value).padStart(2, '0');
export const clf = ({ date, clock }: Facts): string =>
  `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock} +0000`;
export const dashed = ({ date, clock }: Facts): string =>
  `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${clock}`;
export const syslog = ({ date, clock }: Facts): string =>
  `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock}`;
export const ctime = ({ date, clock }: Facts, micros = ''): string =>
  `${WEEKDAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock}${micros} ${date.getUTCFullYear()}`;

export const JAVA_LEVELS = ['INFO', 'WARN', 'ERROR', 'DEBUG'] as const;
export const PYTHON_LEVELS = ['INFO', 'WARNING', 'ERROR', 'DEBUG'] as const;
export const NODE_LEVELS = ['info', 'warn', 'error', 'debug'] as const;

export const request = ({ number, pick }: Facts): string =>
  `${pick(['GET', 'GET', 'POST', 'DELETE'])} /orders/${number}${number % 3 === 0 ? '?page=2' : ''} HTTP/1.1`;
export const status = ({ random, pick }: Facts): number =>
  random() < 0.9 ? 200 : pick([301, 404, 500, 502]);
