import { z } from 'zod';
import { SEVERITIES, type Severity } from './severities.ts';

export { SEVERITIES, type Severity };
export const severitySchema = z.enum(SEVERITIES);

/** proven: reproduced with a control; likely: measured without one; possible: one weak sign. */
export const CONFIDENCES = ['proven', 'likely', 'possible'] as const;
export const confidenceSchema = z.enum(CONFIDENCES);

/** 0 for critical, 4 for info. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return severityRank(severity) <= severityRank(threshold);
}
