import { readPackageJson, readPackageLock } from './npm.ts';
import {
  readCargoLock,
  readComposerJson,
  readComposerLock,
  readGemfileLock,
  readGoMod,
} from './other-languages.ts';
import { readGradle, readPom } from './jvm.ts';
import type { Package, PackageReader } from './package.ts';
import { readPnpmLock } from './pnpm.ts';
import { readPipfileLock, readPyproject, readRequirements, readTomlLock } from './python.ts';
import { readGemfile } from './ruby.ts';
import { readSetupPy } from './setup-py.ts';
import { readYarnLock } from './yarn.ts';

const READERS: Readonly<Record<string, PackageReader>> = {
  'package.json': readPackageJson,
  'package-lock.json': readPackageLock,
  'npm-shrinkwrap.json': readPackageLock,
  'pnpm-lock.yaml': readPnpmLock,
  'yarn.lock': readYarnLock,
  'requirements.txt': readRequirements,
  'pyproject.toml': readPyproject,
  'setup.py': readSetupPy,
  'poetry.lock': readTomlLock,
  'uv.lock': readTomlLock,
  'Pipfile.lock': readPipfileLock,
  'go.mod': readGoMod,
  Gemfile: readGemfile,
  'Gemfile.lock': readGemfileLock,
  'composer.json': readComposerJson,
  'composer.lock': readComposerLock,
  'Cargo.lock': readCargoLock,
  'pom.xml': readPom,
  'build.gradle': readGradle,
  'build.gradle.kts': readGradle,
};

/** Names of the manifests and lockfiles that can be read. */
export const PACKAGE_FILES: readonly string[] = Object.keys(READERS);

/** The packages of a manifest or lockfile, by the name of the file; null when it is none or cannot be read. */
export function readPackages(fileName: string, text: string): Package[] | null {
  const reader = Object.hasOwn(READERS, fileName) ? READERS[fileName] : undefined;
  if (reader === undefined) return null;
  try {
    return reader(text).filter(({ name }) => name !== '');
  } catch {
    return null;
  }
}
