import type { Runtime, StackFrame } from '../../../_shared/logs/trace/types.ts';

/** A frame's function without what compilers, runtimes and proxies put in; empty where the source has no name there. */
export function frameName({ function: name, module }: StackFrame, runtime: Runtime): string {
  // Async methods and coroutines become a class of their own, named after the method.
  if (runtime === 'dotnet' && name === 'MoveNext') return /<(\w+)>d__/u.exec(module ?? '')?.[1] ?? '';
  const own = NORMALISE[runtime](name);
  if (runtime !== 'java' || own !== '') return own;
  return COROUTINE.exec(module ?? '')?.[2] ?? '';
}

/** Kotlin's coroutines: `com.shop.Orders$place$2` is the body of `place`. */
const COROUTINE = /^([^$]+)\$([a-z]\w*)\$\d.*$/u;

/** Java packages and .NET types without generated parts. */
export function moduleKey(module: string, runtime: Runtime): string {
  if (runtime === 'java') return javaClass(module.replace(COROUTINE, '$1'));
  if (runtime === 'dotnet') return dotnetType(module);
  return module;
}

const NORMALISE: Readonly<Record<Runtime, (name: string) => string>> = {
  node: nodeFunction,
  python: (name) => (name.startsWith('<') ? '' : name),
  java: javaMethod,
  go: goFunction,
  ruby: rubyMethod,
  php: phpFunction,
  dotnet: dotnetMethod,
};

/** Minifiers give names of one or two characters; which one changes with each build. */
function nodeFunction(name: string): string {
  const parts = name
    .replace(/ \[as [^\]]*\]$/u, '')
    .replace(/^(?:async )?(?:new )?/u, '')
    .split('.')
    .filter(
      (part) =>
        part.length > 2 &&
        !/^(?:<anonymous>|Object|Module|Function|Array|Promise|exports|module|default|eval|_callee\d*\$?)$/u.test(
          part,
        ),
    );
  return parts.join('.');
}

function javaMethod(name: string): string {
  const lambda = /^(?:lambda|\$anonfun|access)\$([A-Za-z_]\w*)/u.exec(name)?.[1];
  const plain = lambda ?? name.replace(/\$(?:default|suspendImpl|lambda|\d|original|accessor).*$/u, '');
  // Kotlin and Scala compile the body of a lambda to these; the class around it has the name.
  return /^(?:invokeSuspend|invoke|apply|lambda|call|run|accept|\d+|access)$/u.test(plain) &&
    lambda === undefined
    ? ''
    : plain;
}

function javaClass(name: string): string {
  return name
    .replace(/\$\$(?:EnhancerBy|FastClassBy|SpringCGLIB|Lambda|_javassist|_hibernate|Proxy).*$/iu, '')
    .replace(/(?:\$\d+)+(?=$|\$|\.)/gu, '')
    .replace(/\$(?:Proxy|HibernateProxy)\d*.*$/u, '$Proxy')
    .replace(/(?<=Accessor)\d+$/u, '');
}

function goFunction(name: string): string {
  return name
    .replace(/\[[^\]]*\]/gu, '')
    .replace(/(?:\.func\d+|\.\d+|-fm|\.gowrap\d+|-range\d+|\.deferwrap\d+)+$/u, '')
    .replace(/^glob\.?$/u, '');
}

function rubyMethod(name: string): string {
  const method = name
    .replace(/^(?:(?:block(?: \(\d+ levels\))?|rescue|ensure) in )+/u, '')
    .replace(/^.*[#.](?=[^#.]+$)/u, '');
  if (method.startsWith('<')) return '';
  return method.replace(/_{2,3}\d+(?:_\d+)?$/u, '').replace(/_{3,}\d+/gu, '');
}

function phpFunction(name: string): string {
  return name
    .replace(/\(.*$/su, '')
    .replace(/\{closure.*$/u, '')
    .replace(/class@anonymous.*?(?=->|::|$)/u, 'class@anonymous')
    .replace(/^\{main\}$/u, '')
    .replace(/^.*\\(?=$)/u, '');
}

/** `<PlaceAsync>d__5` and `<>c__DisplayClass5_0` are written by the compiler around the method's name. */
function dotnetMethod(name: string): string {
  const inner = /<(\w+)>(?:g__(\w+)\||b__|d__)/u.exec(name);
  if (inner !== null) return inner[2] ?? inner[1]!;
  return name
    .replace(/\[.*$/su, '')
    .replace(/`\d+/gu, '')
    .replace(/^MoveNext$/u, '');
}

function dotnetType(name: string): string {
  return name
    .replace(/[.+]<>c(?:__DisplayClass[\d_]+)?$/u, '')
    .replace(/[.+]<(\w+)>d__\d+(?:`\d+)?$/u, '')
    .replace(/`\d+/gu, '')
    .replace(/\[.*\]/su, '');
}
