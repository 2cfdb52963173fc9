import type { Report } from '../core/report.ts';
import type { RunStore } from '../store/store.ts';

/** A report beyond this is no report: whoever asked could not read it, and the store should not keep it. */
const MAX_REPORT_BYTES = 32 * 1_024 * 1_024;

/** Why a report is not kept; null for one that is. */
export function whyTooLarge(report: Report): string | null {
  const bytes = Buffer.byteLength(JSON.stringify(report));
  return bytes > MAX_REPORT_BYTES
    ? `its report has ${bytes} bytes, and ${MAX_REPORT_BYTES} are allowed`
    : null;
}

/** Keeps a report under the id of its run. Returns why it is not kept; null when it is. Throws E_STORE_*. */
export function recordReport(runs: Pick<RunStore, 'record'>, report: Report): string | null {
  const reason = whyTooLarge(report);
  if (reason === null) runs.record(report);
  return reason;
}
