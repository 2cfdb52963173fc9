import { basename } from 'node:path';
import { z } from 'zod';
import type { Coverage } from '../../../core/coverage.ts';
import { RearguardError } from '../../../core/errors.ts';
import { isSecretName } from '../../../core/redact.ts';
import type { ScenarioInput } from '../scenario/schema.ts';
import { freeName, type Imported } from './imported.ts';

const variableSchema = z.object({
  key: z.string(),
  value: z.unknown().optional(),
  disabled: z.boolean().optional(),
});
const pairSchema = z.object({
  key: z.string(),
  value: z.string().nullish(),
  disabled: z.boolean().optional(),
});
const urlSchema = z.union([
  z.string(),
  z.object({ raw: z.string().optional(), variable: z.array(variableSchema).optional() }),
]);
const requestSchema = z.union([
  z.string(),
  z.object({
    method: z.string().default('GET'),
    url: urlSchema.optional(),
    header: z.array(pairSchema).catch([]),
    body: z
      .object({
        mode: z.string().optional(),
        raw: z.string().optional(),
        urlencoded: z.array(pairSchema).optional(),
        options: z.object({ raw: z.object({ language: z.string().optional() }).optional() }).optional(),
      })
      .nullish(),
    auth: z.unknown().optional(),
  }),
]);
const eventSchema = z.object({
  listen: z.string().optional(),
  script: z.object({ exec: z.union([z.string(), z.array(z.string())]).optional() }).optional(),
});

interface Item {
  name?: string | undefined;
  item?: Item[] | undefined;
  request?: z.infer<typeof requestSchema> | undefined;
  event?: z.infer<typeof eventSchema>[] | undefined;
}
const itemSchema: z.ZodType<Item> = z.lazy(() =>
  z.object({
    name: z.string().optional(),
    item: z.array(itemSchema).optional(),
    request: requestSchema.optional(),
    event: z.array(eventSchema).optional().catch(undefined),
  }),
);

/** The parts of a collection (format 2.1) that make a load. */
const collectionSchema = z.object({
  info: z.object({ name: z.string() }),
  item: z.array(itemSchema),
  variable: z.array(variableSchema).catch([]),
});

type Scenarios = NonNullable<ScenarioInput['scenarios']>;
type Step = Exclude<Scenarios[string]['steps'][number], string>;

/** Postman's own names for what changes with each request. */
const BUILT_INS: Readonly<Record<string, string>> = {
  $guid: '$uuid',
  $randomUUID: '$uuid',
  $timestamp: '$now s',
  $isoTimestamp: '$now',
  $randomInt: '$int 0 1000',
};
const STATUS_TEST = /pm\.response\.to\.have\.status\(\s*(\d{3})\s*\)/;

export function isPostman(value: unknown): boolean {
  const { info, item } = Object(value) as { info?: { name?: unknown }; item?: unknown };
  return typeof info?.name === 'string' && Array.isArray(item);
}

/** Each folder at the top is a scenario of its requests in order; those beside folders are one together. Throws E_IMPORT. */
export function importPostman(path: string, value: unknown, target: string): Imported {
  const parsed = collectionSchema.safeParse(value);
  if (!parsed.success) throw nothing(path, 'it is no Postman collection of format 2.1');
  const { info, item, variable } = parsed.data;
  const found: Found = { variables: new Map(), scripts: 0, auths: 0, bodies: [] };
  const scenarios: Scenarios = {};
  const add = (name: string, items: readonly Item[]): void => {
    const steps = items.flatMap((one) => stepsOf(one, found));
    if (steps.length > 0) scenarios[freeName(name, new Set(Object.keys(scenarios)))] = { steps };
  };
  for (const folder of item.filter((one) => one.item !== undefined)) add(folder.name ?? 'folder', [folder]);
  add(
    info.name,
    item.filter((one) => one.item === undefined),
  );
  if (Object.keys(scenarios).length === 0) throw nothing(path, 'no request in it has an address');
  const variables = Object.fromEntries(
    [...found.variables.keys()].map((name) => [name, valueOf(name, variable)] as const),
  );
  const requests = Object.values(scenarios).reduce((sum, { steps }) => sum + steps.length, 0);
  return {
    document: { name: info.name, ...(found.variables.size > 0 ? { variables } : {}), scenarios },
    source: `${basename(path)}: ${requests} requests in ${Object.keys(scenarios).length} folders`,
    notes: notesOn(target, found),
    tables: new Map(),
  };
}

interface Found {
  /** Names that texts refer to, as a scenario may have them. */
  variables: Map<string, true>;
  scripts: number;
  auths: number;
  /** Names of requests whose body is a file or a form of several parts. */
  bodies: string[];
}

function stepsOf(item: Item, found: Found): Step[] {
  if (item.item !== undefined) return item.item.flatMap((child) => stepsOf(child, found));
  const request =
    typeof item.request === 'string'
      ? { url: item.request, method: 'GET', header: [], body: null, auth: undefined }
      : item.request;
  const location = locationOf(request?.url, found);
  if (request === undefined || location === undefined) return [];
  if (request.auth !== undefined && request.auth !== null) found.auths += 1;
  const tests = (item.event ?? []).flatMap(({ script }) => script?.exec ?? []).join('\n');
  const status = STATUS_TEST.exec(tests)?.[1];
  if (tests.replace(STATUS_TEST, '').includes('pm.')) found.scripts += 1;
  const headers = request.header
    .filter(
      ({ key, disabled }) =>
        disabled !== true && !/^(?:authorization|cookie|host|content-length)$/i.test(key),
    )
    .map(({ key, value }) => [key, textOf(value ?? '', found)] as const);
  return [
    {
      request: `${request.method.toUpperCase()} ${location}`,
      ...(item.name === undefined
        ? {}
        : { name: `${request.method.toUpperCase()} ${item.name}`.slice(0, 200) }),
      ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
      ...bodyOf(item.name ?? location, request.body ?? undefined, found),
      ...(status === undefined ? {} : { check: { status: Number(status) } }),
    },
  ];
}

/** A leading variable or origin is the target; `:id` has the value that the collection gives it. */
function locationOf(url: z.infer<typeof urlSchema> | undefined, found: Found): string | undefined {
  const raw = typeof url === 'string' ? url : url?.raw;
  if (raw === undefined || raw === '') return undefined;
  const path = raw
    .replace(/^(?:https?:\/\/[^/?#]*|\{\{[^}]*\}\}|[\w.-]+(?::\d+)?(?=\/|$))/, '')
    .replace(/#.*$/, '');
  const values = typeof url === 'string' ? [] : (url?.variable ?? []);
  const filled = path.replaceAll(/\/:([\w-]+)/g, (_, name: string) => {
    const value = values.find(({ key }) => key === name)?.value;
    return `/${typeof value === 'string' && value !== '' ? encodeURIComponent(value).replaceAll('%7B', '{').replaceAll('%7D', '}') : `{{${name}}}`}`;
  });
  const text = textOf(filled.startsWith('/') ? filled : `/${filled}`, found).replaceAll(' ', '%20');
  // A blank inside of `{{…}}` is none of the path.
  return text.replaceAll(/\{\{([^}]*)\}\}/g, (_, inner: string) => `{{${inner.replaceAll('%20', '')}}}`);
}

function bodyOf(
  name: string,
  body:
    | {
        mode?: string | undefined;
        raw?: string | undefined;
        urlencoded?: z.infer<typeof pairSchema>[] | undefined;
      }
    | undefined,
  found: Found,
): Pick<Step, 'body' | 'form' | 'headers'> {
  if (body === undefined || body.mode === undefined) return {};
  if (body.mode === 'urlencoded') {
    const pairs = (body.urlencoded ?? []).filter(({ disabled }) => disabled !== true);
    return {
      form: Object.fromEntries(pairs.map(({ key, value }) => [key, secretOr(key, value ?? '', found)])),
    };
  }
  if (body.mode !== 'raw') {
    found.bodies.push(name);
    return {};
  }
  const raw = textOf(body.raw ?? '', found);
  if (raw === '') return {};
  return {
    body: raw.replaceAll(
      /("([\w-]+)"\s*:\s*)"([^"{]+)"/g,
      (whole, head: string, key: string, value: string) => {
        return isSecretName(key) ? `${head}"${secretOr(key, value, found)}"` : whole;
      },
    ),
  };
}

function secretOr(key: string, value: string, found: Found): string {
  if (!isSecretName(key) || value.includes('{{')) return textOf(value, found);
  const name = nameOf(key);
  found.variables.set(name, true);
  return `{{${name}}}`;
}

function textOf(text: string, found: Found): string {
  return text.replaceAll(/\{\{\s*([^}]*?)\s*\}\}/g, (_, inner: string) => {
    const builtIn = BUILT_INS[inner];
    if (builtIn !== undefined) return `{{${builtIn}}}`;
    const name = nameOf(inner.replace(/^\$/, ''));
    found.variables.set(name, true);
    return `{{${name}}}`;
  });
}

function nameOf(key: string): string {
  return key.replaceAll(/[^\w-]/g, '_').replace(/^(?![A-Za-z_])/, '_');
}

/** What the collection says; a secret, or what only an environment says, by reference. */
function valueOf(
  name: string,
  variables: readonly z.infer<typeof variableSchema>[],
): string | number | boolean | { $env: string } {
  const value = variables.find(({ key, disabled }) => nameOf(key) === name && disabled !== true)?.value;
  const isPlain =
    (typeof value === 'string' && value !== '' && !value.includes('{{')) ||
    typeof value === 'number' ||
    typeof value === 'boolean';
  if (isPlain && !isSecretName(name)) return value;
  return { $env: `LOAD_${name.replaceAll('-', '_').toUpperCase()}` };
}

function notesOn(target: string, found: Found): Coverage['notChecked'] {
  const note = (reason: string, hint: string) => ({
    subject: { kind: 'target' as const, name: target },
    rules: [],
    reason,
    hint,
  });
  return [
    ...(found.scripts > 0
      ? [
          note(
            `scripts of ${found.scripts} requests of the collection are not run`,
            'Write checks and extractions into the scenario.',
          ),
        ]
      : []),
    ...(found.auths > 0
      ? [
          note(
            'credentials of the collection are not used',
            "The target's auth applies, or that of the scenario.",
          ),
        ]
      : []),
    ...(found.bodies.length > 0
      ? [
          note(
            `bodies of ${found.bodies.slice(0, 3).join(', ')} are files or forms of several parts`,
            'They are sent without one.',
          ),
        ]
      : []),
  ];
}

function nothing(path: string, reason: string): RearguardError {
  return new RearguardError('E_IMPORT', { path, reason, hint: 'Export the collection as format 2.1.' });
}
