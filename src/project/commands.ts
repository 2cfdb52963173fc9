import type { Fact, ProjectCommand } from './facts.ts';
import { found, guessed, uniqueFacts } from './fact.ts';
import { tomlKeys, tomlTables } from '../core/toml.ts';
import { type Dependency, jsonOf } from './manifests.ts';
import { mapping } from './packages/package.ts';
import type { ProjectFile, Repository } from './repository.ts';

type Does = ProjectCommand['does'];

/** What scripts and targets do, by the names people give them; the first match decides. */
const BY_NAME: readonly (readonly [Does, RegExp])[] = [
  ['test', /^test$/],
  ['start', /^(?:start|dev|start:dev|serve|develop|run)$/],
  [
    'migrate',
    /^(?:(?:db|prisma|migrations?)[:_-])?(?:migrate|migrate[:_-](?:up|latest|deploy|dev|run)|migrations?[:_-]run|run[:_-]migrations|upgrade)$/,
  ],
  ['lint', /^lint$/],
  ['build', /^build$/],
];

export function commandsOf(
  repository: Repository,
  dependencies: readonly Dependency[],
  rootNames: readonly string[],
): Fact<ProjectCommand>[] {
  const facts = repository.own
    .filter(({ path }) => !path.includes('/'))
    .flatMap((file) => [
      ...fromScripts(file, rootNames),
      ...fromPyproject(file),
      ...fromTargets(file),
      ...fromJvm(file, rootNames),
    ]);
  const django = managePy(repository, dependencies);
  facts.push(...fromDjango(django));
  return uniqueFacts(
    [...facts, ...fromPackages(repository, dependencies, facts, django)],
    ({ line }) => line,
  );
}

function byName(name: string): Does | undefined {
  return BY_NAME.find(([, pattern]) => pattern.test(name))?.[0];
}

function fromScripts(
  { name, path, text }: ProjectFile,
  rootNames: readonly string[],
): Fact<ProjectCommand>[] {
  if (name !== 'package.json' && name !== 'composer.json') return [];
  const manifest = jsonOf(text);
  const program = scriptProgram(name, manifest['packageManager'], rootNames);
  return Object.entries(mapping(manifest['scripts'])).flatMap(([script, line]) => {
    const does = byName(script);
    // What `npm init` writes where there are no tests.
    if (does === undefined || (typeof line === 'string' && line.includes('no test specified'))) return [];
    return [found({ line: scriptLine(program, script), does }, path)];
  });
}

type ScriptProgram = 'composer' | 'pnpm' | 'yarn' | 'bun' | 'npm';

/** What runs the scripts: of the lockfile, else of the field that Corepack reads (`"packageManager": "yarn@4.1.0"`). */
function scriptProgram(
  manifest: string,
  packageManager: unknown,
  rootNames: readonly string[],
): ScriptProgram {
  if (manifest === 'composer.json') return 'composer';
  if (rootNames.includes('pnpm-lock.yaml')) return 'pnpm';
  if (rootNames.includes('yarn.lock')) return 'yarn';
  if (rootNames.includes('bun.lock') || rootNames.includes('bun.lockb')) return 'bun';
  if (rootNames.includes('package-lock.json') || typeof packageManager !== 'string') return 'npm';
  return (['pnpm', 'yarn', 'bun'] as const).find((name) => packageManager.startsWith(`${name}@`)) ?? 'npm';
}

function scriptLine(program: ScriptProgram, script: string): string {
  if (program === 'yarn') return `yarn ${script}`;
  const isShort = script === 'test' || (script === 'start' && program !== 'composer');
  return isShort && program !== 'bun' ? `${program} ${script}` : `${program} run ${script}`;
}

/** Tables of scripts that Python's tools run, each a key or a table of its own. */
const PYTHON_SCRIPTS: readonly { table: string; program: string }[] = [
  { table: 'tool.pdm.scripts', program: 'pdm run' },
  { table: 'tool.poe.tasks', program: 'poe' },
  { table: 'tool.taskipy.tasks', program: 'task' },
  { table: 'tool.hatch.envs.default.scripts', program: 'hatch run' },
];

function fromPyproject({ name, path, text }: ProjectFile): Fact<ProjectCommand>[] {
  if (name !== 'pyproject.toml') return [];
  return tomlTables(text).flatMap((table) =>
    PYTHON_SCRIPTS.flatMap(({ table: own, program }) => {
      const scripts =
        table.header === own
          ? tomlKeys(table)
          : table.header.startsWith(`${own}.`)
            ? [table.header.slice(own.length + 1)]
            : [];
      return scripts.flatMap((script) => {
        const does = byName(script);
        return does === undefined ? [] : [found({ line: `${program} ${script}`, does }, path)];
      });
    }),
  );
}

/** Makefiles and justfiles. */
function fromTargets({ name, path, text }: ProjectFile): Fact<ProjectCommand>[] {
  const program = name === 'Makefile' ? 'make' : /^[Jj]ustfile$/.test(name) ? 'just' : undefined;
  if (program === undefined) return [];
  return [...text.matchAll(/^([\w-]+)\s*:(?!=)/gm)].flatMap(([, target = '']) => {
    const does = byName(target);
    return does === undefined ? [] : [found({ line: `${program} ${target}`, does }, path)];
  });
}

/** Of the root, else the only one there is: Django often lies in a folder beside others. Null where Django has none. */
function managePy(repository: Repository, dependencies: readonly Dependency[]): string | null {
  const usesDjango = dependencies.some(({ ecosystem, name }) => ecosystem === 'PyPI' && name === 'django');
  const all = repository.own.filter(
    ({ name, text }) =>
      name === 'manage.py' &&
      (text.includes('DJANGO_SETTINGS_MODULE') || (usesDjango && !/\bManager\s*\(/.test(text))),
  );
  const root = all.find(({ path }) => path === 'manage.py') ?? (all.length === 1 ? all[0] : undefined);
  return root?.path ?? null;
}

function fromDjango(path: string | null): Fact<ProjectCommand>[] {
  if (path === null) return [];
  const commands: ProjectCommand[] = [
    { line: `python ${path} runserver`, does: 'start' },
    { line: `python ${path} migrate`, does: 'migrate' },
  ];
  return commands.map((command) => found(command, path));
}

/** Goals and tasks that Maven and Gradle have in every project; Spring Boot's plugin adds the one that starts it. */
function fromJvm({ name, path, text }: ProjectFile, rootNames: readonly string[]): Fact<ProjectCommand>[] {
  const isMaven = name === 'pom.xml';
  if (!isMaven && !/^build\.gradle(?:\.kts)?$/.test(name)) return [];
  const wrapper = isMaven ? 'mvnw' : 'gradlew';
  const program = rootNames.includes(wrapper) ? `./${wrapper}` : isMaven ? 'mvn' : 'gradle';
  const commands: ProjectCommand[] = [
    { line: `${program} test`, does: 'test' },
    { line: `${program} ${isMaven ? 'package' : 'build'}`, does: 'build' },
  ];
  if (/spring-boot-maven-plugin|\bid\s*\(?\s*["']org\.springframework\.boot["']/.test(text))
    commands.push({ line: `${program} ${isMaven ? 'spring-boot:run' : 'bootRun'}`, does: 'start' });
  return commands.map((command) => found(command, path));
}

/** Programs that packages bring, and the line that starts them by convention; told only where nothing else does the same. */
const PROGRAMS: readonly { package: string; line: string; does: Does }[] = [
  { package: 'pytest', line: 'pytest', does: 'test' },
  { package: 'alembic', line: 'alembic upgrade head', does: 'migrate' },
  { package: 'flask-migrate', line: 'flask db upgrade', does: 'migrate' },
  { package: 'ruff', line: 'ruff check', does: 'lint' },
  { package: 'flake8', line: 'flake8', does: 'lint' },
];

function fromPackages(
  repository: Repository,
  dependencies: readonly Dependency[],
  known: readonly Fact<ProjectCommand>[],
  django: string | null,
): Fact<ProjectCommand>[] {
  const facts = PROGRAMS.flatMap(({ package: name, line, does }) => {
    const dependency = dependencies.find((one) => one.ecosystem === 'PyPI' && one.name === name);
    const isDone = known.some(({ value }) => value.does === does);
    return dependency === undefined || isDone ? [] : [guessed({ line, does }, dependency.manifest)];
  });
  const goTest = repository.files.find(({ name }) => name.endsWith('_test.go'));
  if (goTest !== undefined && !known.some(({ value }) => value.does === 'test'))
    facts.push(guessed({ line: 'go test ./...', does: 'test' }, goTest.path));
  facts.push(...fromRails(repository, dependencies), ...fromLaravel(repository, dependencies, known));
  const hasTest = [...known, ...facts].some(({ value }) => value.does === 'test');
  if (django === null || hasTest) return facts;
  return [...facts, found({ line: `python ${django} test`, does: 'test' }, django)];
}

/** Programs that Rails' generator puts into `bin`. */
function fromRails(repository: Repository, dependencies: readonly Dependency[]): Fact<ProjectCommand>[] {
  const uses = (name: string): Dependency | undefined =>
    dependencies.find((one) => one.ecosystem === 'RubyGems' && one.name === name);
  const rails = uses('rails');
  if (rails === undefined || repository.file('config/routes.rb') === undefined) return [];
  const rspec = uses('rspec-rails');
  const rubocop = dependencies.find(
    ({ ecosystem, name }) => ecosystem === 'RubyGems' && /^rubocop\b/.test(name),
  );
  const hasTests = repository.files.some(({ path }) => /^test\/.*_test\.rb$/.test(path));
  return [
    guessed<ProjectCommand>({ line: 'bin/rails server', does: 'start' }, rails.manifest),
    guessed<ProjectCommand>({ line: 'bin/rails db:migrate', does: 'migrate' }, rails.manifest),
    ...(rspec === undefined
      ? []
      : [guessed<ProjectCommand>({ line: 'bundle exec rspec', does: 'test' }, rspec.manifest)]),
    ...(hasTests ? [guessed<ProjectCommand>({ line: 'bin/rails test', does: 'test' }, rails.manifest)] : []),
    ...(rubocop === undefined
      ? []
      : [guessed<ProjectCommand>({ line: 'bundle exec rubocop', does: 'lint' }, rubocop.manifest)]),
  ];
}

/** Artisan lies in the root of every Laravel application; scripts of `composer.json` come before it. */
function fromLaravel(
  repository: Repository,
  dependencies: readonly Dependency[],
  known: readonly Fact<ProjectCommand>[],
): Fact<ProjectCommand>[] {
  const uses = (name: string): Dependency | undefined => dependencies.find((one) => one.name === name);
  if (repository.file('artisan') === undefined || uses('laravel/framework') === undefined) return [];
  const pint = uses('laravel/pint');
  const commands: ProjectCommand[] = [
    { line: 'php artisan serve', does: 'start' },
    { line: 'php artisan test', does: 'test' },
    { line: 'php artisan migrate', does: 'migrate' },
  ];
  return [
    ...commands
      .filter(({ does }) => !known.some(({ value }) => value.does === does))
      .map((command) => found(command, 'artisan')),
    ...(pint === undefined
      ? []
      : [guessed<ProjectCommand>({ line: 'vendor/bin/pint', does: 'lint' }, pint.manifest)]),
  ];
}
