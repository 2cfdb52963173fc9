import pc from 'picocolors';
import type { Tone } from '../core/block.ts';
import type { ReportStatus } from '../core/report.ts';
import type { Severity } from '../core/severity.ts';

type Brush = (text: string) => string;

/** The few colours of the terminal, by meaning. */
export interface Paint {
  bold: Brush;
  dim: Brush;
  tone: (tone: Tone | undefined) => Brush;
  severity: (severity: Severity) => Brush;
  status: (status: ReportStatus) => Brush;
  command: Brush;
}

const plain: Brush = (text) => text;

export function createPaint(enabled: boolean): Paint {
  const colors = pc.createColors(enabled);
  const tones: Record<Tone, Brush> = {
    good: colors.green,
    warn: colors.yellow,
    bad: colors.red,
    muted: colors.dim,
  };
  const severities: Record<Severity, Brush> = {
    critical: (text) => colors.bold(colors.inverse(colors.red(text))),
    high: (text) => colors.bold(colors.red(text)),
    medium: (text) => colors.bold(colors.yellow(text)),
    low: colors.cyan,
    info: colors.dim,
  };
  const statuses: Record<ReportStatus, Brush> = {
    pass: (text) => colors.bold(colors.green(text)),
    fail: (text) => colors.bold(colors.red(text)),
    unknown: (text) => colors.bold(colors.yellow(text)),
  };
  return {
    bold: colors.bold,
    dim: colors.dim,
    tone: (tone) => (tone === undefined ? plain : tones[tone]),
    severity: (severity) => severities[severity],
    status: (status) => statuses[status],
    command: colors.cyan,
  };
}
