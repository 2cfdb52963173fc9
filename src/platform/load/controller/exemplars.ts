import type { Exemplar } from '../../../core/load/measure.ts';

const MAX_OF_EACH = 500;

/** Those of all workers: failures by time, then the slowest; at most a thousand. */
export function mergeExemplars(lists: readonly (readonly Exemplar[])[]): Exemplar[] {
  const all = lists.flat();
  const failed = all.filter(({ failure }) => failure !== null).toSorted((a, b) => a.atMs - b.atMs);
  const slow = all.filter(({ failure }) => failure === null).toSorted((a, b) => b.responseMs - a.responseMs);
  return [...failed.slice(0, MAX_OF_EACH), ...slow.slice(0, MAX_OF_EACH)];
}
