import type { Fact } from './facts.ts';
import { found } from './fact.ts';
import type { Repository } from './repository.ts';
import { isComposeFile } from './sightings/compose.ts';

const DOCKERFILE = /^(?:Dockerfile(?:\.[\w.-]+)?|[\w.-]+\.Dockerfile|Containerfile)$/;

export function isDockerfile(name: string): boolean {
  return DOCKERFILE.test(name) && !name.endsWith('.dockerignore');
}

const CI =
  /^(?:\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci\/config\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.woodpecker(?:\/[^/]+)?\.ya?ml|\.buildkite\/[^/]+\.ya?ml|\.drone\.ya?ml|\.cirrus\.ya?ml)$/;

/** Dockerfiles and compose files. */
export function dockerOf({ own }: Repository): Fact<string>[] {
  return own
    .filter(({ name }) => isDockerfile(name) || isComposeFile(name))
    .map(({ path }) => found(path, path));
}

export function ciOf({ files }: Repository): Fact<string>[] {
  return files.filter(({ path }) => CI.test(path)).map(({ path }) => found(path, path));
}
