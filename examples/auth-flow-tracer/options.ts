import { z } from 'rearguard';

const MAX_RUNS = 50;

/** Where an answer's JSON body has a credential, as a dotted path: `data.token`. */
const takeSchema = z.strictObject({
  access: z.string().optional().describe('Path of the access token, `data.token`'),
  refresh: z.string().optional().describe('Path of the refresh token'),
  expiresAt: z.string().optional().describe('Path of the time at which the access token ends (ISO 8601)'),
  expiresIn: z.string().optional().describe('Path of the seconds for which the access token is valid'),
});

const common = {
  name: z.string().min(1).describe('Name of the step in reports and findings'),
  status: z
    .array(z.string().regex(/^\d{3}$|^[1-5]xx$/))
    .optional()
    .describe('Statuses that mean success, `200` or `2xx`; every kind of step has its own default'),
  headers: z.record(z.string(), z.string()).default({}).describe('Headers beside those of the target'),
};
const path = z.string().startsWith('/').describe('Path on the target');
const take = takeSchema.optional().describe('Credentials to take from the answer');

const stepSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('request').describe('Kind of step'),
    path,
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET').describe('Method'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('form').describe('Kind of step'),
    path,
    page: z
      .string()
      .startsWith('/')
      .optional()
      .describe('Page with the form: it is read first, and its hidden fields are sent along'),
    fields: z.record(z.string(), z.string()).describe('Fields; values by reference: `{ $env: NAME }`'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('json').describe('Kind of step'),
    path,
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST').describe('Method'),
    body: z.record(z.string(), z.unknown()).describe('Body; values by reference: `{ $env: NAME }`'),
    take,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('oauth-code').describe('Kind of step'),
    authorizePath: path.describe('Path of the authorization endpoint (RFC 6749, section 3.1)'),
    tokenPath: path.describe('Path of the token endpoint'),
    clientId: z.string().describe('Client id'),
    clientSecret: z.string().optional().describe('Client secret, by reference; none for a public client'),
    redirectUri: z.url().describe('Where the code is sent; the tracer reads it there and never calls it'),
    scope: z.string().optional().describe('Scopes, separated by spaces'),
    login: z.record(z.string(), z.string()).default({}).describe('Fields of the login form on the way'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('refresh').describe('Kind of step'),
    path,
    style: z.enum(['json', 'form']).default('form').describe('How the refresh token is sent'),
    field: z.string().default('refresh_token').describe('Its field'),
    fields: z.record(z.string(), z.string()).default({}).describe('Fields beside it: client_id'),
    take,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('logout').describe('Kind of step'),
    path,
    method: z.enum(['GET', 'POST', 'DELETE']).default('POST').describe('Method'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('replay').describe('Kind of step'),
    of: z
      .enum(['session', 'refresh-token'])
      .describe(
        'What is used again: the credentials from before the logout, or the refresh token that was used up',
      ),
    path: path.describe('A path that needs them, or the one that takes refresh tokens'),
    style: z.enum(['json', 'form']).default('form').describe('How a refresh token is sent'),
    field: z.string().default('refresh_token').describe('Its field'),
  }),
]);
export type Step = z.infer<typeof stepSchema>;
export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;
export type Take = z.infer<typeof takeSchema>;

const flowSchema = z.strictObject({
  target: z.string().optional().describe('Name of the target; needed where the config has several'),
  runs: z.number().int().min(1).max(MAX_RUNS).default(3).describe('How often the flow is followed'),
  timeoutMs: z.number().int().min(100).default(10_000).describe('Limit of one request, in milliseconds'),
  maxStepMs: z.number().positive().default(1_000).describe('A step whose p95 is above this is reported'),
  maxTokenHours: z.number().positive().default(24).describe('An access token that lives longer is reported'),
  sessionCookie: z
    .string()
    .optional()
    .describe('Name of the session cookie; found by itself where it is usual'),
  steps: z.array(stepSchema).min(1).describe('What a visitor does, in order'),
});
export type Flow = z.infer<typeof flowSchema>;

export const options = z.strictObject({
  flows: z.record(z.string(), flowSchema).default({}).describe('Flows by name'),
});
export type Options = z.infer<typeof options>;
