import { type Span, splitArguments, textOf } from '../scan/calls.ts';
import { type Definition, definitionsIn, keywordArgument, pythonText } from '../scan/python.ts';
import type { Source } from '../scan/source.ts';
import { type PythonModules, resolveName } from './python-modules.ts';
import { methodNames } from './python-routers.ts';
import { type Method, showsAuthentication } from './route.ts';

/** Actions of a viewset, by the methods that routers give them. */
const LIST_ACTIONS: Readonly<Record<string, Method>> = { list: 'GET', create: 'POST' };
const DETAIL_ACTIONS: Readonly<Record<string, Method>> = {
  retrieve: 'GET',
  update: 'PUT',
  partial_update: 'PATCH',
  destroy: 'DELETE',
};

/** What the classes of Django and of REST framework answer by themselves: methods of views, actions of viewsets. */
const BASES: Readonly<Record<string, string>> = {
  ModelViewSet: 'list create retrieve update partial_update destroy',
  ReadOnlyModelViewSet: 'list retrieve',
  CreateModelMixin: 'create',
  ListModelMixin: 'list',
  RetrieveModelMixin: 'retrieve',
  UpdateModelMixin: 'update partial_update',
  DestroyModelMixin: 'destroy',
  GenericViewSet: '',
  ViewSet: '',
  APIView: '',
  GenericAPIView: '',
  CreateAPIView: 'POST',
  ListAPIView: 'GET',
  RetrieveAPIView: 'GET',
  DestroyAPIView: 'DELETE',
  UpdateAPIView: 'PUT PATCH',
  ListCreateAPIView: 'GET POST',
  RetrieveUpdateAPIView: 'GET PUT PATCH',
  RetrieveDestroyAPIView: 'GET DELETE',
  RetrieveUpdateDestroyAPIView: 'GET PUT PATCH DELETE',
  ListView: 'GET',
  DetailView: 'GET',
  TemplateView: 'GET',
  CreateView: 'GET POST',
  UpdateView: 'GET POST',
  DeleteView: 'GET POST',
  FormView: 'GET POST',
  LoginView: 'GET POST',
  LogoutView: 'POST',
  SpectacularAPIView: 'GET',
  SpectacularSwaggerView: 'GET',
  SpectacularRedocView: 'GET',
  SpectacularJSONAPIView: 'GET',
  SpectacularYAMLAPIView: 'GET',
  TokenObtainPairView: 'POST',
  TokenRefreshView: 'POST',
  TokenVerifyView: 'POST',
  TokenBlacklistView: 'POST',
  ObtainAuthToken: 'POST',
};
const REST_BASES = /(?:ViewSet|APIView|ModelMixin)$/;
/** They are how callers log in. */
const OPEN_VIEWS = /^(?:Token(?:ObtainPair|Refresh|Verify|Blacklist)View|ObtainAuthToken|LoginView)$/;

/** Who may call: per method where reading is free and writing is not. */
export type Access = boolean | null | 'open-for-reading';

export interface View {
  methods: readonly Method[];
  actions: readonly string[];
  access: Access;
  isRest: boolean;
  /** Name of the parameter of a single one, in paths that a router makes. */
  lookup: string;
  extraActions: readonly {
    path: string;
    methods: readonly Method[];
    isDetail: boolean;
    source: Source;
    offset: number;
    access: Access;
  }[];
}

const MAX_DEPTH = 6;

/** What a view answers, by its name where it is used; a view from a package that is not known answers anything. */
export function viewOf(
  modules: PythonModules,
  from: Source,
  expression: string,
  defaultAccess: Access,
): View {
  const name = expression.split('.').at(-1) ?? '';
  const place = resolveName(modules, from, expression);
  const definition =
    place === null ? undefined : definitionsIn(place.source).find((one) => one.name === place.name);
  if (place === null || definition === undefined) {
    const methods = (BASES[name] ?? 'ANY').split(' ') as Method[];
    return { ...NOTHING, methods, access: OPEN_VIEWS.test(name) ? false : null };
  }
  return definition.kind === 'def'
    ? functionView(place.source, definition, defaultAccess)
    : classView(modules, place.source, definition, defaultAccess);
}

const NOTHING: View = {
  methods: [],
  actions: [],
  access: null,
  isRest: false,
  lookup: 'id',
  extraActions: [],
};

function functionView(source: Source, { decorators }: Definition, defaultAccess: Access): View {
  const texts = decorators.map((span) => textOf(source, span));
  const methods = texts.flatMap((text): Method[] => {
    if (/^@require_(?:GET|safe)\b/.test(text)) return ['GET'];
    if (/^@require_POST\b/.test(text)) return ['POST'];
    if (/^@api_view\s*(?:\(\s*\))?$/.test(text)) return ['GET'];
    return /^@(?:require_http_methods|api_view)\b/.test(text) ? methodNames(text) : [];
  });
  const isRest = texts.some((text) => text.startsWith('@api_view'));
  const permissions = texts.find((text) => text.startsWith('@permission_classes'));
  const isLogin = texts.some((text) =>
    /^@(?:login_required|permission_required|user_passes_test|staff_member_required)\b/.test(text),
  );
  const access = isLogin ? true : (accessOfPermissions(permissions) ?? (isRest ? defaultAccess : null));
  return { ...NOTHING, methods: methods.length === 0 ? ['ANY'] : methods, isRest, access };
}

interface ClassFacts {
  methods: Set<Method>;
  actions: Set<string>;
  isRest: boolean;
  access: Access;
  lookup: string | null;
  allowed: Method[] | null;
  extra: View['extraActions'][number][];
}

function classView(
  modules: PythonModules,
  source: Source,
  definition: Definition,
  defaultAccess: Access,
): View {
  const facts: ClassFacts = {
    methods: new Set(),
    actions: new Set(),
    isRest: false,
    access: null,
    lookup: null,
    allowed: null,
    extra: [],
  };
  collect(modules, source, definition, facts, 0);
  const { allowed } = facts;
  const access = facts.access ?? (facts.isRest ? defaultAccess : null);
  const isAllowed = (method: Method): boolean => allowed === null || allowed.includes(method);
  const methods = [...facts.methods].filter(isAllowed);
  return {
    methods: methods.length === 0 ? ['ANY'] : methods,
    actions: [...facts.actions].filter((action) =>
      isAllowed(LIST_ACTIONS[action] ?? DETAIL_ACTIONS[action] ?? 'ANY'),
    ),
    access,
    isRest: facts.isRest,
    lookup: facts.lookup === null || facts.lookup === 'pk' ? 'id' : facts.lookup,
    extraActions: facts.extra.map((one) => ({ ...one, access: one.access ?? access })),
  };
}

/** A class first, then its bases: what the class itself says of access stands. */
function collect(
  modules: PythonModules,
  source: Source,
  definition: Definition,
  facts: ClassFacts,
  depth: number,
): void {
  const valueOf = modules.constantIn(source);
  const body = textOf(source, definition.body);
  facts.access ??= accessOfPermissions(
    /^[ \t]*permission_classes[ \t]*(?::[^=\n]+)?=[ \t]*([^\n]+)/m.exec(body)?.[1],
  );
  const lookup = /^[ \t]*lookup_(?:url_kwarg|field)[ \t]*=[ \t]*["'](\w+)["']/m.exec(body)?.[1];
  facts.lookup ??= lookup ?? null;
  const names = /^[ \t]*http_method_names[ \t]*=[ \t]*(\[[^\]]{0,1000}\])/m.exec(body)?.[1];
  if (names !== undefined) facts.allowed ??= methodNames(names);
  if (definition.decorators.some((span) => /login_required|permission_required/.test(textOf(source, span))))
    facts.access ??= true;
  for (const member of definitionsIn(source).filter(
    ({ kind, offset }) => kind === 'def' && offset > definition.body.from && offset < definition.body.to,
  )) {
    const [method] = methodNames(`"${member.name}"`);
    if (method !== undefined && method !== 'ANY') facts.methods.add(method);
    if (Object.hasOwn(LIST_ACTIONS, member.name) || Object.hasOwn(DETAIL_ACTIONS, member.name))
      facts.actions.add(member.name);
    for (const decorator of member.decorators)
      if (/^@(?:decorators\.)?action\b/.test(textOf(source, decorator)))
        facts.extra.push(extraAction(source, member, decorator, valueOf));
  }
  for (const base of splitArguments(source, definition.head.from - 1).map((part) => textOf(source, part))) {
    const name = base.split('.').at(-1) ?? '';
    if (/^(?:LoginRequiredMixin|PermissionRequiredMixin|UserPassesTestMixin)$/.test(name))
      facts.access ??= true;
    if (REST_BASES.test(name)) facts.isRest = true;
    for (const word of (BASES[name] ?? '').split(' ').filter(Boolean)) {
      if (/^[A-Z]+$/.test(word)) facts.methods.add(word as Method);
      else facts.actions.add(word);
    }
    const place =
      depth < MAX_DEPTH && !Object.hasOwn(BASES, name) ? resolveName(modules, source, base) : null;
    const above =
      place === null
        ? undefined
        : definitionsIn(place.source).find(
            (one) => one.kind === 'class' && one.name === place.name && one !== definition,
          );
    if (
      place !== null &&
      above !== undefined &&
      !(place.source === source && above.offset === definition.offset)
    )
      collect(modules, place.source, above, facts, depth + 1);
  }
}

function extraAction(
  source: Source,
  member: Definition,
  decorator: Span,
  valueOf: (name: string) => string | null,
): View['extraActions'][number] {
  const open = source.mask.indexOf('(', decorator.from);
  const parts = open === -1 || open > decorator.to ? [] : splitArguments(source, open);
  const text = (name: string): string | null => {
    const span = keywordArgument(source, parts, name);
    return span === null ? null : textOf(source, span);
  };
  const methods = methodNames(text('methods') ?? '');
  const url = text('url_path');
  return {
    path: (url === null ? null : pythonText(url, valueOf)) ?? member.name,
    methods: methods.length === 0 ? ['GET'] : methods,
    isDetail: text('detail') === 'True',
    source,
    offset: decorator.from,
    access: accessOfPermissions(text('permission_classes') ?? undefined),
  };
}

/** Of `[IsAuthenticated]` and its like, also of the settings. */
export function accessOfPermissions(text: string | undefined): Access {
  if (text === undefined) return null;
  if (/AllowAny/.test(text)) return false;
  if (/OrReadOnly|OrAnonReadOnly/.test(text)) return 'open-for-reading';
  return /IsAuthenticated|IsAdmin|DjangoModelPermissions|DjangoObjectPermissions|TokenHasScope/.test(text) ||
    showsAuthentication(text)
    ? true
    : null;
}

export function accessOfMethod(access: Access, method: Method): boolean | null {
  return access === 'open-for-reading' ? !/^(?:GET|HEAD|OPTIONS)$/.test(method) : access;
}

/** What a router makes of a viewset: parts behind its prefix, without slashes around them. */
export function routesOfViewSet(
  view: View,
  prefix: string,
): { method: Method; path: string; access: Access; extra: View['extraActions'][number] | null }[] {
  const one = `${prefix}/{${view.lookup}}`;
  return [
    ...view.actions.flatMap((action) => {
      const onList = LIST_ACTIONS[action];
      const method = onList ?? DETAIL_ACTIONS[action];
      return method === undefined
        ? []
        : [{ method, path: onList === undefined ? one : prefix, access: view.access, extra: null }];
    }),
    ...view.extraActions.flatMap((extra) =>
      extra.methods.map((method) => ({
        method,
        path: `${extra.isDetail ? one : prefix}/${extra.path}`,
        access: extra.access,
        extra,
      })),
    ),
  ];
}
