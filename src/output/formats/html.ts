import { createHash } from 'node:crypto';
import { isOpen, type Report } from '../../core/report.ts';
import { escapeMarkup as esc } from '../escape.ts';
import { htmlBlock } from '../html/blocks.ts';
import { htmlFinding } from '../html/finding.ts';
import { STYLE } from '../html/style.ts';
import type { RenderOptions } from '../options.ts';
import { checkedText, notCheckedText, verdictParts } from '../values.ts';

/** One file that opens anywhere: styles inline and allowed by their hash, nothing else loads, no script runs. */
export function renderHtml(report: Report, options: RenderOptions): string {
  const title = `${report.tool} ${report.command}`;
  const { verdict, facts } = verdictParts(report);
  const styleHash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${esc(`${verdict}: ${title}`)} · Rearguard</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="soft small">Rearguard · ${esc(title)} · <time datetime="${esc(report.startedAt)}">${esc(report.startedAt.slice(0, 16).replace('T', ' '))} UTC</time></p>
<h1><span class="verdict ${report.status}">${verdict}</span> ${esc(report.summary)}</h1>
<ul class="chips">${facts.map((fact) => `<li>${esc(fact)}</li>`).join('')}</ul>
</header>
<main>
${errorPart(report)}${insightsPart(report)}${findingsPart(report, options)}${sectionsPart(report)}${coveragePart(report)}${diagnosticsPart(report)}${nextPart(report)}
</main>
<footer><p>Run <span class="mono">${esc(report.runId)}</span>. Times are UTC; – means not measured.</p></footer>
</body>
</html>
`;
}

function errorPart({ error }: Report): string {
  if (error === undefined) return '';
  const hint = error.hint === undefined ? '' : `<p class="soft">${esc(error.hint)}</p>`;
  return `<h2>What went wrong</h2><div class="card"><p><code>${esc(error.code)}</code> ${esc(error.message)}</p>${hint}</div>`;
}

function diagnosticsPart({ diagnostics }: Report): string {
  const entries = diagnostics.map(({ level, message, hint }) => {
    const tone = level === 'error' ? 'bad' : level === 'warning' ? 'warn' : 'muted';
    const more = hint === undefined ? '' : ` <span class="soft">${esc(hint)}</span>`;
    return `<span class="tone ${tone}">${esc(`${level}: ${message}`)}</span>${more}`;
  });
  return list('Diagnostics', entries);
}

function insightsPart(report: Report): string {
  const entries = report.insights
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ action, because, worth, findings }) => {
      const links = findings.map((id) => `<a href="#${esc(id)}">${esc(id)}</a>`).join(' ');
      const gain = worth === undefined ? '' : ` ${esc(worth)}`;
      return `<li><strong>${esc(action)}</strong><br><span class="soft">because ${esc(because)}.${gain}</span> ${links}</li>`;
    });
  return entries.length === 0 ? '' : `<h2>Do first</h2><div class="card"><ol>${entries.join('')}</ol></div>`;
}

function findingsPart(report: Report, options: RenderOptions): string {
  const open = report.findings.filter(isOpen).map((finding) => htmlFinding(finding, options.nowMs));
  const closed = report.findings
    .filter((finding) => !isOpen(finding))
    .map(
      ({ id, state, title }) =>
        `<span class="soft">${state}:</span> ${esc(title)} <span class="mono">${esc(id)}</span>`,
    );
  return (
    (open.length === 0 ? '' : `<h2>Findings</h2>${open.join('\n')}`) + list('Resolved and muted', closed)
  );
}

function sectionsPart(report: Report): string {
  return report.sections.length === 0 ? '' : `<h2>Details</h2>${report.sections.map(htmlBlock).join('\n')}`;
}

function coveragePart(report: Report): string {
  return list('Coverage', [
    `checked ${esc(checkedText(report))}`,
    ...report.coverage.notChecked.map(
      (entry) => `<span class="tone warn">not checked: ${esc(notCheckedText(entry))}</span>`,
    ),
  ]);
}

function nextPart(report: Report): string {
  return list(
    'Next',
    report.next.map((line) => `<code>${esc(line)}</code>`),
  );
}

function list(title: string, entries: readonly string[]): string {
  return entries.length === 0
    ? ''
    : `<h2>${title}</h2><div class="card">${entries.map((entry) => `<p>${entry}</p>`).join('')}</div>`;
}
