import { RearguardError } from '../core/errors.ts';
import { compareFindings, type Finding, findingSchema } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { groupOf } from './rank.ts';

/** Where a finding stands in the order of a list; small enough to travel in a cursor. */
type Place = Pick<Finding, 'severity' | 'confidence' | 'id'> & {
  /** The share of calls, which alone counts in the order. */
  impact: { value: number; unit: '%' };
};

/**
 * One page of a ranked list. The cursor names the last finding's place in the order and not its number,
 * so that findings which come and go between two pages make none appear twice.
 */
export function pageOf(
  ranked: readonly Finding[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { findings: Finding[]; page: NonNullable<Report['page']> } {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const rest = after === undefined ? ranked : ranked.filter((finding) => comparePlaces(finding, after) > 0);
  const findings = rest.slice(0, limit);
  const last = findings.at(-1);
  const more = rest.length > findings.length && last !== undefined;
  return {
    findings,
    page: { limit, total: ranked.length, ...(more ? { nextCursor: cursorAfter(last) } : {}) },
  };
}

interface CursorPlace {
  group: number;
  place: Place;
}

function comparePlaces(finding: Finding, after: CursorPlace): number {
  // compareFindings reads the fields of a place and nothing else.
  return groupOf(finding) - after.group || compareFindings(finding, after.place as Finding);
}

/** The cursor of a page that ends with this finding, for whoever shows less of a page than was asked for. */
export function cursorAfter(finding: Finding): string {
  const { severity, confidence, impact, id } = finding;
  const parts = [groupOf(finding), severity, confidence, impact?.unit === '%' ? (impact.value ?? 0) : 0, id];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

const partsSchema = {
  severity: findingSchema.shape.severity,
  confidence: findingSchema.shape.confidence,
  id: findingSchema.shape.id,
};

function decodeCursor(cursor: string): CursorPlace {
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    return {
      group: Number(parts[0]),
      place: {
        severity: partsSchema.severity.parse(parts[1]),
        confidence: partsSchema.confidence.parse(parts[2]),
        impact: { value: Number(parts[3]), unit: '%' },
        id: partsSchema.id.parse(parts[4]),
      },
    };
  } catch {
    throw new RearguardError('E_USAGE', {
      message: 'The cursor is not one of ours.',
      hint: 'Use `page.nextCursor` of the report before, as it stands.',
    });
  }
}
