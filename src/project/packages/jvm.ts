import { exactVersion, type Package, type PackageReader, uniquePackages } from './package.ts';

/** `pom.xml`: the parent, imported lists of versions, and the dependencies; names are `group:artifact`. Versions that a parent gives stand elsewhere. */
export const readPom: PackageReader = (text) => {
  const xml = text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(build|reporting|profiles|exclusions)>[\s\S]*?<\/\1>/g, '');
  const properties = new Map(
    [
      ...(/<properties>([\s\S]*?)<\/properties>/.exec(xml)?.[1] ?? '').matchAll(/<([\w.-]+)>([^<]*)<\/\1>/g),
    ].map(([, name = '', value = '']): [string, string] => [name, value.trim()]),
  );
  const tag = (block: string, name: string): string | undefined =>
    new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`)
      .exec(block)?.[1]
      ?.replace(/\$\{([\w.-]+)\}/g, (whole, key: string) => properties.get(key) ?? whole);
  const packageOf = (block: string): Package[] => {
    const [group, artifact] = [tag(block, 'groupId'), tag(block, 'artifactId')];
    if (group === undefined || artifact === undefined) return [];
    const version = exactVersion(tag(block, 'version'));
    const development = tag(block, 'scope') === 'test';
    return [{ ecosystem: 'Maven', name: `${group}:${artifact}`, version, direct: true, development }];
  };
  const managed = /<dependencyManagement>[\s\S]*?<\/dependencyManagement>/.exec(xml)?.[0] ?? '';
  const blocks = (part: string, name: string): string[] =>
    [...part.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, block = '']) => block);
  return uniquePackages([
    ...blocks(xml, 'parent').flatMap(packageOf),
    ...blocks(managed, 'dependency')
      .filter((block) => tag(block, 'scope') === 'import')
      .flatMap(packageOf),
    ...blocks(xml.replace(managed, ''), 'dependency').flatMap(packageOf),
  ]);
};

const PLUGIN = /\bid\s*\(?\s*["']([\w.-]+)["']\s*\)?\s*version\s*\(?\s*["']([\w.+-]+)["']/g;
const ASKED =
  /^[ \t]*(\w*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly|[rR]untimeOnly|[dD]evelopmentOnly|[cC]ompile))[ \t]*\(?[ \t]*(?:platform\s*\(\s*)?["']([\w.-]+):([\w.-]+)(?::([\w.+-]+))?["']/gm;

/** `build.gradle` and `build.gradle.kts`: dependencies that are written as texts, and plugins by the name of their marker. Catalogues of versions are not followed. */
export const readGradle: PackageReader = (text) => {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const plugins = [...code.matchAll(PLUGIN)].map(([, id = '', version = '']): Package => ({
    ecosystem: 'Maven',
    name: `${id}:${id}.gradle.plugin`,
    version: exactVersion(version),
    direct: true,
    development: false,
  }));
  const asked = [...code.matchAll(ASKED)].map(
    ([, kind = '', group = '', artifact = '', version]): Package => ({
      ecosystem: 'Maven',
      name: `${group}:${artifact}`,
      version: exactVersion(version),
      direct: true,
      development: /^test|[a-z]Test|developmentOnly/.test(kind),
    }),
  );
  return uniquePackages([...plugins, ...asked]);
};
