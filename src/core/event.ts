import { z } from 'zod';

/** Something that happened to the backend. */
export const eventSchema = z.object({
  id: z.string(),
  kind: z.enum(['deploy', 'migration', 'config-change', 'restart', 'incident', 'state-change']),
  atMs: z.number(),
  target: z.string().optional(),
  title: z.string(),
  /** For a deploy: the release it put in place. */
  release: z.string().optional(),
  attributes: z.record(z.string(), z.string()),
});
export type BackendEvent = z.infer<typeof eventSchema>;

/** A span of time in which Rearguard itself was not looking. */
export interface CoverageGap {
  fromMs: number;
  toMs: number;
  reason: 'not-running' | 'process-stopped' | 'clock-stepped';
  detail?: string;
}
