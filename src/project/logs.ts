import { posix } from 'node:path';
import type { Fact, ProjectLog } from './facts.ts';
import { found, guessed, uniqueFacts } from './fact.ts';
import { type Dependency, type PackageTable, rowsOf } from './manifests.ts';
import type { Repository } from './repository.ts';
import { expressionAt, textOf } from './scan/calls.ts';
import { type Source, placeOf } from './scan/source.ts';
import { settingOf, springSettings } from './spring-settings.ts';

const JAVASCRIPT = /\.[cm]?[jt]s$/;
const PYTHON = /\.py$/;
const GO = /\.go$/;

/** Libraries that write to stdout unless they are told otherwise. */
const LIBRARIES: PackageTable<{ library: string }> = [
  { library: 'pino', packages: { npm: 'pino pino-http nestjs-pino koa-pino-logger hono-pino' } },
  { library: 'winston', packages: { npm: 'winston nest-winston express-winston' } },
  { library: 'bunyan', packages: { npm: 'bunyan' } },
  { library: 'log4js', packages: { npm: 'log4js' } },
  { library: 'morgan', packages: { npm: 'morgan' } },
  { library: 'loguru', packages: { PyPI: 'loguru' } },
  { library: 'structlog', packages: { PyPI: 'structlog django-structlog' } },
  { library: 'zap', packages: { Go: 'go.uber.org/zap' } },
  { library: 'zerolog', packages: { Go: 'github.com/rs/zerolog' } },
  { library: 'logrus', packages: { Go: 'github.com/sirupsen/logrus' } },
];

/** What stands before an expression that names a file; it decides which library writes it. */
const FILES: readonly { files: RegExp; library: string; pattern: RegExp }[] = [
  {
    files: JAVASCRIPT,
    library: 'winston',
    pattern: /\b(?:DailyRotate)?File\s*\(\s*\{[^}]{0,1000}?\bfilename\s*:\s*/g,
  },
  { files: JAVASCRIPT, library: 'pino', pattern: /\bpino\s*\.\s*destination\s*\(\s*(?=["'`]|path\b)/g },
  {
    files: JAVASCRIPT,
    library: 'pino',
    pattern: /\btarget\s*:\s*["']pino\/file["'][^}]{0,1000}?\bdestination\s*:\s*(?=["'`]|path\b)/g,
  },
  { files: PYTHON, library: 'logging', pattern: /["']filename["']\s*:\s*/g },
  {
    files: PYTHON,
    library: 'logging',
    pattern: /\b(?:Rotating|TimedRotating|Watched)?FileHandler\s*\(\s*(?:filename\s*=\s*)?/g,
  },
  { files: PYTHON, library: 'logging', pattern: /\bbasicConfig\s*\([^)]{0,1000}?\bfilename\s*=\s*/g },
  {
    files: GO,
    library: 'lumberjack',
    pattern: /\blumberjack\s*\.\s*Logger\s*\{[^}]{0,1000}?\bFilename\s*:\s*/g,
  },
  { files: PYTHON, library: 'loguru', pattern: /\blogger\s*\.\s*add\s*\(\s*(?=["']|\w+\s*\/)/g },
];

/** Signs of what goes to stdout though files are written too, or without a package that says so. */
const STREAMS: readonly { files: RegExp; library: string; pattern: RegExp }[] = [
  { files: JAVASCRIPT, library: 'hono/logger', pattern: /\bfrom\s+["']hono\/logger["']/ },
  { files: GO, library: 'slog', pattern: /\bslog\s*\.\s*New(?:JSON|Text)Handler\s*\(\s*os\s*\.\s*Stdout\b/ },
  { files: JAVASCRIPT, library: 'winston', pattern: /\btransports\s*\.\s*Console\s*\(/ },
  {
    files: JAVASCRIPT,
    library: 'pino',
    pattern: /\b[Ff]astify\s*\(\s*\{\s*(?:[^{}]|\{[^{}]{0,1000}\}){0,1000}?\blogger\s*:\s*(?!false\b)/,
  },
  {
    files: PYTHON,
    library: 'logging',
    pattern:
      /["']logging\.StreamHandler["']|\bStreamHandler\s*\(|\bbasicConfig\s*\((?![^)]{0,1000}\bfilename\b)/,
  },
];

export function logsOf(repository: Repository, dependencies: readonly Dependency[]): Fact<ProjectLog>[] {
  const sources = repository.own.flatMap((file) => repository.source(file) ?? []);
  const inFiles = sources.flatMap((source) =>
    FILES.filter(({ files }) => files.test(source.path)).flatMap(({ library, pattern }) =>
      placesIn(source, library, pattern),
    ),
  );
  const streams = sources.flatMap((source) =>
    STREAMS.filter(({ files }) => files.test(source.path)).flatMap(({ library, pattern }) => {
      const match = pattern.exec(source.code);
      return match === null
        ? []
        : [found<ProjectLog>({ place: 'stdout', library }, placeOf(source, match.index))];
    }),
  );
  inFiles.push(
    ...springLogs(repository, dependencies),
    ...railsLogs(repository),
    ...laravelLogs(repository, dependencies),
  );
  const written = new Set(inFiles.map(({ value }) => value.library));
  const byDefault = rowsOf(LIBRARIES, dependencies)
    // Told to write into a file, a library no longer writes to stdout by itself.
    .filter(({ row }) => !written.has(row.library))
    .map(({ row, dependency }) =>
      found<ProjectLog>({ place: 'stdout', library: row.library }, dependency.manifest),
    );
  return uniqueFacts([...inFiles, ...streams, ...byDefault], ({ place, library }) => `${place} ${library}`);
}

function placesIn(source: Source, library: string, pattern: RegExp): Fact<ProjectLog>[] {
  return [...source.code.matchAll(pattern)].flatMap((match) => {
    const place = pathIn(source.path, textOf(source, expressionAt(source, match.index + match[0].length)));
    return place === null ? [] : [found<ProjectLog>({ place, library }, placeOf(source, match.index))];
  });
}

/** The path in an expression that joins texts to a folder; from the root of the project. null where it lies elsewhere or cannot be told. */
function pathIn(file: string, expression: string): string | null {
  const texts = [...expression.matchAll(/["'`]([\w./%-]+)["'`]/g)].map(([, text = '']) => text);
  const folder = /\b(?:__dirname|import\.meta)\b/.test(expression) ? posix.dirname(file) : '.';
  if (texts.length === 0 || texts[0]?.startsWith('/') === true) return null;
  const path = posix.join(folder, ...texts);
  return path.startsWith('..') || !/\.\w+$|\//.test(path) ? null : path;
}

/** Spring Boot writes to the console through logback, and to a file as well where settings name one. */
function springLogs(repository: Repository, dependencies: readonly Dependency[]): Fact<ProjectLog>[] {
  const boot = dependencies.find(({ name }) => name.startsWith('org.springframework.boot:'));
  if (boot === undefined) return [];
  const settings = repository.own.filter(({ name }) => /^logback(?:-spring)?\.xml$/.test(name));
  const inSettings = springSettings(repository).flatMap((one): Fact<ProjectLog>[] => {
    const folder = settingOf(one, 'logging.file.path');
    const place =
      settingOf(one, 'logging.file.name') ?? (typeof folder === 'string' ? `${folder}/spring.log` : null);
    return place === null || /^(?:\/|\.\.)/.test(place)
      ? []
      : [found({ place: posix.join(place), library: 'logback' }, one.path)];
  });
  if (settings.length === 0)
    return [...inSettings, guessed({ place: 'stdout', library: 'logback' }, boot.manifest)];
  return settings.flatMap(({ path, text }) => {
    const plain = text.replace(/<!--[\s\S]*?-->/g, '');
    const files = [...plain.matchAll(/<file>\s*([\w./-]+)\s*<\/file>/g)].map(([, place = '']) => place);
    const places = [
      ...files.filter((place) => !/^(?:\/|\.\.)/.test(place)).map((place) => posix.join(place)),
      ...(/ConsoleAppender|console-appender\.xml/.test(plain) ? ['stdout'] : []),
    ];
    return places.map((place) => found<ProjectLog>({ place, library: 'logback' }, path));
  });
}

/** Rails writes into a file named after its environment, unless it is told to use stdout. */
function railsLogs(repository: Repository): Fact<ProjectLog>[] {
  const development = repository.file('config/environments/development.rb');
  if (development === undefined) return [];
  const toStdout = repository
    .sources((path) => /^config\/(?:application|environments\/\w+)\.rb$/.test(path))
    .filter(({ code }) => /\b(?:Logger\.new|\blogger)\s*\(\s*(?:STDOUT|\$stdout)/.test(code));
  const stdout = toStdout.map(({ path }) => found<ProjectLog>({ place: 'stdout', library: 'rails' }, path));
  return toStdout.some(({ path }) => !/(?:production|staging|test)\.rb$/.test(path))
    ? stdout
    : [guessed<ProjectLog>({ place: 'log/development.log', library: 'rails' }, development.path), ...stdout];
}

/** The channels of `config/logging.php` share one file; without that file the framework's own settings hold. */
function laravelLogs(repository: Repository, dependencies: readonly Dependency[]): Fact<ProjectLog>[] {
  const laravel = dependencies.find(({ name }) => name === 'laravel/framework');
  if (laravel === undefined) return [];
  const settings = repository.file('config/logging.php');
  if (settings === undefined)
    return [guessed({ place: 'storage/logs/laravel.log', library: 'monolog' }, laravel.manifest)];
  const code = repository.source(settings)?.code ?? '';
  return [...code.matchAll(/\bstorage_path\s*\(\s*["']([\w./-]+\.log)["']/g)].map(([, path = '']) =>
    found<ProjectLog>({ place: posix.join('storage', path), library: 'monolog' }, settings.path),
  );
}
