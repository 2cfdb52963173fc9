import { z } from 'zod';

/** One thing that was looked at. */
export const examinationSchema = z.object({
  name: z.string(),
  result: z.enum(['ok', 'warn', 'fail']),
  detail: z.string(),
  /** What to do about it. */
  hint: z.string().optional(),
});
export type Examination = z.infer<typeof examinationSchema>;

export const doctorDataSchema = z.object({ examinations: z.array(examinationSchema) });

/** What an error says of the thing that was looked at. */
export function failedRow(
  name: string,
  { message, hint }: { message: string; hint: string | undefined },
): Examination {
  return { name, result: 'fail', detail: message, ...(hint === undefined ? {} : { hint }) };
}
