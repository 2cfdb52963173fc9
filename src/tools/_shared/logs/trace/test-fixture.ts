import { parseTrace } from './parse.ts';

/** Type, message, and `function@file:line` of each frame, one line each. */
export function outline(text: string): string[] | null {
  const trace = parseTrace(text);
  if (trace === null) return null;
  const lines = (label: string, exceptions: NonNullable<typeof trace>['chain']): string[] =>
    exceptions.flatMap(({ type, message, frames, elidedFrames }) => [
      `${label} ${type}: ${message}${elidedFrames > 0 ? ` (+${elidedFrames})` : ''}`,
      ...frames.map(
        (frame) =>
          `  ${frame.module === null ? '' : `${frame.module} `}${frame.function}@${frame.file}:${frame.line}`,
      ),
    ]);
  return [trace.runtime, ...lines('thrown', trace.chain), ...lines('apart', trace.suppressed)];
}
