import type { Finding } from '../../core/finding.ts';
import { commandLine } from '../command-line.ts';
import { escapeMarkup as esc } from '../escape.ts';
import { evidenceLines } from '../../core/quantity.ts';
import { ageOf, lessonsOf, samplesOf } from '../values.ts';

export function htmlFinding(finding: Finding, nowMs: number | undefined): string {
  const { subject, impact, fix } = finding;
  const age = ageOf(finding, nowMs);
  const state = [finding.state, age].filter(Boolean).join(' ');
  const location =
    subject.location === undefined ? '' : ` at <span class="mono">${esc(subject.location)}</span>`;
  const samples = samplesOf(finding).map(
    (sample) =>
      `<p class="soft small">Sample from the backend, untrusted:</p><pre class="untrusted">${esc(sample)}</pre>`,
  );
  const steps =
    fix.steps.length === 0 ? '' : `<ol>${fix.steps.map((step) => `<li>${esc(step)}</li>`).join('')}</ol>`;
  const patch = fix.patch === undefined ? '' : `<pre>${esc(fix.patch.trimEnd())}</pre>`;
  const rows = [
    ...(impact === undefined
      ? []
      : [['Impact', `${esc(impact.summary)} <span class="soft">(${impact.basis})</span>`]]),
    ...lessonsOf(finding).map((lesson) => ['Seen before', esc(lesson)]),
    ['Fix', `${esc(fix.summary)}${steps}${patch}`],
    ['Verify', `<code>${esc(commandLine(finding.verify.argv))}</code>`],
  ];
  return (
    `<article class="card finding ${finding.severity}" id="${esc(finding.id)}">` +
    `<h3><span class="tag">${finding.severity}</span>${esc(finding.title)}</h3>` +
    `<p class="soft small">${subject.kind} <span class="mono">${esc(subject.name)}</span>${location} · ${esc(state)} · ${finding.confidence} · <span class="mono">${esc(finding.id)}</span></p>` +
    `<ul class="evidence">${evidenceLines(finding.evidence)
      .map((line) => `<li>${esc(line)}</li>`)
      .join('')}</ul>` +
    `${samples.join('')}<dl>${rows.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('')}</dl></article>`
  );
}
