import type { Fact, Framework, FrameworkId } from './facts.ts';
import { found, uniqueFacts } from './fact.ts';
import { type Dependency, type PackageTable, rowsOf, versionOf } from './manifests.ts';
import type { Repository } from './repository.ts';
import { goImports, isGo } from './scan/go.ts';

interface Meaning {
  id: FrameworkId;
  name: string;
  /** Frameworks that this one stands on: they are not told beside it. */
  standsOn?: readonly FrameworkId[];
}

const FRAMEWORKS: PackageTable<Meaning> = [
  { id: 'nest', name: 'NestJS', packages: { npm: '@nestjs/core' }, standsOn: ['express', 'fastify'] },
  { id: 'next', name: 'Next.js', packages: { npm: 'next' } },
  { id: 'express', name: 'Express', packages: { npm: 'express' } },
  { id: 'fastify', name: 'Fastify', packages: { npm: 'fastify' } },
  { id: 'koa', name: 'Koa', packages: { npm: 'koa' } },
  { id: 'hono', name: 'Hono', packages: { npm: 'hono' } },
  { id: 'django', name: 'Django', packages: { PyPI: 'django' } },
  { id: 'fastapi', name: 'FastAPI', packages: { PyPI: 'fastapi' } },
  { id: 'flask', name: 'Flask', packages: { PyPI: 'flask' } },
  { id: 'rails', name: 'Rails', packages: { RubyGems: 'rails' } },
  { id: 'laravel', name: 'Laravel', packages: { Packagist: 'laravel/framework' } },
  {
    id: 'spring',
    name: 'Spring Boot',
    packages: {
      Maven:
        'org.springframework.boot:spring-boot-starter-parent org.springframework.boot:org.springframework.boot.gradle.plugin org.springframework.boot:spring-boot-dependencies org.springframework.boot:spring-boot-starter-web org.springframework.boot:spring-boot-starter-webmvc org.springframework.boot:spring-boot-starter-webflux',
    },
  },
  { id: 'gin', name: 'Gin', packages: { Go: 'github.com/gin-gonic/gin' } },
  { id: 'echo', name: 'Echo', packages: { Go: 'github.com/labstack/echo' } },
  { id: 'chi', name: 'chi', packages: { Go: 'github.com/go-chi/chi' } },
  { id: 'fiber', name: 'Fiber', packages: { Go: 'github.com/gofiber/fiber' } },
  { id: 'gorilla', name: 'gorilla/mux', packages: { Go: 'github.com/gorilla/mux' } },
];

export function frameworksOf(repository: Repository, dependencies: readonly Dependency[]): Fact<Framework>[] {
  const rows = rowsOf(FRAMEWORKS, dependencies);
  // Only beside the manifest that asks for both: another service of the repository may use Express itself.
  const hidden = new Set(
    rows.flatMap(({ row, dependency }) => (row.standsOn ?? []).map((id) => `${id} ${dependency.manifest}`)),
  );
  const facts = rows
    .filter(({ row, dependency }) => !hidden.has(`${row.id} ${dependency.manifest}`))
    .map(({ row, dependency }) =>
      found({ id: row.id, name: row.name, version: versionOf(dependency) }, dependency.manifest),
    );
  return uniqueFacts([...facts, ...netHttp(repository, facts)], ({ id }) => id);
}

/** Go's own server is in no manifest: code that makes or fills a mux speaks for it, where no other framework does. */
function netHttp(repository: Repository, known: readonly Fact<Framework>[]): Fact<Framework>[] {
  const manifest = repository.own.find(({ name }) => name === 'go.mod');
  if (manifest === undefined || known.some(({ where }) => where.includes(manifest.path))) return [];
  const source = repository
    .sources(isGo)
    .find(
      (one) =>
        [...goImports(one).values()].includes('net/http') &&
        /\bhttp\s*\.\s*(?:NewServeMux|HandleFunc|Handle)\s*\(/.test(one.mask),
    );
  if (source === undefined) return [];
  const version = /^go\s+(\d[\w.]*)/m.exec(manifest.text)?.[1] ?? null;
  return [found({ id: 'net-http', name: 'net/http', version }, source.path, manifest.path)];
}
