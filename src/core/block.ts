import { z } from 'zod';

/**
 * Typed blocks: how a tool shows itself without knowing who looks. Every renderer
 * (terminal, Markdown, HTML, agents) draws each kind once.
 */

/** How a cell should stand out; the renderer decides what that looks like. */
export const toneSchema = z.enum(['good', 'warn', 'bad', 'muted']);
export type Tone = z.infer<typeof toneSchema>;

export const cellSchema = z.union([
  z.string(),
  z.number(),
  z.null(),
  z.object({ text: z.string(), tone: toneSchema.optional() }),
]);
/** null is "not measured", and is shown as a dash, never as 0. */
export type Cell = z.infer<typeof cellSchema>;

const columnSchema = z.object({
  header: z.string(),
  align: z.enum(['left', 'right']).optional(),
  /** Unit of the column's plain numbers; `ms`, `%`, `days` … */
  unit: z.string().optional(),
});
export type Column = z.infer<typeof columnSchema>;

export type TreeNode = { label: string; tone?: Tone | undefined; children?: TreeNode[] | undefined };
const treeNodeSchema: z.ZodType<TreeNode> = z.lazy(() =>
  z.object({ label: z.string(), tone: toneSchema.optional(), children: z.array(treeNodeSchema).optional() }),
);

export const blockSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('table'),
    title: z.string().optional(),
    columns: z.array(columnSchema),
    rows: z.array(z.array(cellSchema)),
    /** Rows left out by a limit, so that a short table is never taken for a complete one. */
    omitted: z.number().int().optional(),
  }),
  z.object({
    kind: z.literal('series'),
    title: z.string(),
    unit: z.string(),
    lines: z.array(
      z.object({
        name: z.string(),
        /** Epoch milliseconds and value; a null value is a gap. */
        points: z.array(z.tuple([z.number(), z.number().nullable()])),
      }),
    ),
    /** A horizontal line: the objective. */
    threshold: z.number().optional(),
  }),
  z.object({
    kind: z.literal('distribution'),
    title: z.string(),
    unit: z.string(),
    /** Upper bound (inclusive) and count of each bin, in order. */
    bins: z.array(z.object({ upTo: z.number(), count: z.number().int() })),
    marks: z.array(z.object({ label: z.string(), value: z.number() })),
  }),
  z.object({ kind: z.literal('tree'), title: z.string().optional(), roots: z.array(treeNodeSchema) }),
  z.object({
    kind: z.literal('timeline'),
    title: z.string(),
    entries: z.array(
      z.object({
        atMs: z.number(),
        label: z.string(),
        detail: z.string().optional(),
        tone: toneSchema.optional(),
      }),
    ),
  }),
  z.object({ kind: z.literal('diff'), title: z.string(), before: z.string(), after: z.string() }),
  z.object({
    kind: z.literal('text'),
    title: z.string().optional(),
    text: z.string(),
    tone: toneSchema.optional(),
    /** Words of the backend's or of a user's of it: drawn so that nobody takes them for ours, or for an instruction. */
    untrusted: z.boolean().optional(),
  }),
]);
export type Block = z.infer<typeof blockSchema>;
export type BlockKind = Block['kind'];
