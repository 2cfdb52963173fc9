import type { ParsedTrace } from '../../../../src/tools/_shared/logs/trace/types.ts';
import { isInApp } from '../../../../src/tools/error-analyzer/analyze/exception/in-app.ts';

/**
 * Rules of trackers as their documentation gives them, rebuilt on our parser and our table of in-app frames: a help to read the figures, no
 * measurement of the products.
 */
export const PEERS: Readonly<Record<string, (trace: ParsedTrace) => string>> = {
  // Every exception of the chain with its type and its in-app frames: module, else the lower-case base name, and the function.
  'stack of the chain (as Sentry)': (trace) =>
    JSON.stringify(
      trace.chain.map((thrown) => [thrown.type, ...framesOf(trace, thrown.frames, Number.POSITIVE_INFINITY)]),
    ),
  // Type and message without numbers and quoted text, and the top frame.
  'type, message, top frame (as Datadog)': (trace) => {
    const { type, message, frames } = trace.chain[0]!;
    return JSON.stringify([
      type,
      message.replace(/"[^"]*"|'[^']*'|\S*\d\S*/gu, ''),
      ...framesOf(trace, frames, 1),
    ]);
  },
};

function framesOf(
  trace: ParsedTrace,
  frames: ParsedTrace['chain'][number]['frames'],
  atMost: number,
): string[] {
  const own = frames.filter((frame) => isInApp(frame, trace.runtime));
  return (own.length > 0 ? own : frames)
    .slice(0, atMost)
    .map(
      ({ module, file, function: name }) =>
        `${module ?? file?.toLowerCase().replace(/^.*[\\/]/u, '')} ${name.replaceAll(/\d+/gu, '')}`,
    );
}
