import { PACKAGE_FILES } from './packages/read.ts';
import { isComposeFile } from './sightings/compose.ts';
import { isEnvironmentFile } from './sightings/environment.ts';
import { isSourceFile } from './sightings/source-code.ts';

/** Lockfiles fix versions of what the manifests ask for, and are too large to read for that. */
const LOCKFILES = /(?:-lock\.(?:json|yaml)|\.lock|shrinkwrap\.json|Pipfile\.lock)$/;

/** Files that say something by their names, beside manifests, env files, compose files and code. */
const TELLING =
  /^(?:Dockerfile(?:\.[\w.-]+)?|[\w.-]+\.Dockerfile|Containerfile|Procfile|Makefile|[Jj]ustfile|Jenkinsfile|Gemfile|Rakefile|Pipfile|Taskfile\.ya?ml|artisan|gradlew|mvnw|config\.ru|www)$|^(?:requirements[\w.-]*\.(?:txt|in)|tox\.ini|alembic\.ini|setup\.(?:cfg|py)|pytest\.ini)$/;

const KINDS = /\.(?:sql|prisma|ya?ml|xml|properties|gradle|graphql|gql|ini|cfg|toml|conf|mod)$/;

/** Data in JSON is as large as it likes; these are settings. */
const JSON_FILES =
  /^(?:package|composer|tsconfig[\w.-]*|nest-cli|ormconfig|appsettings[\w.-]*|knexfile|openapi[\w.-]*|swagger[\w.-]*|[\w-]+\.openapi|project|app|deno|turbo|lerna)\.json$/;

/** Our own config repeats what was found, and would prove itself. */
const OWN_CONFIG = /^rearguard\.config\.\w+$/;

/** Whether a file of this name is read at all. Gemfile.lock is: Rails' own manifest fixes nothing. */
export function isWantedFile(name: string): boolean {
  if (name === 'Gemfile.lock' || name === 'Gemfile') return true;
  if (LOCKFILES.test(name) || OWN_CONFIG.test(name)) return false;
  if (isEnvironmentFile(name) || isComposeFile(name) || PACKAGE_FILES.includes(name)) return true;
  if (name.endsWith('.md')) return false;
  return isSourceFile(name) || TELLING.test(name) || KINDS.test(name) || JSON_FILES.test(name);
}
