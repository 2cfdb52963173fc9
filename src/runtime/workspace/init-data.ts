import { z } from 'zod';

export const initDataSchema = z.object({
  /** Folder of the config and the workspace; absolute. */
  root: z.string(),
  /** Nothing was written. */
  dryRun: z.boolean(),
  /** What the repository says of itself; value null: unknown. */
  facts: z.array(
    z.object({
      fact: z.string(),
      value: z.string().nullable(),
      certainty: z.enum(['found', 'guessed']).nullable(),
      where: z.array(z.string()),
    }),
  ),
  /** What was not looked at. */
  notRead: z.array(z.string()),
  /** Environment variables that the new config refers to; they must be set where Rearguard runs. */
  variables: z.array(z.string()),
  /** Coding agents that got an MCP entry. */
  agents: z.array(z.string()),
  files: z.array(
    z.object({
      path: z.string(),
      does: z.string(),
      /** by-hand: it is not ours and was left alone; `text` is what it lacks. */
      action: z.enum(['create', 'update', 'keep', 'by-hand']),
      /** Why it was kept or left alone; null otherwise. */
      why: z.string().nullable(),
      /** Whole text of a file that is written, in a dry run only; what to add by hand, always. */
      text: z.string().nullable(),
    }),
  ),
});
export type InitData = z.infer<typeof initDataSchema>;
