import type { ParsedTrace, StackFrame, ThrownException } from '../../../_shared/logs/trace/types.ts';
import { originalPlace, type SourceMap } from './source-map.ts';

/** A map found in the user's folders. */
export interface LocalSourceMap {
  /** Path of the generated file below the folder, with `/`: `assets/main.3f9ab2c1.js`. */
  file: string;
  map: SourceMap;
}

/**
 * Frames of bundles as frames of their sources. V8 names the function a frame is in, a map only what stands at a place; what stands where the function was
 * called from is its name, so a frame takes the name found at its caller's place (what Chrome and Sentry do, too).
 */
export function applySourceMaps(trace: ParsedTrace, maps: readonly LocalSourceMap[]): ParsedTrace {
  if (trace.runtime !== 'node') return trace;
  return {
    ...trace,
    chain: trace.chain.map((thrown) => mapped(thrown, maps)),
    suppressed: trace.suppressed.map((thrown) => mapped(thrown, maps)),
  };
}

function mapped(thrown: ThrownException, maps: readonly LocalSourceMap[]): ThrownException {
  const places = thrown.frames.map(({ file, line, column }) => {
    const map = file === null || line === null || column === null ? null : mapOf(file, maps);
    return map === null ? null : originalPlace(map, line!, column!);
  });
  const frames = thrown.frames.map((frame, index): StackFrame => {
    const place = places[index];
    if (place === null || place === undefined) return frame;
    const calledAs = places[index + 1]?.name ?? null;
    return {
      ...frame,
      function: namedBy(frame.function, calledAs),
      file: place.file,
      line: place.line,
      column: place.column,
    };
  });
  return { ...thrown, frames };
}

/** The one whose path agrees with the frame's (a path elsewhere, or an address) in most of its last parts; two that agree equally far are none. */
function mapOf(file: string, maps: readonly LocalSourceMap[]): SourceMap | null {
  const parts = file
    .replaceAll('\\', '/')
    .replace(/[?#].*$/u, '')
    .split('/');
  let [best, most, isTied]: [SourceMap | null, number, boolean] = [null, 0, false];
  for (const { file: generated, map } of maps) {
    const common = commonEnd(parts, generated.split('/'));
    if (common > most) [best, most, isTied] = [map, common, false];
    else if (common > 0 && common === most) isTied = true;
  }
  return isTied ? null : best;
}

function commonEnd(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < Math.min(one.length, other.length) && one.at(-1 - count) === other.at(-1 - count))
    count += 1;
  return count;
}

/** A name of one or two characters was made by a minifier, part by part: `t.place` keeps what was not shortened. */
function namedBy(generated: string, calledAs: string | null): string {
  const kept = generated
    .replace(/^(?:async )?(?:new )?/u, '')
    .split('.')
    .filter((part) => part.length > 2 && part !== '<anonymous>' && part !== 'Object');
  if (kept.length > 0) return kept.join('.');
  return calledAs ?? '<anonymous>';
}
