import { z } from 'zod';
import { knowledgeEntrySchema } from '../../workspace/knowledge/entry.ts';

const placeSchema = z.object({
  /** Relative to the folder of the config, with `/`. */
  file: z.string(),
  /** From 1. */
  line: z.number().int(),
});

export const knowledgeAddDataSchema = z.object({
  id: z.string(),
  /** false: it was there already, and nothing was written. */
  changed: z.boolean(),
  place: placeSchema,
  /** Headings that only a person can complete. */
  toComplete: z.array(z.string()),
});
export type KnowledgeAddData = z.infer<typeof knowledgeAddDataSchema>;

export const knowledgeSearchDataSchema = z.object({
  words: z.string(),
  total: z.number().int(),
  hits: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** Null for one without a date. */
      date: z.string().nullable(),
      /** Comparable within this search only; null where nothing was searched for. */
      score: z.number().nullable(),
      /** Heading under which the words stand. */
      field: z.string(),
      snippet: z.string(),
      place: placeSchema,
    }),
  ),
});
export type KnowledgeSearchData = z.infer<typeof knowledgeSearchDataSchema>;

export const knowledgeShowDataSchema = z.object({
  entry: knowledgeEntrySchema,
  /** As it would be written. */
  markdown: z.string(),
  place: placeSchema,
  /** Open findings that it fits now. */
  findings: z.array(z.string()),
});
export type KnowledgeShowData = z.infer<typeof knowledgeShowDataSchema>;

export const knowledgeCheckDataSchema = z.object({
  file: z.string(),
  entries: z.number().int(),
  problems: z.array(
    z.object({
      line: z.number().int(),
      /** Of the entry; null: of the file. */
      id: z.string().nullable(),
      message: z.string(),
    }),
  ),
});
export type KnowledgeCheckData = z.infer<typeof knowledgeCheckDataSchema>;
