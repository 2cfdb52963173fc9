import { textOf } from '../scan/calls.ts';
import { type PhpCall, phpEntry, phpList, phpText } from '../scan/php.ts';
import type { Source } from '../scan/source.ts';
import { singular } from './rails-names.ts';
import type { Method } from './route.ts';

interface Action {
  name: string;
  methods: readonly Method[];
  onOne: boolean;
  path: string;
}

const ACTIONS: readonly Action[] = [
  { name: 'index', methods: ['GET'], onOne: false, path: '' },
  { name: 'create', methods: ['GET'], onOne: false, path: '/create' },
  { name: 'store', methods: ['POST'], onOne: false, path: '' },
  { name: 'show', methods: ['GET'], onOne: true, path: '' },
  { name: 'edit', methods: ['GET'], onOne: true, path: '/edit' },
  { name: 'update', methods: ['PUT', 'PATCH'], onOne: true, path: '' },
  { name: 'destroy', methods: ['DELETE'], onOne: true, path: '' },
];

/** What `resource('photos.comments', …)->only([…])` and its kin declare; nothing where the rest of the chain says what cannot be followed. */
export function resourceRoutes(
  source: Source,
  { name, arguments: all }: PhpCall,
  calls: readonly PhpCall[],
): { method: Method; path: string }[] {
  const [first, second, third] = all;
  const isList = name.endsWith('s');
  const options = isList ? second : third;
  if (first === undefined || calls.some((call) => /^(?:shallow|parameters?)$/.test(call.name))) return [];
  const chosen = (key: string): string[] | null | undefined => {
    const call = calls.find((one) => one.name === key);
    const spans =
      call === undefined
        ? [options === undefined ? null : phpEntry(source, options, key)].filter((span) => span !== null)
        : call.arguments;
    if (spans.length === 0) return undefined;
    const texts = spans.flatMap((span) => phpList(source, span)).map((span) => phpText(textOf(source, span)));
    return texts.every((text) => text !== null) ? texts : null;
  };
  const [only, except] = [chosen('only'), chosen('except')];
  if (only === null || except === null) return [];
  const isSingle = /singleton$/i.test(name);
  const creatable = calls.some((call) => call.name === 'creatable');
  const actions = ACTIONS.filter(
    (action) =>
      (only?.includes(action.name) ?? true) &&
      except?.includes(action.name) !== true &&
      !(name.startsWith('api') && /^(?:create|edit)$/.test(action.name)) &&
      !(
        isSingle &&
        (action.name === 'index' || (!creatable && /^(?:create|store|destroy)$/.test(action.name)))
      ),
  );
  const names = isList
    ? phpList(source, first).flatMap(
        (span) => /^["']([\w./-]+)["']\s*=>/.exec(textOf(source, span))?.[1] ?? [],
      )
    : [phpText(textOf(source, first))].filter((text) => text !== null);
  return names.flatMap((resource) => {
    const { collection, one } = pathsOf(resource, isSingle);
    return actions.flatMap(({ methods, onOne, path }) =>
      methods.map((method) => ({ method, path: `${onOne ? one : collection}${path}` })),
    );
  });
}

/** `photos.comments` is `/photos/{photo}/comments/{comment}`, `admin/line-items` has `{line_item}`. */
function pathsOf(resource: string, isSingle: boolean): { collection: string; one: string } {
  const parts = resource.split('.');
  const parameter = (part: string): string =>
    `{${singular(part.split('/').at(-1) ?? part).replaceAll('-', '_')}}`;
  const front = parts.slice(0, -1).map((part) => `${part}/${parameter(part)}/`);
  const last = parts.at(-1) ?? '';
  const collection = `${front.join('')}${last}`;
  return { collection, one: isSingle ? collection : `${collection}/${parameter(last)}` };
}
