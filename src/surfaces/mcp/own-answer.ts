import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Report } from '../../core/report.ts';
import { capText, oneLine } from '../../core/text.ts';
import type { Catalog } from '../../runtime/catalog.ts';
import { largestThatFits } from './budget.ts';
import { answer, briefFinding } from './envelope.ts';
import { callsOf } from './next-calls.ts';
import { reportText } from './report-text.ts';
import { isSmall } from './run-answer.ts';

const MAX_SUMMARY = 500;
const MAX_TEXT = 6_000;

/** The report of a command that is done at once. */
export async function ownAnswer(report: Report, catalog: Catalog): Promise<CallToolResult> {
  const next = await callsOf(report.next, catalog);
  const envelope = {
    status: report.status,
    summary: oneLine(report.summary),
    findings: report.findings.map(briefFinding),
    data: report.data,
    next,
  };
  // The first line is about how a measurement went; here nothing was measured.
  const [, ...lines] = reportText({ ...report, next }).split('\n');
  const text = lines.join('\n');
  const whole = answer(envelope, text);
  if (isSmall(whole)) return whole;
  const { data: _, ...bare } = envelope;
  const cut = { ...bare, summary: capText(bare.summary, MAX_SUMMARY) };
  const shown = (length: number): CallToolResult => answer(cut, `${capText(text, length)}\nThis is cut.`);
  return shown(largestThatFits(MAX_TEXT, (length) => isSmall(shown(length))));
}
