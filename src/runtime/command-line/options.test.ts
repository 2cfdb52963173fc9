import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { durationSchema } from '../../core/schemas.ts';
import { optionSpecs } from './options.ts';
import { flagOf, type OptionSpec } from './option-spec.ts';

function only(shape: z.ZodRawShape): OptionSpec {
  const [spec] = optionSpecs(z.object(shape));
  if (!spec) throw new Error('no option');
  return spec;
}

describe('the options of a command, from its input', () => {
  it('names flags in kebab-case and keeps description and default', () => {
    const spec = only({ maxRatePerSecond: z.number().default(40).describe('Probes a second') });
    expect(flagOf(spec)).toBe('--max-rate-per-second');
    expect(spec).toMatchObject({
      kind: 'number',
      description: 'Probes a second',
      defaultText: '40',
      required: false,
    });
  });

  it.each([
    ['a switch', z.boolean().default(false), { kind: 'boolean', onByDefault: false }],
    ['a switch that is on', z.boolean().default(true), { kind: 'boolean', onByDefault: true }],
    ['a coerced whole number', z.coerce.number().int().optional(), { kind: 'integer', required: false }],
    ['a choice', z.enum(['own', 'system']), { kind: 'string', choices: ['own', 'system'], required: true }],
    [
      'a list of choices',
      z.array(z.enum(['a', 'b'])).default(['a']),
      { kind: 'list', choices: ['a', 'b'], defaultText: 'a' },
    ],
    [
      'a switch or a name',
      z.union([z.boolean(), z.string()]).optional(),
      { kind: 'string', valueOptional: true },
    ],
    [
      'a duration',
      durationSchema('How far back', '7d'),
      { kind: 'string', defaultText: '7d', description: 'How far back' },
    ],
    ['text or nothing', z.string().nullable().optional(), { kind: 'string', valueOptional: false }],
    [
      'an argument',
      z.string().meta({ positional: true, placeholder: 'url' }),
      { positional: true, placeholder: 'url' },
    ],
  ])('understands %s', (_, schema, expected) => {
    expect(only({ field: schema })).toMatchObject(expected);
  });

  it('says --no- for what is on by default', () => {
    expect(flagOf(only({ warm: z.boolean().default(true) }))).toBe('--no-warm');
  });
});
