import { z } from 'zod';

export const toolNewDataSchema = z.object({
  tool: z.string(),
  alias: z.string(),
  /** Relative to the folder of the config, with `/`. */
  folder: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      /** by-hand: it is not ours and was left alone. */
      action: z.enum(['create', 'update', 'keep', 'by-hand']),
      /** Why it was kept or left alone; null otherwise. */
      why: z.string().nullable(),
    }),
  ),
});
export type ToolNewData = z.infer<typeof toolNewDataSchema>;
