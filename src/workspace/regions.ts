import { RearguardError } from '../core/errors.ts';

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
 * (at the end). Equal bodies give the very same text. Throws what readRegions throws.
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
  return [...linesOf(text)].flatMap(({ line, at, content, isCode, isFence }) => {
    if (isFence || (!isCode && MARKER.test(content))) return [];
    const region = placed.find(({ from, to }) => at >= from && at < to)?.name ?? null;
    return [{ line, content: content.replace(/\r$/, ''), region, isCode }];
  });
}

interface PlacedRegion extends Region {
  /** Where the body's first line begins, and where the line of the end marker does. */
  from: number;
  to: number;
}

const MARKER = /^<!-- rearguard:(begin|end) ([a-z0-9-]+) -->[ \t]*\r?$/;

function placedRegions(text: string, path: string): PlacedRegion[] {
  const placed: PlacedRegion[] = [];
  let open: { name: string; line: number; from: number } | null = null;
  const refuse = (line: number, reason: string): RearguardError =>
    new RearguardError('E_WORKSPACE_MARKERS', { path, line, reason });
  for (const { line, at, next, content, isCode } of linesOf(text)) {
    if (isCode) continue;
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

interface TextLine {
  /** From 1. */
  line: number;
  /** Where it begins in the text, and where the one after does. */
  at: number;
  next: number;
  content: string;
  /** Within a fenced block, its fences included. */
  isCode: boolean;
  isFence: boolean;
}

/** What stands in a fenced block is text about markers, and none. A byte order mark belongs to no line. */
function* linesOf(text: string): Generator<TextLine> {
  let fence: string | null = null;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  for (const [index, content] of text.slice(at).split('\n').entries()) {
    const next = at + content.length + 1;
    const [, mark, rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*?)\r?$/.exec(content) ?? [];
    const opens = fence === null && mark !== undefined;
    const closes = fence !== null && mark?.startsWith(fence) === true && rest.trim() === '';
    yield { line: index + 1, at, next, content, isCode: fence !== null || opens, isFence: opens || closes };
    if (opens) fence = mark;
    else if (closes) fence = null;
    at = next;
  }
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
