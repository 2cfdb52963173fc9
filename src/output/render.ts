import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { oneLine } from '../core/text.ts';
import { agentFinding, renderAgent } from './formats/agent.ts';
import { renderGithub } from './formats/github.ts';
import { renderHtml } from './formats/html.ts';
import { renderJson, renderNdjson } from './formats/json.ts';
import { renderJunit } from './formats/junit.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { renderPrometheus } from './formats/prometheus.ts';
import { renderSarif } from './formats/sarif.ts';
import { renderText } from './formats/text.ts';
import { harmless, harmlessReport, withoutWorkflowCommands } from './harmless.ts';
import type { RenderOptions } from './options.ts';
import type { OutputFormat } from './output-formats.ts';
import { createPaint } from './paint.ts';
import { drawFinding } from './text-finding.ts';

type Renderer = (report: Report, options: RenderOptions) => string;

/** Formats for people and CI get no control codes; JSON keeps its values and spells them harmlessly. */
const RENDERERS: Readonly<Record<OutputFormat, Renderer>> = {
  text: forReading((report, options) => (options.agent === true ? renderAgent : renderText)(report, options)),
  json: (report, options) => renderJson(report, options.pretty === true),
  ndjson: renderNdjson,
  markdown: forReading(renderMarkdown),
  junit: forReading(renderJunit),
  sarif: forReading(renderSarif),
  github: forReading(renderGithub),
  prometheus: forReading(renderPrometheus),
  html: forReading(renderHtml),
};

/** A report in one format, ending in a newline. Secrets were taken out before the report was made. */
export function renderReport(report: Report, format: OutputFormat, options: RenderOptions): string {
  return RENDERERS[format](report, options);
}

function forReading(render: Renderer): Renderer {
  return (report, options) => render(harmlessReport(report), options);
}

/** One finding in full, all its evidence included, for `findings show`. */
export function renderFinding(finding: Finding, options: RenderOptions): string {
  const clean = harmless(finding);
  const width = Math.max(8, Math.floor(options.width));
  const lines =
    options.agent === true
      ? [...agentFinding(clean), ...clean.fix.steps.map((step, index) => `  ${index + 1}. ${oneLine(step)}`)]
      : drawFinding(clean, createPaint(options.colors), {
          ...options,
          width,
          maxEvidence: Number.POSITIVE_INFINITY,
        });
  return `${withoutWorkflowCommands(lines.join('\n'))}\n`;
}

export { renderSections } from './blocks/draw.ts';
export type { RenderOptions } from './options.ts';
