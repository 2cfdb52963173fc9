import { describe, expect, it } from 'vitest';
import type { ProjectFacts } from '../facts.ts';
import { readProject } from '../read-project.ts';
import { memoryFiles } from '../test-support/memory-files.ts';

const GRADLE = `plugins {
	kotlin("jvm") version "2.1.0"
	id("org.springframework.boot") version "3.4.1"
}
dependencies {
	// implementation("com.mysql:mysql-connector-j")
	implementation("org.springframework.boot:spring-boot-starter-web")
	implementation("org.springframework.boot:spring-boot-starter-data-jpa")
	runtimeOnly("org.postgresql:postgresql")
	testImplementation("com.h2database:h2:2.3.232")
}
`;

function factsWith(contents: Readonly<Record<string, string>>): Promise<ProjectFacts> {
  const files = memoryFiles({ 'build.gradle.kts': GRADLE, ...contents });
  return readProject('/root', files, new AbortController().signal);
}

function endpoints({ endpoints }: ProjectFacts): string[] {
  return endpoints.map(({ value }) => {
    const access = value.authenticated === null ? '' : value.authenticated ? ' authenticated' : ' open';
    return `${value.method} ${value.path}${access}`;
  });
}

const KOTLIN = `
package io.acme
const val BASE = "/books"
@RestController
@RequestMapping(BASE)
class BookController(private val books: Books) {
  @GetMapping("/{id}", produces = ["application/json"])
  fun one(@PathVariable id: Long) = books.one(id)
  @PostMapping(path = ["/import", "/upload/{*path}"])
  @PreAuthorize("permitAll()")
  fun load() {}
  @RequestMapping("/any")
  @PreAuthorize("@owner.check(#id) or hasRole('A')")
  fun any() {}
  @GetMapping("/\${some.setting}")
  fun hidden() {}
}
@FeignClient("prices")
interface Prices { @GetMapping("/prices") fun all(): List<String> }
class Plain { @GetMapping("/plain") fun no() {} }
`;

describe('controllers of Spring', () => {
  it('are read in Kotlin, with Gradle and settings in YAML', async () => {
    const facts = await factsWith({
      'settings.gradle.kts': 'rootProject.name = "library"',
      'src/main/kotlin/Books.kt': KOTLIN,
      'src/main/resources/application.yml':
        'server:\n  port: ${PORT:8085}\n  servlet:\n    context-path: /lib\nspring:\n  datasource:\n    url: ${JDBC_URL}\n---\nserver:\n  servlet:\n    context-path: /other\n',
    });
    expect(endpoints(facts)).toEqual([
      'ANY /lib/books/any',
      'POST /lib/books/import open',
      'POST /lib/books/upload/{path} open',
      'GET /lib/books/{id}',
    ]);
    expect(facts.name.value).toBe('library');
    expect(facts.port?.value).toBe(8085);
    expect(facts.frameworks.map(({ value }) => value.version)).toEqual(['3.4.1']);
    expect(facts.databases.map(({ value }) => value)).toEqual([
      { kind: 'postgresql', driver: 'org.postgresql:postgresql', urlVariable: null, exampleUrl: null },
    ]);
    expect(facts.commands.map(({ value }) => value.line)).toEqual([
      'gradle test',
      'gradle build',
      'gradle bootRun',
    ]);
  });

  it('stand behind a prefix that is configured, or are left out where it cannot be told', async () => {
    const controller = '@RestController\nclass A { @GetMapping("/a") String a() { return ""; } }';
    const configured = (call: string): Promise<ProjectFacts> =>
      factsWith({
        'src/main/java/A.java': controller,
        'src/main/java/Web.java': `class Web { void configurePathMatch(PathMatchConfigurer c) { ${call}; } }`,
      });
    const byType = 'c.addPathPrefix("/v1", HandlerTypePredicate.forAnnotation(RestController.class))';
    expect(endpoints(await configured(byType))).toEqual(['GET /v1/a']);
    expect(endpoints(await configured('c.addPathPrefix("/v1", type -> chosen(type))'))).toEqual([]);
    expect(endpoints(await configured('c.addPathPrefix(prefix, type -> true)'))).toEqual([]);
    const hidden = await factsWith({
      'src/main/java/A.java': controller,
      'src/main/resources/application.properties': 'server.servlet.context-path=${CONTEXT}',
    });
    expect(endpoints(hidden)).toEqual([]);
  });

  it('have settings in their paths, or what annotations say where there is none', async () => {
    const facts = await factsWith({
      'src/main/java/A.java': [
        '@RestController',
        '@RequestMapping("${api.prefix:/api}")',
        'class A {',
        '  @GetMapping("/${api.users}/{id:\\\\d+}") String a() { return ""; }',
        '  @GetMapping("${api.nowhere}") String b() { return ""; }',
        '  @GetMapping("tags${api.end:}") String c() { return ""; }',
        '}',
      ].join('\n'),
      'src/main/resources/application.properties': 'api.users=people\n',
    });
    expect(endpoints(facts)).toEqual(['GET /api/people/{id}', 'GET /api/tags']);
  });
});
