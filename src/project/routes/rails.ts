import type { Fact, ProjectEndpoint } from '../facts.ts';
import type { Repository } from '../repository.ts';
import { textOf } from '../scan/calls.ts';
import { rubyOption, type RubyStatement, rubyStatements, rubyText, rubyTexts } from '../scan/ruby.ts';
import type { Source } from '../scan/source.ts';
import { singular } from './rails-names.ts';
import {
  endpointFact,
  fromColonPath,
  joinPath,
  MAX_VISITS,
  type Method,
  type Route,
  ROUTER_METHODS,
} from './route.ts';

/** Around what is declared. */
interface Around {
  source: Source;
  /** Paths that stand before; several within a block of several resources. */
  prefixes: readonly string[];
  /** Within resources: what a single one of them is found under. */
  members: readonly string[] | null;
  /** Whether single resources stand below the scope alone, not below those they are nested in. */
  isShallow: boolean;
  /** Prefixes of the scope, without those of resources. */
  scope: readonly string[];
  authenticated: boolean | null;
  /** What names of blocks stand for: `%w(show edit).each do |action|`. */
  words: ReadonlyMap<string, string>;
}

const OUTSIDE = {
  prefixes: [''],
  scope: [''],
  members: null,
  isShallow: false,
  authenticated: null,
  words: new Map<string, string>(),
};

interface Reader {
  repository: Repository;
  /** Folder of the application, with a slash at its end. */
  root: string;
  /** An application that only answers programs has no pages with forms. */
  hasForms: boolean;
  concerns: Map<string, { source: Source; block: readonly RubyStatement[] }>;
  routes: Route[];
  /** Files and concerns that are being read: one may ask for itself. */
  open: Set<unknown>;
  /** Statements that were read and routes that were found so far, those of concerns each time. */
  visits: number;
}

export function railsEndpoints(repository: Repository): Fact<ProjectEndpoint>[] {
  const files = repository.sources((path) => /(?:^|\/)config\/routes\.rb$/.test(path));
  return files.flatMap((source) => {
    const root = source.path.replace(/config\/routes\.rb$/, '');
    const application = repository.file(`${root}config/application.rb`);
    const settings = application === undefined ? '' : (repository.source(application)?.code ?? '');
    const hasForms = !/\bconfig\.api_only\s*=\s*true\b/.test(settings);
    const reader: Reader = {
      repository,
      root,
      hasForms,
      concerns: new Map(),
      routes: [],
      open: new Set([source.path]),
      visits: 0,
    };
    // `Rails.application.routes.draw do`; that of an engine answers where it is mounted.
    for (const { block, name } of rubyStatements(source))
      if (block !== null && name === '') read(reader, block, { source, ...OUTSIDE });
    return reader.routes.map((route) => endpointFact(route, (path) => fromColonPath(path)));
  });
}

function read(reader: Reader, statements: readonly RubyStatement[], around: Around): void {
  for (const statement of statements) readStatement(reader, statement, around);
}

/** Blocks that change nothing about paths. */
const SEE_THROUGH = /^(?:constraints|defaults|controller|with_options|devise_scope|unauthenticated)$/;

function readStatement(reader: Reader, statement: RubyStatement, around: Around): void {
  reader.visits += 1;
  if (reader.visits > MAX_VISITS) return;
  const { name, block } = statement;
  const inside = (change: Partial<Around>): void => {
    if (block !== null) read(reader, block, { ...around, ...change });
  };
  if (name === 'namespace' || name === 'scope') {
    const prefixes = scopedPrefixes(statement, around);
    if (prefixes !== null)
      inside({ prefixes, members: null, ...(around.members === null ? { scope: prefixes } : {}) });
  } else if (name === 'resources' || name === 'resource') addResources(reader, statement, around);
  else if (name === 'member' && around.members !== null) inside({ prefixes: around.members, members: null });
  else if (name === 'collection') inside({ members: null });
  else if (name === 'shallow') inside({ isShallow: true });
  else if (name === 'concern') {
    const concern = texts(statement, around)[0];
    if (concern !== undefined && block !== null)
      reader.concerns.set(concern, { source: around.source, block });
  } else if (name === 'concerns') {
    for (const concern of texts(statement, around)) readConcern(reader, concern, around);
  } else if (name === 'draw') {
    const file = reader.repository.file(`${reader.root}config/routes/${texts(statement, around)[0]}.rb`);
    const source = file === undefined ? null : reader.repository.source(file);
    if (source !== null)
      once(reader, source.path, () => read(reader, rubyStatements(source), { ...around, source }));
  } else if (/^authenticated?$/.test(name)) inside({ authenticated: true });
  else if (SEE_THROUGH.test(name)) inside({});
  else if (name === '' && block !== null) {
    const { list, word } = eachOf(statement, around);
    for (const text of list) inside({ words: new Map(around.words).set(word, text) });
  } else if (block === null) addVerb(reader, statement, around);
}

/** A list of words that is written down; any other loop makes routes that only the running program knows. */
function eachOf({ offset }: RubyStatement, { source }: Around): { list: readonly string[]; word: string } {
  const line = source.code.slice(offset, offset + 500).split('\n', 1)[0] ?? '';
  const [, list = '', word = ''] =
    /^(%[wWiI][[({][^\])}]*[\])}]|\[[^\]]*\])\s*\.\s*each\s+do\s*\|\s*(\w+)\s*\|/.exec(line) ?? [];
  return { list: word === '' ? [] : (rubyTexts(list) ?? []), word };
}

function readConcern(
  reader: Reader,
  name: string,
  around: Around,
  members: readonly string[] = around.members ?? [],
): void {
  const concern = reader.concerns.get(name);
  if (concern !== undefined)
    once(reader, concern, () =>
      readNested(reader, concern.block, { ...around, source: concern.source }, members),
    );
}

/** Nothing is read within itself. */
function once({ open }: Reader, what: unknown, readIt: () => void): void {
  if (open.has(what)) return;
  open.add(what);
  readIt();
  open.delete(what);
}

/** Names and paths that stand before the options. */
function texts({ arguments: all }: RubyStatement, { source, words }: Around): string[] {
  return all.flatMap((part) => {
    const text = textOf(source, part).trim();
    const word = words.get(text);
    const written =
      word === undefined
        ? text.replace(/#\{\s*(\w+)\s*\}/g, (whole, name: string) => words.get(name) ?? whole)
        : `:${word}`;
    const first = /^(["'][^"']*["'])\s*=>/.exec(written)?.[1] ?? written;
    return rubyText(first) ?? rubyTexts(written) ?? [];
  });
}

/** `settings(/:tab)` without its optional parts, and with them; a format is no path of its own. */
function formsOf(path: string): string[] {
  const whole = path.replace(/\(\.:format\)$/, '');
  return whole.includes('(') ? [whole, whole.replace(/[()]/g, '')] : [whole];
}

/** Optional parts are left out: `(/:locale)`, `(.:format)`. */
function join(prefix: string, path: string): string {
  return joinPath(prefix, path.replace(/\([^()]*\)/g, ''));
}

function scopedPrefixes(statement: RubyStatement, around: Around): string[] | null {
  const { source, members, prefixes } = around;
  const written = rubyOption(source, statement, 'path');
  const path = written === null ? null : rubyText(written);
  if (written !== null && path === null) return null;
  const [first] = statement.arguments;
  const isNamed = first !== undefined && !/^(?:\w+:(?!:)|:\w+\s*=>)/.test(textOf(source, first));
  const named = isNamed ? texts(statement, around).join('/') : '';
  if (isNamed && named === '' && rubyText(textOf(source, first)) === null) return null;
  // Within resources, a scope belongs to one of them.
  return (members ?? prefixes).map((prefix) => join(prefix, path ?? named));
}

interface Action {
  name: string;
  methods: readonly Method[];
  on: 'collection' | 'member';
  path: string;
}

const ACTIONS: readonly Action[] = [
  { name: 'index', methods: ['GET'], on: 'collection', path: '' },
  { name: 'create', methods: ['POST'], on: 'collection', path: '' },
  { name: 'new', methods: ['GET'], on: 'collection', path: 'new' },
  { name: 'show', methods: ['GET'], on: 'member', path: '' },
  { name: 'edit', methods: ['GET'], on: 'member', path: 'edit' },
  { name: 'update', methods: ['PATCH', 'PUT'], on: 'member', path: '' },
  { name: 'destroy', methods: ['DELETE'], on: 'member', path: '' },
];

function addResources(reader: Reader, statement: RubyStatement, around: Around): void {
  const { source } = around;
  const isOne = statement.name === 'resource';
  const option = (key: string): string | null => rubyOption(source, statement, key);
  const chosen = actionsOf(reader, option('only'), option('except'), isOne);
  const pathOption = option('path');
  const path = pathOption === null ? null : rubyText(pathOption);
  const param = rubyText(option('param') ?? ':id');
  if ((pathOption !== null && path === null) || param === null) return;
  const outside = around.members ?? around.prefixes;
  const shallow = option('shallow');
  const isShallow = shallow === null ? around.isShallow : shallow === 'true';
  for (const name of texts(statement, around)) {
    const collection = outside.map((prefix) => join(prefix, path ?? name));
    const singles = isShallow ? around.scope.map((prefix) => join(prefix, path ?? name)) : collection;
    const members = isOne ? collection : singles.map((prefix) => `${prefix}/:${param}`);
    for (const { methods, on, path: own } of chosen ?? [])
      for (const prefix of on === 'member' ? members : collection)
        for (const method of methods) add(reader, statement, around, method, join(prefix, own));
    const inner: Around = {
      ...around,
      isShallow,
      prefixes: collection,
      members: isOne ? collection : singles.map((prefix) => `${prefix}/:${singular(name)}_${param}`),
    };
    const concerns = option('concerns');
    for (const concern of concerns === null ? [] : (rubyTexts(concerns) ?? []))
      readConcern(reader, concern, inner, members);
    if (statement.block !== null) readNested(reader, statement.block, inner, members);
  }
}

/** In a block of resources, `member` and `on: :member` speak of `:id`, all else of `:user_id`. */
function readNested(
  reader: Reader,
  block: readonly RubyStatement[],
  around: Around,
  members: readonly string[],
): void {
  for (const statement of block) {
    const on = rubyText(rubyOption(around.source, statement, 'on') ?? '');
    if (statement.name === 'member') readStatement(reader, statement, { ...around, members });
    else if (on === 'member')
      readStatement(reader, statement, { ...around, prefixes: members, members: null });
    else if (on === 'collection' || statement.name === 'collection')
      readStatement(reader, statement, { ...around, members: null });
    else readStatement(reader, statement, around);
  }
}

function actionsOf(
  { hasForms }: Reader,
  only: string | null,
  except: string | null,
  isOne: boolean,
): Action[] | null {
  const [wanted, unwanted] = [only, except].map((list) => (list === null ? null : rubyTexts(list)));
  if ((only !== null && wanted === null) || (except !== null && unwanted === null)) return null;
  return ACTIONS.filter(
    ({ name }) =>
      (wanted?.includes(name) ?? true) &&
      unwanted?.includes(name) !== true &&
      (hasForms || !/^(?:new|edit)$/.test(name)) &&
      !(isOne && name === 'index'),
  );
}

/** `get "x" => "c#a"`, `match "x", via: [:get, :post]`, `root "c#a"`. */
function addVerb(reader: Reader, statement: RubyStatement, around: Around): void {
  const { name } = statement;
  const { source } = around;
  if (name === 'root') {
    for (const prefix of around.prefixes) add(reader, statement, around, 'GET', joinPath(prefix));
    return;
  }
  const isVerb = /^(?:get|post|put|patch|delete|options)$/.test(name);
  const via = name === 'match' ? rubyOption(source, statement, 'via') : null;
  const verbs = isVerb ? [name] : via === null ? [] : (rubyTexts(via) ?? []);
  const written = rubyOption(source, statement, 'path');
  const own =
    written === null || written === 'nil'
      ? texts(statement, around)
      : [rubyText(written)].filter((text) => text !== null);
  for (const verb of verbs)
    for (const path of own.flatMap(formsOf))
      for (const prefix of around.members ?? around.prefixes) {
        const method = Object.hasOwn(ROUTER_METHODS, verb) ? ROUTER_METHODS[verb] : undefined;
        if (method !== undefined) add(reader, statement, around, method, join(prefix, path));
      }
}

function add(
  reader: Reader,
  { offset }: RubyStatement,
  { source, authenticated }: Around,
  method: Method,
  path: string,
): void {
  reader.visits += 1;
  reader.routes.push({ method, path, source, offset, authenticated });
}
