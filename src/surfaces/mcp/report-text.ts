import type { Report } from '../../core/report.ts';
import { renderReport } from '../../output/render.ts';

const WIDTH = 100;

/** A report as a model reads it: terse, and what the backend said fenced as data. */
export function reportText(report: Report, detail: 'summary' | 'full' = 'full'): string {
  return renderReport(report, 'text', {
    width: WIDTH,
    colors: false,
    rules: [],
    agent: true,
    detail,
  }).trimEnd();
}
