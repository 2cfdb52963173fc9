import type { Finding } from '../core/finding.ts';
import { capText, oneLine, padEnd, wrapText } from '../core/text.ts';
import { commandLine } from './command-line.ts';
import type { RenderOptions } from './options.ts';
import type { Paint } from './paint.ts';
import { evidenceLines } from '../core/quantity.ts';
import { ageOf, lessonsOf, samplesOf } from './values.ts';

const INDENT = '  ';
const LABEL_WIDTH = 8;
const MAX_SAMPLE = 400;
const MAX_SAMPLES = 3;

type Options = Pick<RenderOptions, 'width' | 'nowMs' | 'detail'> & { maxEvidence: number };

/** One open finding for the terminal: what, where, how we know, what it costs, how to fix it, how to prove the fix. */
export function drawFinding(finding: Finding, paint: Paint, options: Options): string[] {
  const { width } = options;
  const full = options.detail !== 'summary';
  const { subject, impact, fix } = finding;
  const evidence = evidenceLines(finding.evidence);
  const shown = evidence.slice(0, options.maxEvidence);
  if (shown.length < evidence.length) shown.push(`… ${evidence.length - shown.length} more`);
  const label = (name: string, text: string) => labelled(name, text, width, paint);
  return [
    ...drawTitle(finding, width, paint),
    ...indented(metaOf(finding, options.nowMs), width).map(paint.dim),
    ...(full && subject.location !== undefined ? label('at', subject.location) : []),
    ...shown.flatMap((line) => indented(line, width)),
    ...(full ? samplesOf(finding).slice(0, MAX_SAMPLES) : []).flatMap((sample) =>
      drawSample(sample, width, paint),
    ),
    ...(impact === undefined ? [] : label('impact', `${impact.summary} (${impact.basis})`)),
    ...lessonsOf(finding).flatMap((lesson) => indented(`seen before: ${lesson}`, width)),
    ...label('fix', fix.summary),
    ...(full ? drawSteps(finding, width, paint) : []),
    // The one line that may be wider than the terminal: it is there to be copied.
    `${INDENT}${paint.dim('verify:')} ${paint.command(commandLine(finding.verify.argv))}`,
  ];
}

/** A resolved or muted finding needs no more than its name. */
export function drawClosedFinding(finding: Finding, width: number, paint: Paint): string[] {
  const text = `${finding.state}: ${oneLine(finding.title)} (${finding.id})`;
  const tone = finding.state === 'resolved' ? 'good' : 'muted';
  return wrapText(text, width, INDENT).map(paint.tone(tone));
}

function drawTitle(finding: Finding, width: number, paint: Paint): string[] {
  const tag = finding.severity.toUpperCase();
  const [head = '', ...more] = wrapText(`${tag}  ${oneLine(finding.title)}`, width, INDENT);
  const painted = head.startsWith(tag)
    ? paint.severity(finding.severity)(tag) + paint.bold(head.slice(tag.length))
    : head;
  return [painted, ...more.map(paint.bold)];
}

function metaOf(finding: Finding, nowMs: number | undefined): string {
  const state = [finding.state, ageOf(finding, nowMs)].filter(Boolean).join(' ');
  const subject = `${finding.subject.kind} ${oneLine(finding.subject.name)}`;
  return [subject, state, finding.confidence, finding.id].join(' · ');
}

function drawSteps(finding: Finding, width: number, paint: Paint): string[] {
  const indent = width >= 40 ? INDENT + ' '.repeat(LABEL_WIDTH) : INDENT;
  const steps = finding.fix.steps.flatMap((step, index) =>
    wrapText(`${indent}${index + 1}. ${oneLine(step)}`, width, `${indent}   `),
  );
  const patch = finding.fix.patch?.trimEnd().split('\n') ?? [];
  if (patch.length === 0) return steps;
  const lines = patch.flatMap((line) =>
    wrapText(`${INDENT}  ${line.replaceAll('\t', '  ')}`, width, `${INDENT}    `),
  );
  return [...steps, ...indented('patch:', width).map(paint.dim), ...lines];
}

/** Text of the backend stands behind a bar, so that it cannot be taken for ours. */
function drawSample(sample: string, width: number, paint: Paint): string[] {
  const bar = `${INDENT}│ `;
  const text = wrapText(capText(oneLine(sample), MAX_SAMPLE), Math.max(1, width - bar.length));
  return [
    ...indented('sample from the backend, untrusted:', width).map(paint.dim),
    ...text.map((line) => paint.dim(bar + line)),
  ];
}

function indented(text: string, width: number): string[] {
  return wrapText(INDENT + text, width, INDENT);
}

function labelled(name: string, text: string, width: number, paint: Paint): string[] {
  const head = INDENT + padEnd(`${name}:`, LABEL_WIDTH);
  const hanging = width >= 40 ? ' '.repeat(head.length) : INDENT;
  const [first = '', ...rest] = wrapText(head + oneLine(text), width, hanging);
  return first.startsWith(head) ? [paint.dim(head) + first.slice(head.length), ...rest] : [first, ...rest];
}
