import { found } from '../../project/fact.ts';
import type { ProjectEndpoint, ProjectFacts } from '../../project/facts.ts';
import type { ContextFacts, EndpointFigure, TargetFigure } from './facts.ts';

export function projectFacts(more: Partial<ProjectFacts> = {}): ProjectFacts {
  return {
    name: found('shop', 'package.json'),
    languages: [found('TypeScript', 'src/app.ts')],
    frameworks: [found({ id: 'express', name: 'Express', version: '^5.1.0' }, 'package.json')],
    databases: [
      found(
        { kind: 'postgresql', driver: 'pg', urlVariable: 'DATABASE_URL', exampleUrl: null },
        'package.json',
      ),
    ],
    orms: [],
    migrations: [],
    openapi: null,
    endpoints: [declared('GET', '/api/users/{id}', 'src/users.ts:14')],
    logs: [],
    services: [],
    docker: [],
    ci: [],
    commands: [],
    port: null,
    technologies: [],
    structure: [{ path: 'src', purpose: null }],
    notRead: [],
    ...more,
  };
}

export function declared(
  method: ProjectEndpoint['method'],
  path: string,
  location: string,
): ProjectFacts['endpoints'][number] {
  return found({ method, path, location, authenticated: null }, location);
}

export function figure(endpoint: string, more: Partial<EndpointFigure> = {}): EndpointFigure {
  return { endpoint, p95Ms: 120, errorPercent: 0, objectiveMs: 200, measuredOn: '2026-11-28', ...more };
}

export function target(measured: Partial<NonNullable<TargetFigure['measured']>> | null): TargetFigure {
  const whole = { value: 120, unit: 'ms', note: null, isMet: true, measuredOn: '2026-11-28', ...measured };
  return {
    name: 'Response time',
    goal: '95 % of calls within 200 ms',
    measured: measured === null ? null : whole,
    measureWith: 'rearguard health status',
  };
}

export function contextFacts(more: Partial<ContextFacts> = {}): ContextFacts {
  return {
    today: '2026-11-28',
    project: projectFacts(),
    endpoints: [],
    targets: [target(null)],
    tools: [],
    plannedTools: ['security-scanner'],
    findings: null,
    sessions: [],
    lessons: [],
    ...more,
  };
}
