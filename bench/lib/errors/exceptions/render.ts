import { randomInteger, type RandomSource } from '../../../../src/core/statistics/random.ts';
import type { Runtime } from '../../../../src/tools/_shared/logs/trace/types.ts';
import type { Call, Thrown, TraceEvent } from './event.ts';
import { LIBRARY_FRAMES } from './library-frames.ts';
import { spell, typeOf } from './spelling.ts';

type Print = (event: TraceEvent, random: RandomSource) => string;

const PRINTERS: Readonly<Record<Runtime, Print>> = {
  node: printNode,
  python: printPython,
  java: printJava,
  go: printGo,
  ruby: printRuby,
  php: printPhp,
  dotnet: printDotnet,
};

/** The trace as its runtime prints it. */
export function printEvent(event: TraceEvent, random: RandomSource): string {
  return PRINTERS[event.runtime](event, random);
}

function libraryFrames(runtime: Runtime, { unit }: Call): readonly string[] {
  return LIBRARY_FRAMES[runtime][unit] ?? LIBRARY_FRAMES[runtime]['event loop']!;
}

function printNode({ chain, build }: TraceEvent, random: RandomSource): string {
  const isBuilt = random() < 0.5;
  const mangled = (): string =>
    'abcdefghijklmnopqrstuvwxyz'[(build.number * 7 + randomInteger(random, 26)) % 26]!;
  const frame = (call: Call): string[] => {
    if (call.kind === 'library')
      return libraryFrames('node', call).map((line) => `    at ${line.replaceAll('{root}', build.root)}`);
    const column = 1 + randomInteger(random, 60);
    if (build.minified) {
      const place = `${build.root}/static/js/main.${build.hash}.js:1:${call.line * 97 + column}`;
      return [
        random() < 0.3
          ? `    at ${place}`
          : `    at ${mangled()}${random() < 0.3 ? `.${mangled()}` : ''} (${place})`,
      ];
    }
    const file = `${build.root}/${isBuilt ? 'dist' : 'src'}/${spell(call.area, 'kebab')}/${spell(call.unit, 'kebab')}.${isBuilt ? 'js' : 'ts'}:${call.line}:${column}`;
    if (call.closure) return [random() < 0.5 ? `    at ${file}` : `    at async <anonymous> (${file})`];
    const name = spell(call.method, 'camel');
    return [
      `    at ${random() < 0.3 ? 'async ' : ''}${call.unit.includes(' ') ? `${spell(call.unit, 'Pascal')}.${name}` : name} (${file})`,
    ];
  };
  // V8 keeps ten frames.
  const block = ({ error, message, calls }: Thrown): string[] => [
    `${typeOf('node', error)}: ${message}`,
    ...calls.flatMap(frame).slice(0, 10),
  ];
  const usesInspect = random() < 0.5;
  return chain
    .map(block)
    .map(([headline, ...frames], depth) => {
      const pad = usesInspect ? '  '.repeat(depth) : '';
      const opened = usesInspect && depth < chain.length - 1;
      const first =
        depth === 0 ? headline : usesInspect ? `${pad}[cause]: ${headline}` : `caused by: ${headline}`;
      const lines = frames.map((line) => pad + line);
      if (opened && lines.length > 0) lines[lines.length - 1] += ' {';
      return [first, ...lines].join('\n');
    })
    .concat(usesInspect ? chain.slice(1).map((_, index) => `${'  '.repeat(chain.length - 2 - index)}}`) : [])
    .join('\n');
}

function printPython({ chain, build }: TraceEvent, random: RandomSource): string {
  const frame = (call: Call): string[] => {
    if (call.kind === 'library')
      return libraryFrames('python', call).flatMap((line) => [`  File ${line}`, '    return run()']);
    const name = call.closure ? '<lambda>' : spell(call.method, 'snake');
    const file = `${build.root}/shop/${spell(call.area, 'snake')}/${spell(call.unit, 'snake')}.py`;
    const lines = [`  File "${file}", line ${call.line}, in ${name}`, `    return ${name}(value)`];
    return random() < 0.5 ? lines : [...lines, '           ^^^^^^^^^^'];
  };
  const printed = chain.map(({ error, message, calls }) =>
    [
      'Traceback (most recent call last):',
      ...calls.toReversed().flatMap(frame),
      `${typeOf('python', error)}: ${message}`,
    ].join('\n'),
  );
  const joint =
    random() < 0.5
      ? 'During handling of the above exception, another exception occurred:'
      : 'The above exception was the direct cause of the following exception:';
  return printed.toReversed().join(`\n\n${joint}\n\n`);
}

function printJava({ chain, build }: TraceEvent, random: RandomSource): string {
  const frame = (call: Call): string[] => {
    if (call.kind === 'library') return libraryFrames('java', call).map((line) => `\tat ${line}`);
    const type = spell(call.unit, 'Pascal');
    const proxied =
      random() < 0.2
        ? [
            `\tat com.acme.shop.${call.area}.${type}$$SpringCGLIB$$${randomInteger(random, 9)}.${spell(call.method, 'camel')}(<generated>)`,
          ]
        : [];
    const method = call.closure
      ? `lambda$${spell(call.method, 'camel')}$${randomInteger(random, 20)}`
      : spell(call.method, 'camel');
    return [
      `\tat ${random() < 0.2 ? 'app//' : ''}com.acme.shop.${call.area}.${type}.${method}(${type}.java:${call.line})`,
      ...proxied,
    ];
  };
  const suffix = random() < 0.3 ? ` ~[shop-1.${build.number}.jar:1.${build.number}]` : '';
  return chain
    .flatMap(({ error, message, calls }, index) => {
      // What it shares with the exception around it is not printed again.
      const most = index === 0 ? 0 : Math.min(chain[index - 1]!.calls.length, calls.length - 1);
      const shared = randomInteger(random, most + 1);
      return [
        `${index === 0 ? '' : 'Caused by: '}${typeOf('java', error)}: ${message}`,
        ...calls
          .slice(0, calls.length - shared)
          .flatMap(frame)
          .map((line) => line + suffix),
        ...(shared === 0 ? [] : [`\t... ${shared} more`]),
      ];
    })
    .join('\n');
}

/** Go has no chain of traces: a panic says all words at once, an error with stacks prints each of them. */
function printGo({ chain, build }: TraceEvent, random: RandomSource): string {
  const frame = (call: Call, args: boolean): string[] => {
    if (call.kind === 'library')
      return libraryFrames('go', call).flatMap((line) => {
        const [name, place] = line.split(' ') as [string, string];
        return [
          args ? `${name}(0xc000${randomInteger(random, 99_999)})` : name,
          `\t${place}${args ? ' +0x1d' : ''}`,
        ];
      });
    const closure = call.closure ? `.func${1 + randomInteger(random, 4)}` : '';
    const receiver = call.unit.includes(' ') ? `(*${spell(call.unit, 'Pascal')}).` : '';
    const name = `github.com/acme/shop/${spell(call.area, 'lower')}.${receiver}${spell(call.method, 'Pascal')}${closure}`;
    const file = `${build.root}/${spell(call.area, 'lower')}/${spell(call.unit, 'snake')}.go:${call.line}`;
    return args
      ? [
          `${name}(0xc0000${randomInteger(random, 9999)}, {0x${randomInteger(random, 9999)}, 0x2})`,
          `\t${file} +0x${randomInteger(random, 999)}`,
        ]
      : [name, `\t${file}`];
  };
  const root = chain.at(-1)!;
  if (root.error === 'null' || root.error === 'argument' || chain.length === 1) {
    const panic = ['panic({0x45e4c0?, 0xc000014018?})', '\t/usr/local/go/src/runtime/panic.go:785 +0x132'];
    return [
      `panic: ${root.message}`,
      '',
      `goroutine ${1 + randomInteger(random, 500)} [running]:`,
      ...panic,
      ...root.calls.flatMap((call) => frame(call, true)),
      'exit status 2',
    ].join('\n');
  }
  return chain
    .toReversed()
    .flatMap(({ message, calls }) => [message, ...calls.flatMap((call) => frame(call, false))])
    .join('\n');
}

function printRuby({ chain, build }: TraceEvent, random: RandomSource): string {
  const isNew = random() < 0.5;
  const place = (call: Call): string[] => {
    if (call.kind === 'library') return [...libraryFrames('ruby', call)];
    const method = `${isNew && call.unit.includes(' ') ? `${spell(call.unit, 'Pascal')}#` : ''}${spell(call.method, 'snake')}`;
    const name = call.closure ? `block ${random() < 0.5 ? '(2 levels) ' : ''}in ${method}` : method;
    return [
      `${build.root}/app/${spell(call.area, 'snake')}/${spell(call.unit, 'snake')}.rb:${call.line}:in ${isNew ? "'" : '`'}${name}'`,
    ];
  };
  return chain
    .flatMap(({ error, message, calls }) => {
      const [first = '', ...rest] = calls.flatMap(place);
      return [`${first}: ${message} (${typeOf('ruby', error)})`, ...rest.map((line) => `\tfrom ${line}`)];
    })
    .join('\n');
}

function printPhp({ chain, build }: TraceEvent, random: RandomSource): string {
  const name = (call: Call): string => {
    if (call.kind === 'library') return libraryFrames('php', call)[0]!.split(' ')[1]!;
    const type = `Acme\\Shop\\${spell(call.area, 'Pascal')}\\${spell(call.unit, 'Pascal')}`;
    return call.closure ? `${type}->Acme\\Shop\\{closure}` : `${type}->${spell(call.method, 'camel')}`;
  };
  const file = (call: Call): string =>
    call.kind === 'library'
      ? `${build.root}/vendor/${libraryFrames('php', call)[0]!.split(' ')[0]!}`
      : `${build.root}/src/${spell(call.area, 'Pascal')}/${spell(call.unit, 'Pascal')}.php`;
  const printed = chain.map(({ error, message, calls }) => {
    const numbered = calls.map((call, index) => {
      const caller = calls[index + 1];
      const where =
        caller === undefined ? `${build.root}/public/index.php(12)` : `${file(caller)}(${caller.line})`;
      return `#${index} ${where}: ${name(call)}(${random() < 0.5 ? '' : "Array, 'x'"})`;
    });
    const [top] = calls;
    return [
      `${typeOf('php', error)}: ${message} in ${file(top!)}:${top!.line}`,
      'Stack trace:',
      ...numbered,
      `#${calls.length} {main}`,
    ].join('\n');
  });
  return `PHP Fatal error:  Uncaught ${printed.toReversed().join('\n\nNext ')}\n  thrown in ${build.root}/public/index.php on line 12`;
}

function printDotnet({ chain, build }: TraceEvent, random: RandomSource): string {
  const isAsync = random() < 0.5;
  const frame = (call: Call): string[] => {
    if (call.kind === 'library') return libraryFrames('dotnet', call).map((line) => `   at ${line}`);
    const type = `Acme.Shop.${spell(call.area, 'Pascal')}.${spell(call.unit, 'Pascal')}`;
    const method = spell(call.method, 'Pascal');
    const where =
      random() < 0.5 ? ` in ${build.root}/src/${spell(call.unit, 'Pascal')}.cs:line ${call.line}` : '';
    if (call.closure)
      return [
        `   at ${type}.<>c__DisplayClass${randomInteger(random, 9)}_0.<${method}>b__${randomInteger(random, 5)}()${where}`,
      ];
    return isAsync
      ? [
          `   at ${type}.<${method}>d__${randomInteger(random, 20)}.MoveNext()${where}`,
          '--- End of stack trace from previous location ---',
        ]
      : [`   at ${type}.${method}(Int32 id, String name)${where}`];
  };
  const headlines = chain.map(
    ({ error, message }, index) => `${index === 0 ? '' : ' ---> '}${typeOf('dotnet', error)}: ${message}`,
  );
  const stacks = chain.map(({ calls }, index) => [
    ...calls.flatMap(frame),
    ...(index === 0 ? [] : ['   --- End of inner exception stack trace ---']),
  ]);
  return [...headlines, ...stacks.toReversed().flat()].join('\n');
}
