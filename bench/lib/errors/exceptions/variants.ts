import { randomInteger, type RandomSource } from '../../../../src/core/statistics/random.ts';
import type { Runtime } from '../../../../src/tools/_shared/logs/trace/types.ts';
import { type Bug, library, own } from './bugs.ts';
import type { Build, Call, Thrown, TraceEvent } from './event.ts';
import { memberMessage } from './spelling.ts';

const WORDS = ['draft', 'open', 'paid', 'sent', 'closed', 'queued'];
const PEOPLE = ['Alice Smith', 'Bob Jones', 'Chen Wei', 'Dana Novak', 'Emre Kaya', 'Zoë Álvarez'];
const NAMES = ['acme corp', 'blue-sky', 'Foo & Sons', 'x1', 'päron', 'north wind trading'];
const ROOTS = [
  '/app',
  '/srv/shop/releases/{stamp}',
  '/home/deploy/shop/current',
  '/var/www/shop',
  '/opt/shop-{hash}',
  '/usr/src/app',
  '/var/lib/docker/overlay2/{long}/merged/app',
  '/builds/{id}/shop',
  '/Users/dana/code/shop',
  '/workspace/shop',
];

/** One event of a bug: everything that differs between two reports of the same fault. */
export function eventOf(
  runtime: Runtime,
  index: number,
  bug: Bug,
  random: RandomSource,
  wrappers: readonly Call[] = WRAPPERS,
): TraceEvent {
  const build = buildOf(bug, random);
  const calls = shifted(around(bug.calls, random, wrappers), build.number);
  const message = bug.message.startsWith('{member:')
    ? memberMessage(runtime, bug.message.slice('{member:'.length, -1), random)
    : filled(bug.message, random);
  const root: Thrown = { error: bug.error, message, calls };
  return { runtime, bug: `${runtime}/${index}`, chain: wrapped(root, random), build };
}

function buildOf(bug: Bug, random: RandomSource): Build {
  const number = 1 + randomInteger(random, 8);
  const root = pick(ROOTS, random)
    .replace('{stamp}', `2026030${1 + randomInteger(random, 9)}1030${10 + randomInteger(random, 49)}`)
    .replace('{hash}', hex(8, random))
    .replace('{long}', hex(64, random))
    .replace('{id}', String(randomInteger(random, 100_000)));
  return { root, hash: hex(8, random), number, minified: bug.minified };
}

/** Entry points, frameworks, wrappers, recursion and closures around the calls that a bug always has. */
function around(calls: readonly Call[], random: RandomSource, wrappers: readonly Call[]): Call[] {
  const stack: Call[] = [];
  for (const [index, call] of calls.entries()) {
    const isOwn = call.kind === 'own';
    if (index > 0 && random() < 0.25) stack.push(pick(wrappers, random));
    if (isOwn && random() < 0.1) stack.push({ ...call, closure: true });
    if (isOwn && random() < 0.1) stack.push({ ...call, line: call.line + 3 });
    stack.push(call);
  }
  // Runtimes and loggers keep so many frames; the outer ones are lost.
  const kept = stack.length + 1;
  // The libraries that a call went through before it was thrown.
  if (calls[0]!.kind === 'own' && random() < 0.15) stack.unshift(library('parser'));
  if (calls[0]!.kind === 'library') return random() < 0.5 ? [...stack, library('event loop')] : stack;
  if (random() < 0.3) stack.push(pick(wrappers, random));
  if (random() < 0.3) stack.push(library('instrumentation'));
  stack.push(...pick(ENTRIES, random));
  return random() < 0.1 ? stack.slice(0, kept + 1) : stack;
}

const WRAPPERS: readonly Call[] = [
  own('support', 'retry', 'with retry'),
  own('support', 'timing', 'measure time', true),
  own('persistence', 'unit of work', 'run in transaction'),
  own('support', 'tracing', 'with span', true),
  own('web', 'middleware', 'wrapper', true),
];

/** Such whose names say nothing: nobody could know from one trace that they only pass on. */
export const UNTELLING_WRAPPERS: readonly Call[] = [
  own('engine', 'conductor', 'perform'),
  own('engine', 'steps', 'carry out'),
  own('flow', 'stage', 'proceed', true),
];

const ENTRIES: readonly (readonly Call[])[] = [
  [own('web', 'routes', 'post entry', true), library('router'), library('http server')],
  [own('jobs', 'nightly job', 'execute'), library('scheduler')],
  [own('consumers', 'event consumer', 'on message'), library('queue'), library('event loop')],
  [own('cli', 'main', 'main')],
];

/** Some events are reported as thrown by the service or the request that the fault broke. */
function wrapped(root: Thrown, random: RandomSource): Thrown[] {
  const drawn = random();
  if (drawn >= 0.35) return [root];
  const outer = root.calls.slice(Math.min(root.calls.length - 1, 2));
  const service: Thrown = { error: 'service', message: `could not finish: ${root.message}`, calls: outer };
  if (drawn >= 0.1) return [service, root];
  return [{ error: 'request', message: 'request processing failed', calls: outer.slice(-2) }, service, root];
}

/** Each release moves lines, and code above a function moves it further. */
function shifted(calls: readonly Call[], release: number): Call[] {
  return calls.map((call) => ({ ...call, line: call.line + (release - 1) * (3 + (call.line % 5)) }));
}

function filled(message: string, random: RandomSource): string {
  return message.replace(/\{(\w+)\}/gu, (_, slot: string) => SLOTS[slot]!(random));
}

const SLOTS: Readonly<Record<string, (random: RandomSource) => string>> = {
  id: (random) => String(randomInteger(random, 1_000_000)),
  uuid: (random) =>
    `${hex(8, random)}-${hex(4, random)}-4${hex(3, random)}-a${hex(3, random)}-${hex(12, random)}`,
  name: (random) => pick(NAMES, random),
  person: (random) => pick(PEOPLE, random),
  word: (random) => pick(WORDS, random),
  amount: (random) => `-${(random() * 1000).toFixed(2)}`,
  date: (random) => `2026-03-${String(1 + randomInteger(random, 28)).padStart(2, '0')}`,
  ip: (random) =>
    `10.${randomInteger(random, 256)}.${randomInteger(random, 256)}.${randomInteger(random, 256)}`,
  port: (random) => String(1024 + randomInteger(random, 60_000)),
  ms: (random) => String(100 + randomInteger(random, 30_000)),
  path: (random) => `/data/${hex(6, random)}/${pick(NAMES, random).replaceAll(' ', '_')}.csv`,
  url: (random) =>
    `https://api.example.com/v1/${randomInteger(random, 9999)}?page=${randomInteger(random, 99)}`,
  status: (random) => pick(['500', '502', '503'], random),
};

function hex(length: number, random: RandomSource): string {
  // With a digit, as nearly all hashes of this length have.
  return `${randomInteger(random, 10)}${Array.from({ length: length - 1 }, () => randomInteger(random, 16).toString(16)).join('')}`;
}

export function pick<T>(values: readonly T[], random: RandomSource): T {
  return values[randomInteger(random, values.length)]!;
}
