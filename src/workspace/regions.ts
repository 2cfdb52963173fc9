import { RearguardError } from '../core/errors.ts';
import { markdownLines } from './markdown-lines.ts';

/**
 * Generated regions in a file that people write, too:
 *
 *   <!-- rearguard:begin endpoints -->
 *   …
 *   <!-- rearguard:end endpoints -->
 *
 * Everything outside stays byte for byte as it is, line ends and a byte order mark included.
 */
export interface Region {
  name: string;
  /** Without the markers, with `\n` as line end. */
  body: string;
}

/** The regions of a text in order. Throws E_WORKSPACE_MARKERS for a marker without its other half, nested or doubled ones, with the line. */
export function readRegions(text: string, path: string): Region[] {
  return placedRegions(text, path).map(({ name, body }) => ({ name, body }));
}

/**
 * The text with these regions' bodies; a region that the text does not have is left out unless `append` says where it goes
 * (at the end). Equal bodies give the very same text. Throws what readRegions throws, also where the end stands in a code block: what is
 * appended there would be text, and appended again the next time.
 */
export function writeRegions(
  text: string,
  regions: readonly Region[],
  options: { path: string; append?: boolean },
): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const placed = placedRegions(text, options.path);
  const bodies = new Map(regions.map(({ name, body }) => [name, body]));
  let result = text;
  for (const { name, body, from, to } of placed.toReversed()) {
    const wanted = bodies.get(name);
    if (wanted === undefined || wanted === body) continue;
    result =
      result.slice(0, from) + withLineEnd(wanted === '' ? '' : `${wanted}\n`, lineEnd) + result.slice(to);
  }
  if (options.append !== true) return result;
  const missing = regions.filter(({ name }) => !placed.some((region) => region.name === name));
  const { unclosed } = markdownLines(text);
  if (missing.length > 0 && unclosed?.kind === 'code') {
    throw markersError(options.path, unclosed.line, 'a code block begins here and does not end');
  }
  return missing.reduce(
    (before, region) => before + gapAfter(before, lineEnd) + wholeRegion(region, lineEnd),
    result,
  );
}

/** A line of a text with regions, for those who look for what is wrong in it. */
export interface DocumentLine {
  /** From 1. */
  line: number;
  content: string;
  /** The region that it stands in; null outside of regions. */
  region: string | null;
  /** Within a fenced block. */
  isCode: boolean;
}

/** Every line without its end, markers and fences left out. Throws what readRegions throws. */
export function documentLines(text: string, path: string): DocumentLine[] {
  const placed = placedRegions(text, path);
  return markdownLines(text).lines.flatMap(({ line, from: at, content, kind, isFence }) => {
    const isCode = kind === 'code';
    if (isFence || (!isCode && MARKER.test(content))) return [];
    const region = placed.find(({ from, to }) => at >= from && at < to)?.name ?? null;
    return [{ line, content, region, isCode }];
  });
}

function markersError(path: string, line: number, reason: string): RearguardError {
  return new RearguardError('E_WORKSPACE_MARKERS', { path, line, reason });
}

interface PlacedRegion extends Region {
  /** Where the body's first line begins, and where the line of the end marker does. */
  from: number;
  to: number;
}

const MARKER = /^<!-- rearguard:(begin|end) ([a-z0-9-]+) -->[ \t]*$/;

function placedRegions(text: string, path: string): PlacedRegion[] {
  const placed: PlacedRegion[] = [];
  let open: { name: string; line: number; from: number } | null = null;
  const refuse = (line: number, reason: string): RearguardError => markersError(path, line, reason);
  // What stands in a block of code is text about markers, and none.
  for (const { line, from: at, next, content, kind } of markdownLines(text).lines) {
    if (kind === 'code') continue;
    const [, half, name = ''] = MARKER.exec(content) ?? [];
    if (half === undefined) continue;
    if (half === 'begin') {
      if (open !== null) throw refuse(line, `${name} begins inside ${open.name}`);
      if (placed.some((region) => region.name === name)) throw refuse(line, `${name} is there twice`);
      open = { name, line, from: next };
      continue;
    }
    if (open?.name !== name) throw refuse(line, `${name} ends here and has not begun`);
    placed.push({ name, from: open.from, to: at, body: bodyOf(text.slice(open.from, at)) });
    open = null;
  }
  if (open !== null) throw refuse(open.line, `${open.name} begins here and does not end`);
  return placed;
}

function bodyOf(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/\n$/, '');
}

function wholeRegion({ name, body }: Region, lineEnd: string): string {
  const inner = body === '' ? '' : `${body}\n`;
  return withLineEnd(`<!-- rearguard:begin ${name} -->\n${inner}<!-- rearguard:end ${name} -->\n`, lineEnd);
}

/** An empty line between what is there and what is appended. */
function gapAfter(before: string, lineEnd: string): string {
  if (before === '' || before === '\uFEFF') return '';
  return before.endsWith('\n') ? lineEnd : lineEnd + lineEnd;
}

function withLineEnd(text: string, lineEnd: string): string {
  return text.replaceAll('\n', lineEnd);
}
