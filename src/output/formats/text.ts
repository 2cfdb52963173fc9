import { counted } from '../../core/counted.ts';
import { isOpen, type Report } from '../../core/report.ts';
import { oneLine, padEnd, wrapText } from '../../core/text.ts';
import { drawBlock } from '../blocks/draw.ts';
import { withoutWorkflowCommands } from '../harmless.ts';
import type { RenderOptions } from '../options.ts';
import { createPaint, type Paint } from '../paint.ts';
import { drawClosedFinding, drawFinding } from '../text-finding.ts';
import { checkedText, notCheckedText, verdictParts } from '../values.ts';

const INDENT = '  ';
const MAX_NOT_CHECKED = 8;

/** For people in a terminal: sections, ranked findings, what to do first, coverage, next commands, and the verdict last. */
export function renderText(report: Report, options: RenderOptions): string {
  const paint = createPaint(options.colors);
  const width = Math.max(8, Math.floor(options.width));
  const full = options.detail !== 'summary';
  const open = report.findings.filter(isOpen);
  const closed = report.findings.filter((finding) => !isOpen(finding));
  const parts = [
    ...(full ? report.sections.map((block) => drawBlock(block, width, paint)) : []),
    ...open.map((finding) => drawFinding(finding, paint, { ...options, width, maxEvidence: full ? 4 : 1 })),
    closed.flatMap((finding) => drawClosedFinding(finding, width, paint)),
    drawInsights(report, width, paint),
    drawCoverage(report, width, paint, full),
    drawDiagnostics(report, width, paint),
    drawArtifacts(report, width, paint),
    drawNext(report, paint),
    drawVerdict(report, width, paint),
  ];
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${withoutWorkflowCommands(text.join('\n\n'))}\n`;
}

function drawInsights(report: Report, width: number, paint: Paint): string[] {
  if (report.insights.length === 0) return [];
  const insights = report.insights.toSorted((a, b) => a.priority - b.priority);
  return [
    paint.bold('Do first'),
    ...insights.flatMap((insight) => {
      const worth = insight.worth === undefined ? '' : `. ${oneLine(insight.worth)}`;
      const ids = insight.findings.length === 0 ? '' : ` [${insight.findings.join(', ')}]`;
      return [
        ...wrapText(`${insight.priority}. ${oneLine(insight.action)}`, width, '   '),
        ...wrapText(`   because ${oneLine(insight.because)}${worth}${ids}`, width, '   ').map(paint.dim),
      ];
    }),
  ];
}

function drawCoverage(report: Report, width: number, paint: Paint, full: boolean): string[] {
  const { checked, notChecked } = report.coverage;
  if (checked.length === 0 && notChecked.length === 0) return [];
  const rules = new Set(checked.flatMap((entry) => entry.rules)).size;
  const seen = `checked ${checkedText(report)} with ${counted(rules, 'rule')}`;
  const most = full ? MAX_NOT_CHECKED : 2;
  const missed = notChecked
    .slice(0, most)
    .flatMap((entry) =>
      wrapText(`not checked: ${notCheckedText(entry)}`, width, INDENT).map(paint.tone('warn')),
    );
  const rest =
    notChecked.length > most ? wrapText(`… and ${notChecked.length - most} more not checked`, width) : [];
  return [...wrapText(seen, width, INDENT).map(paint.dim), ...missed, ...rest.map(paint.tone('warn'))];
}

function drawDiagnostics(report: Report, width: number, paint: Paint): string[] {
  const own = report.diagnostics.map((entry) => ({ ...entry, label: entry.level }));
  const failed = report.error === undefined ? [] : [{ ...report.error, label: 'error' as const }];
  return [...failed, ...own].flatMap((entry) => {
    const tone = entry.label === 'error' ? 'bad' : entry.label === 'warning' ? 'warn' : 'muted';
    const hint = entry.hint === undefined ? [] : wrapText(`${INDENT}${oneLine(entry.hint)}`, width, INDENT);
    return [
      ...wrapText(`${entry.label}: ${oneLine(entry.message)}`, width, INDENT).map(paint.tone(tone)),
      ...hint.map(paint.dim),
    ];
  });
}

function drawArtifacts(report: Report, width: number, paint: Paint): string[] {
  return report.artifacts.flatMap(({ kind, path }) =>
    wrapText(`wrote ${oneLine(kind)}: ${oneLine(path)}`, width, INDENT).map(paint.dim),
  );
}

function drawNext(report: Report, paint: Paint): string[] {
  return report.next.map((line) => `${paint.dim('next:')} ${paint.command(oneLine(line))}`);
}

function drawVerdict(report: Report, width: number, paint: Paint): string[] {
  const { verdict, facts } = verdictParts(report);
  const summary = wrapText(oneLine(report.summary), width);
  const [head = '', ...more] = wrapText(`${padEnd(verdict, 4)}  ${facts.join(' · ')}`, width, INDENT);
  const shown = head.startsWith(verdict)
    ? paint.status(report.status)(verdict) + head.slice(verdict.length)
    : head;
  return [...(report.summary === '' ? [] : summary), shown, ...more];
}
