import type { Files } from '../platform/files.ts';
import { commandsOf } from './commands.ts';
import { databasesOf } from './databases.ts';
import { ciOf, dockerOf } from './docker-and-ci.ts';
import { environmentFiles } from './environment.ts';
import type { ProjectFacts } from './facts.ts';
import { frameworksOf } from './frameworks.ts';
import { logsOf } from './logs.ts';
import { dependenciesOf, nameOf } from './manifests.ts';
import { migrationsOf } from './migrations.ts';
import { openapiOf } from './openapi.ts';
import { ormsOf } from './orms.ts';
import { portOf } from './port.ts';
import { readRepository } from './repository.ts';
import { endpointsOf } from './routes/registry.ts';
import { servicesOf } from './services.ts';
import { languagesOf, structureOf } from './structure.ts';
import { technologiesOf } from './technologies.ts';

/**
 * Finds out what a repository is made of. Reads files only (bounded in number and size; never what git ignores, never
 * dependencies), runs nothing, and never throws for a file that is broken: that is named in `notRead`. Throws where the
 * folder itself cannot be read (E_FILE_UNREADABLE) and when the signal ends it.
 */
export async function readProject(
  root: string,
  files: Pick<Files, 'list' | 'readText' | 'exists'>,
  signal: AbortSignal,
): Promise<ProjectFacts> {
  const repository = await readRepository(root, files, signal);
  const rootNames = (await files.list(root)).map(({ name }) => name);
  const dependencies = dependenciesOf(repository);
  const environment = environmentFiles(repository);
  const frameworks = frameworksOf(repository, dependencies);
  const endpoints = endpointsOf(
    repository,
    frameworks.map(({ value }) => value.id),
  );
  return {
    name: nameOf(repository),
    languages: languagesOf(repository),
    frameworks,
    databases: databasesOf(repository, dependencies, environment),
    orms: ormsOf(dependencies),
    migrations: migrationsOf(repository),
    openapi: openapiOf(repository, dependencies, endpoints),
    endpoints,
    logs: logsOf(repository, dependencies),
    services: servicesOf(repository),
    docker: dockerOf(repository),
    ci: ciOf(repository),
    commands: commandsOf(repository, dependencies, rootNames),
    port: portOf(repository, environment, frameworks),
    technologies: technologiesOf(dependencies),
    structure: structureOf(repository),
    notRead: repository.notRead,
  };
}
