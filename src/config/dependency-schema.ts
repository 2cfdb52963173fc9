import { z } from 'zod';
import { DEPENDENCY_SCHEMES } from '../core/dependency-schemes.ts';
import { optionalDurationSchema } from '../core/schemas.ts';
import { authSchema, headersSchema, tlsSchema } from './access-schemas.ts';
import { nameSchema, textSchema, urlSchema } from './text-schemas.ts';

const SCHEME = new RegExp(
  `^(?:${DEPENDENCY_SCHEMES.map((scheme) => scheme.replace('+', String.raw`\+`)).join('|')})://`,
);

const expectSchema = z
  .strictObject({
    status: z
      .union([z.number(), z.string(), z.array(z.union([z.number(), z.string()]))])
      .optional()
      .describe('HTTP: accepted status, like 200, "2xx" or a list; default: any 2xx or 3xx.'),
    body: z.string().optional().describe('HTTP: text the body must contain.'),
    answer: z.string().optional().describe('TCP: text the answer must contain.'),
    records: z.array(z.string()).optional().describe('DNS: exactly these values, in any order.'),
  })
  .describe('What a good answer looks like.');

export const dependencySettingsSchema = z
  .strictObject({
    url: urlSchema(
      SCHEME,
      `a URL that begins with ${DEPENDENCY_SCHEMES.map((scheme) => `${scheme}://`).join(', ')}`,
      'Where it answers; the scheme says what it is. By reference when it has a password.',
    ),
    neededBy: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Who needs it: endpoints ("GET /api/search", "shop POST /api/orders", "/api/orders/*"), targets or other dependencies. They are named when it is down.',
      ),
    behind: z
      .array(nameSchema)
      .default([])
      .describe(
        'Dependencies that this one is reached through: when one of them is down, only that one is reported.',
      ),
    optional: z
      .boolean()
      .default(false)
      .describe('Those who need it work without it, only worse: its findings are one step milder.'),
    statusPage: urlSchema(
      /^https?:/,
      'an http:// or https:// URL',
      "The vendor's status page: Statuspage-like, Instatus, RSS or Atom. Shown beside our own measurement.",
    ).optional(),
    component: z
      .string()
      .optional()
      .describe('Component of the status page that matters; default: all of it.'),
    interval: optionalDurationSchema('Time between scheduled probes.'),
    timeout: optionalDurationSchema('Deadline of one probe, over everything.'),
    latency: optionalDurationSchema(
      '95 % of its answers should be at most this slow; default: only compared with its own past.',
    ),
    expect: expectSchema.optional(),
    method: z.enum(['GET', 'HEAD', 'POST']).optional().describe('HTTP: method; default GET.'),
    headers: headersSchema.optional(),
    auth: authSchema.optional(),
    tls: tlsSchema.optional(),
    send: textSchema('TCP: text to send once connected.').optional(),
    record: z
      .enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA'])
      .optional()
      .describe('DNS: record type to ask for; default A.'),
    nameServers: z
      .array(z.string())
      .optional()
      .describe(
        'Name servers to ask, like "10.0.0.2" or "10.0.0.2:5353"; for dns:// each of them must answer. Default: those of this machine.',
      ),
    rdap: urlSchema(/^https?:/, 'an http:// or https:// URL', 'domain: RDAP service to ask.').optional(),
  })
  .describe('Something the backend needs: an API, a database, a broker, a name.');

export type DependencySettings = z.output<typeof dependencySettingsSchema>;
