import type { Fact, Framework, FrameworkId } from './facts.ts';
import { found, guessed } from './fact.ts';
import { isDockerfile } from './docker-and-ci.ts';
import type { EnvironmentFile } from './environment.ts';
import type { Repository } from './repository.ts';
import { placeOf } from './scan/source.ts';

/** On which a framework's own command listens when nobody says otherwise. */
const DEFAULTS: Partial<Record<FrameworkId, number>> = {
  next: 3000,
  django: 8000,
  fastapi: 8000,
  flask: 5000,
  rails: 3000,
  laravel: 8000,
  spring: 8080,
};

const PORT_VARIABLES = [
  'PORT',
  'APP_PORT',
  'SERVER_PORT',
  'HTTP_PORT',
  'API_PORT',
  'FASTIFY_PORT',
  'FLASK_RUN_PORT',
];

/** Each with the port in its first group. */
const IN_CODE: readonly RegExp[] = [
  /\bPORT\b["']?\s*\]?\)?\s*(?:\|\||\?\?|,)\s*["']?(\d{2,5})\b/,
  /\bPORT["']\s*\)\s*\{\s*["']?(\d{2,5})\b/,
  /\bPORT\b\s*:\s*[^\n]{0,300}?\bdefault\(\s*["']?(\d{2,5})\b/,
  /\.listen\s*\(\s*(?:\{[^}]{0,1000}?\bport\s*:\s*)?(\d{2,5})\b/,
  /\b(?:serve|Deno\.serve)\s*\(\s*\{[^}]{0,1000}?\bport\s*:\s*(\d{2,5})\b/,
  /\b(?:ListenAndServe(?:TLS)?|Run|Start|Listen)\s*\(\s*"(?:localhost|0\.0\.0\.0|127\.0\.0\.1)?:(\d{2,5})"/,
  /\bAddr\s*:\s*"(?:localhost|0\.0\.0\.0|127\.0\.0\.1)?:(\d{2,5})"/,
  /\b(?:uvicorn|app)\s*\.\s*run\s*\([^)]{0,1000}?\bport\s*=\s*(\d{2,5})\b/,
  /^[ \t]*(?:export\s+)?(?:(?:const|let|var)\s+)?port\s*(?::\s*(?:number|int)\s*)?=\s*(\d{4,5})\b(?!\s*,)/im,
];

/** Lines that start a server: `uvicorn app:app --port 6900`, `CMD ["gunicorn", "--bind", "0.0.0.0:9000"]`, `next dev -p 4000`. */
const IN_COMMANDS =
  /\b(?:uvicorn|hypercorn|gunicorn|fastapi|flask|next|runserver|rails|puma)\b[^\n]{0,200}?(?:(?:--port|-p)["',\s=]+|(?:--bind|-b)["',\s=]+[\w.]*:|(?<=runserver)["',\s]+(?:[\w.]+:)?)(\d{2,5})\b/;

const COMMAND_FILE = /^(?:package\.json|pyproject\.toml|Makefile|[Jj]ustfile|Procfile(?:\.dev)?)$/;

export function portOf(
  repository: Repository,
  environment: readonly EnvironmentFile[],
  frameworks: readonly Fact<Framework>[],
): Fact<number> | null {
  for (const { path, values } of environment) {
    const port = PORT_VARIABLES.map((name) => values.get(name)).find((value) => value !== undefined);
    if (isPort(port)) return found(Number(port), path);
  }
  for (const pattern of IN_CODE) {
    for (const file of repository.own) {
      const source = repository.source(file);
      const match = source === null ? null : pattern.exec(source.code);
      if (source !== null && match !== null && isPort(match[1]))
        return found(Number(match[1]), placeOf(source, match.index));
    }
  }
  for (const { path, text } of repository.own.filter(({ path }) =>
    /(?:^|\/)application[\w-]*\.(?:properties|ya?ml)$/.test(path),
  )) {
    const port =
      /^server\.port\s*=\s*(?:\$\{\w+:)?(\d+)|^server:\s*\n(?:[ \t]+[^\n]*\n)*?[ \t]+port:\s*(?:\$\{\w+:)?(\d+)/m.exec(
        text,
      );
    const value = port?.[1] ?? port?.[2];
    if (isPort(value)) return found(Number(value), path);
  }
  for (const { path, text } of repository.own.filter(
    ({ name }) => COMMAND_FILE.test(name) || isDockerfile(name),
  )) {
    const port = IN_COMMANDS.exec(text)?.[1];
    if (isPort(port)) return found(Number(port), path);
  }
  for (const { path, text } of repository.own.filter(({ name }) => isDockerfile(name))) {
    const port = /^EXPOSE\s+(\d+)/im.exec(text)?.[1];
    if (isPort(port)) return found(Number(port), path);
  }
  const framework = frameworks.find(({ value }) => DEFAULTS[value.id] !== undefined);
  const port = framework === undefined ? undefined : DEFAULTS[framework.value.id];
  return framework === undefined || port === undefined ? null : guessed(port, ...framework.where);
}

/** Of databases, caches, brokers and mail, which code names to call others; and those of production, which need a root. */
const OTHERS = new Set([
  '25',
  '80',
  '443',
  '1025',
  '1433',
  '1521',
  '3306',
  '5432',
  '5672',
  '6379',
  '9092',
  '11211',
  '27017',
]);

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^\d{2,5}$/.test(text) && Number(text) <= 65_535 && !OTHERS.has(text);
}
