import { z } from 'zod';
import { LOG_LEVELS } from '../../../../core/log/level.ts';

/** Any of them; `*` stands for anything, the rest for itself, upper and lower case told apart. */
const globs = (what: string) =>
  z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .optional()
    .describe(what);

const matchSchema = z
  .strictObject({
    type: globs('Type of the exception as titles have it, without its package: `Payment*Error`.'),
    message: globs(
      'The words after the type, or the whole line where there is no exception; variables are `<*>`.',
    ),
    path: globs('File the error is from: `*/payments/*`.'),
    function: globs('Function the error is from: `OrderService.place`.'),
    module: globs('Package and class, or receiver, of that function: `com.shop.orders.*`.'),
    logger: globs('Logger or program of records without an exception.'),
    level: z
      .union([z.enum(LOG_LEVELS), z.array(z.enum(LOG_LEVELS)).min(1)])
      .transform((value): string[] => (typeof value === 'string' ? [value] : value))
      .optional()
      .describe('Worst level of its records.'),
  })
  .refine((match) => Object.values(match).some((value) => value !== undefined), 'says nothing to match by');

const ruleSchema = z
  .strictObject({
    match: matchSchema.describe('All of what is given must match.'),
    key: z.string().min(1).max(200).optional().describe('Groups of one key are one group.'),
    title: z.string().min(1).max(300).optional().describe('What the group is called.'),
  })
  .refine(({ key, title }) => key !== undefined || title !== undefined, 'needs `key`, `title` or both');
export type GroupingRule = z.output<typeof ruleSchema>;

/** A file of grouping rules. The first rule that matches a group counts for it. */
export const groupingRulesSchema = z.strictObject({
  rules: z.array(ruleSchema).max(1_000).describe('In their order.'),
});
