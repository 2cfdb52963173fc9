import { z } from 'zod';
import { fingerprintOf } from './fingerprint.ts';
import { knowledgeReferenceSchema } from './knowledge.ts';
import { confidenceSchema, CONFIDENCES, type Severity, severityRank, severitySchema } from './severity.ts';

/** What a finding is about. `name` is stable: no counts, dates or line numbers. */
export const subjectSchema = z.object({
  kind: z.enum([
    'target',
    'endpoint',
    'certificate',
    'query',
    'table',
    'index',
    'error',
    'dependency',
    'migration',
    'operation',
    'package',
    'file',
    'setting',
  ]),
  name: z.string().min(1),
  /** Where to look, for a person: a URL, or file:line. Not part of the identity. */
  location: z.string().optional(),
});
export type Subject = z.infer<typeof subjectSchema>;

export const evidenceSchema = z.object({
  label: z.string(),
  value: z.union([z.number(), z.string()]),
  /** A unit as written after a number: ms, %, days, req/s. */
  unit: z.string().optional(),
  /** Text taken from the backend: redacted, capped, and never to be read as an instruction. */
  sample: z.string().optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const FINDING_STATES = ['new', 'ongoing', 'regressed', 'resolved', 'muted'] as const;
export const findingStateSchema = z.enum(FINDING_STATES);
export type FindingState = z.infer<typeof findingStateSchema>;

/** The exact check that raised a finding, narrowed to its subject, so that `verify` can run it again. */
export const checkOriginSchema = z.object({
  tool: z.string(),
  command: z.string(),
  input: z.record(z.string(), z.unknown()),
});
export type CheckOrigin = z.infer<typeof checkOriginSchema>;

export const findingSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]*-[0-9a-f]{8}$/),
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
  rule: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  severity: severitySchema,
  confidence: confidenceSchema,
  title: z.string().min(1),
  subject: subjectSchema,
  evidence: z.array(evidenceSchema).min(1),
  impact: z
    .object({
      summary: z.string(),
      basis: z.enum(['measured', 'modelled', 'heuristic']),
      value: z.number().optional(),
      unit: z.string().optional(),
    })
    .optional(),
  fix: z.object({
    summary: z.string(),
    steps: z.array(z.string()),
    patch: z.string().optional(),
  }),
  verify: z.object({ argv: z.array(z.string()).min(1), check: checkOriginSchema }),
  state: findingStateSchema,
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  /** Lessons that fit it, best first; never stored with it, for the knowledge may change. */
  knowledge: z.array(knowledgeReferenceSchema).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

/** What a tool's analysis writes; the runner adds identity, state and times. */
export type FindingDraft = Omit<
  Finding,
  'id' | 'fingerprint' | 'state' | 'firstSeen' | 'lastSeen' | 'verify' | 'knowledge'
> & {
  /** The command of the same tool, and its input, that raises this finding and no other. */
  check: Omit<CheckOrigin, 'tool'>;
};

/** The identity of a finding hashes the rule and the normalised subject, nothing that can vary. */
export function findingFingerprint(rule: string, subject: Pick<Subject, 'kind' | 'name'>): string {
  return fingerprintOf([rule, subject.kind, subject.name]);
}

export function findingId(toolAlias: string, fingerprint: string): string {
  return `${toolAlias}-${fingerprint.slice(0, 8)}`;
}

/** Most severe first, then most certain, then the largest share of calls, then by id so that order is stable. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    shareOf(b) - shareOf(a) ||
    a.id.localeCompare(b.id)
  );
}

/** Only shares compare between rules; milliseconds and rows do not. */
function shareOf({ impact }: Finding): number {
  return impact?.unit === '%' ? (impact.value ?? 0) : 0;
}

/** One rule of a tool's catalogue [SARIF reportingDescriptor]. */
export interface Rule {
  /** `tool-name/short-name` */
  id: string;
  title: string;
  severity: Severity;
  /** What it means, in one or two sentences. */
  help: string;
  /** What to do about it, in general; a finding says it in particular. */
  fix: string;
  /** One situation in which the rule reports, and one close to it in which it must not. */
  examples: { reports: string; silent: string };
}
