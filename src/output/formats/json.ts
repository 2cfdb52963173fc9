import type { Report } from '../../core/report.ts';

/** Exactly the envelope, one document. */
export function renderJson(report: Report, pretty: boolean): string {
  return `${escapeJson(JSON.stringify(report, null, pretty ? 2 : undefined))}\n`;
}

/** A line per finding, then one for everything else. */
export function renderNdjson(report: Report): string {
  const { findings, ...rest } = report;
  const lines = [
    ...findings.map((finding) => JSON.stringify({ type: 'finding', ...finding })),
    JSON.stringify({ type: 'report', ...rest }),
  ];
  return lines.map((line) => `${escapeJson(line)}\n`).join('');
}

/**
 * The same values, spelled so that neither a terminal nor a CI log obeys them: JSON.stringify leaves DEL, C1 codes, bidi
 * controls and zero-width characters as they are, and `##[` is a command to some CI services.
 */
function escapeJson(json: string): string {
  return json
    .replace(
      /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll('##[', '\\u0023#[');
}
