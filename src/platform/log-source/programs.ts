import type { LogProgram } from './program-feed.ts';
import type { LogSourceSpec } from './types.ts';

export interface ProgramRange {
  follow: boolean;
  /** Only what is new. */
  fromEnd: boolean;
  sinceMs: number | undefined;
}

/** `docker logs` gives both streams of a container apart; each is a log of its own. */
export function dockerPrograms(
  { container }: LogSourceSpec & { kind: 'docker' },
  range: ProgramRange,
): LogProgram[] {
  return (['stdout', 'stderr'] as const).map((output) => ({
    name: output === 'stdout' ? `docker:${container}` : `docker:${container}:stderr`,
    output,
    argv: (from) => [
      'docker',
      'logs',
      '--timestamps',
      ...(range.follow ? ['--follow'] : []),
      ...rangeOf(from, range, '--since'),
      '--',
      container,
    ],
    ...timestamped(output),
  }));
}

export interface PodContainer {
  namespace: string;
  pod: string;
  container: string;
}

/** One run for each container: a run for all of them would mix their lines, and sees no new pods. */
export function kubernetesProgram(
  { namespace, pod, container }: PodContainer,
  context: string | undefined,
  range: ProgramRange,
): LogProgram {
  return {
    name: `kubernetes:${namespace}/${pod}/${container}`,
    output: 'stdout',
    argv: (from) => [
      'kubectl',
      'logs',
      ...contextOf(context),
      `--namespace=${namespace}`,
      `--container=${container}`,
      '--timestamps',
      ...(range.follow ? ['--follow'] : []),
      ...rangeOf(from, range, '--since-time'),
      '--',
      pod,
    ],
    ...timestamped('stdout'),
  };
}

/** Prints the containers of a selector, or of the pod of that name. */
export function podsArgv({
  selector,
  namespace,
  context,
}: LogSourceSpec & { kind: 'kubernetes' }): readonly string[] {
  const isSelector = /[=!,() ]/.test(selector);
  return [
    'kubectl',
    'get',
    'pods',
    ...contextOf(context),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    isSelector ? `--selector=${selector}` : `--field-selector=metadata.name=${selector}`,
    '--output=jsonpath={range .items[*]}{.metadata.namespace}{"\\t"}{.metadata.name}{range .spec.containers[*]}{"\\t"}{.name}{end}{"\\n"}{end}',
  ];
}

export function containersOf(pods: string): PodContainer[] {
  return pods.split('\n').flatMap((line) => {
    const [namespace = '', pod = '', ...containers] = line.split('\t');
    return containers.map((container) => ({ namespace, pod, container }));
  });
}

function contextOf(context: string | undefined): string[] {
  return context === undefined ? [] : [`--context=${context}`];
}

function rangeOf(from: string | null, { fromEnd, sinceMs }: ProgramRange, flag: string): string[] {
  if (from !== null) return [`${flag}=${from}`];
  if (fromEnd) return ['--tail=0'];
  return sinceMs === undefined ? [] : [`${flag}=${new Date(sinceMs).toISOString()}`];
}

const SPACE = 32;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
/** `2025-01-31T12:00:00.123456789+02:00`. */
const TIME_BYTES_AT_MOST = 35;

/** With its time before it a line has the form that CRI gives it, but for the name of the stream and a flag: they are added. */
function timestamped(stream: string): Pick<LogProgram, 'placeOf' | 'isBefore' | 'mark'> {
  return {
    placeOf(line) {
      const end = line.subarray(0, TIME_BYTES_AT_MOST + 1).indexOf(SPACE);
      const time = end < 0 ? '' : line.toString('latin1', 0, end);
      return TIME.test(time) ? time : null;
    },
    isBefore: (place, other) => place !== other && sortableTime(place) < sortableTime(other),
    mark: ` ${stream} F`,
  };
}

/** Programs leave out trailing zeros and have zones of their own; whole nanoseconds compare as text. */
function sortableTime(time: string): string {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const seconds = Date.parse(time.replace(/\.\d+/, '')) / 1_000;
  return `${String(seconds).padStart(12, '0')}.${fraction.padEnd(9, '0')}`;
}

const CURSOR = Buffer.from('"__CURSOR":"');
const QUOTE = 34;

export function journalProgram(
  { unit }: LogSourceSpec & { kind: 'journal' },
  { follow, fromEnd, sinceMs }: ProgramRange,
): LogProgram {
  return {
    name: unit === undefined ? 'journal' : `journal:${unit}`,
    output: 'stdout',
    argv: (from) => [
      'journalctl',
      '--output=json',
      // Otherwise a field over 4 KB is null.
      '--all',
      '--no-pager',
      '--quiet',
      ...(unit === undefined ? [] : [`--unit=${unit}`]),
      ...(follow ? ['--follow'] : []),
      ...journalRange(from, fromEnd, sinceMs, follow),
    ],
    placeOf(line) {
      const at = line.indexOf(CURSOR);
      const end = at < 0 ? -1 : line.indexOf(QUOTE, at + CURSOR.length);
      return end < 0 ? null : line.toString('latin1', at + CURSOR.length, end);
    },
    // It begins exactly at the entry of a cursor.
    isBefore: () => false,
    mark: '',
  };
}

function journalRange(
  from: string | null,
  fromEnd: boolean,
  sinceMs: number | undefined,
  follow: boolean,
): string[] {
  // In follow it would begin with the last ten.
  const all = follow ? ['--no-tail'] : [];
  if (from !== null) return [`--cursor=${from}`, ...all];
  if (fromEnd) return ['--lines=0'];
  return sinceMs === undefined ? all : [`--since=@${Math.floor(sinceMs / 1_000)}`, ...all];
}
