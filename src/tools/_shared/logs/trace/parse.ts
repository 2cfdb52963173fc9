import { dotnetTrace } from './dotnet.ts';
import { goTrace } from './go.ts';
import { javaTrace } from './java.ts';
import { nodeTrace } from './node.ts';
import { phpTrace } from './php.ts';
import { pythonTrace } from './python.ts';
import { rubyTrace } from './ruby.ts';
import { cappedTrace, traceLines, type TraceParser } from './trace-lines.ts';
import type { ParsedTrace } from './types.ts';

/** Those whose frames have the narrowest form first: the first one wins when two know equally many lines. */
const PARSERS: readonly TraceParser[] = [
  javaTrace,
  nodeTrace,
  pythonTrace,
  phpTrace,
  goTrace,
  rubyTrace,
  dotnetTrace,
];

/** Lines looked at to tell the runtime. */
const SAMPLE_LINES = 400;

/** The stack trace in a text, or null. Lines before it (a log line, source with a caret) may be there. */
export function parseTrace(text: string): ParsedTrace | null {
  const { lines, cut } = traceLines(text);
  const parser = parserOf(lines);
  const parts = parser?.parse(lines) ?? null;
  return parser === null || parts === null ? null : cappedTrace(parser.runtime, parts, cut);
}

function parserOf(lines: readonly string[]): TraceParser | null {
  const counts = PARSERS.map(() => 0);
  for (const line of lines.slice(0, SAMPLE_LINES)) {
    for (const [index, parser] of PARSERS.entries()) if (parser.isFrame(line)) counts[index]! += 1;
  }
  const most = Math.max(...counts);
  if (most > 0) return PARSERS[counts.indexOf(most)]!;
  return PARSERS.find((parser) => lines.some((line) => parser.isHeadline?.(line))) ?? null;
}
