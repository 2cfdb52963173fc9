import type { ParsedTrace, StackFrame, ThrownException } from '../../../_shared/logs/trace/types.ts';
import { originalPlace, type SourceMap } from './source-map.ts';

/** The map of a generated file as a frame names it (a path or an address), or null. Reading files is the caller's. */
export type SourceMapLookup = (file: string) => SourceMap | null;

/**
 * Frames of bundles as frames of their sources. V8 names the function a frame is in, a map only what stands at a place; what stands where the function was
 * called from is its name, so a frame takes the name found at its caller's place (what Chrome and Sentry do, too).
 */
export function applySourceMaps(trace: ParsedTrace, mapOf: SourceMapLookup): ParsedTrace {
  if (trace.runtime !== 'node') return trace;
  return {
    ...trace,
    chain: trace.chain.map((thrown) => mapped(thrown, mapOf)),
    suppressed: trace.suppressed.map((thrown) => mapped(thrown, mapOf)),
  };
}

function mapped(thrown: ThrownException, mapOf: SourceMapLookup): ThrownException {
  const places = thrown.frames.map(({ file, line, column }) => {
    const map = file === null || line === null || column === null ? null : mapOf(file);
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

/** A name of one or two characters was made by a minifier, part by part: `t.place` keeps what was not shortened. */
function namedBy(generated: string, calledAs: string | null): string {
  const kept = generated
    .replace(/^(?:async )?(?:new )?/u, '')
    .split('.')
    .filter((part) => part.length > 2 && part !== '<anonymous>' && part !== 'Object');
  if (kept.length > 0) return kept.join('.');
  return calledAs ?? '<anonymous>';
}
