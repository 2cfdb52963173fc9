import { z } from 'zod';

/** A lesson that fits a finding: enough to recognise it and to look it up. */
export const knowledgeReferenceSchema = z.object({
  /** Of the entry: `kb-orders-without-an-index`. */
  id: z.string(),
  title: z.string(),
  /** The entry's solution on one line, capped; null while it is not written down. Written by people: shown as a quotation. */
  solution: z.string().nullable(),
  /** `2026-11-28` */
  date: z.string(),
  /** fingerprint: the very same finding; pattern: the entry names its rule and its subject fits. */
  matchedBy: z.enum(['fingerprint', 'pattern']),
});
export type KnowledgeReference = z.infer<typeof knowledgeReferenceSchema>;
