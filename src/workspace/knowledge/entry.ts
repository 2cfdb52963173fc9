import { z } from 'zod';

/** Headings that every entry has. */
export const PATTERN_FIELDS = [
  'System Pattern',
  'Tool Evolution',
  'Solution Authority',
  'Scalability Impact',
  'Security Considerations',
  'Tool Integration',
] as const;

/** Headings that an entry about an incident has besides. */
export const INCIDENT_FIELDS = [
  'Detection Tools',
  'Investigation Tools',
  'Root Cause',
  'Solution',
  'Prevention',
] as const;

export const KNOWLEDGE_FIELDS = [...INCIDENT_FIELDS, ...PATTERN_FIELDS] as const;

export type KnowledgeField = (typeof PATTERN_FIELDS)[number] | (typeof INCIDENT_FIELDS)[number];

/** Headings that an entry must have, in the order in which they are written. */
export function fieldsOf(kind: 'pattern' | 'incident'): readonly KnowledgeField[] {
  return kind === 'incident' ? KNOWLEDGE_FIELDS : PATTERN_FIELDS;
}

/** One lesson in docs/KNOWLEDGE.md. */
export const knowledgeEntrySchema = z.object({
  id: z.string().regex(/^kb-[a-z0-9]+(-[a-z0-9]+)*$/),
  kind: z.enum(['pattern', 'incident']),
  title: z.string().min(1),
  date: z.iso.date(),
  author: z.string().nullable(),
  /** When somebody should look whether it is still true. */
  reviewBy: z.iso.date().nullable(),
  /** Run its figures come from. */
  runId: z.string().nullable(),
  /** Which findings it speaks of. */
  matches: z.object({
    /** Fingerprints or ids of findings. */
    findings: z.array(z.string()),
    /** A rule, and a pattern over names of subjects (`*` stands for anything). */
    patterns: z.array(z.object({ rule: z.string(), subject: z.string() })),
  }),
  /** Text of each heading; Markdown. */
  fields: z.partialRecord(z.enum([...PATTERN_FIELDS, ...INCIDENT_FIELDS]), z.string()),
  tags: z.array(z.string()),
});
export type KnowledgeEntry = z.infer<typeof knowledgeEntrySchema>;

/** What is wrong with an entry, and where. */
export interface KnowledgeProblem {
  /** Of the file, from 1. */
  line: number;
  message: string;
}
