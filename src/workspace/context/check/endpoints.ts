import { NOT_MEASURED } from '../../../core/quantity.ts';
import type { DocumentLine } from '../../regions.ts';
import { declarationOf, type Operation, operationIn } from '../endpoint-match.ts';
import { ENDPOINT_CELLS } from '../endpoints.ts';
import { codeIn } from '../words.ts';
import type { Mismatch } from './mismatch.ts';

/**
 * Endpoints that the document names and the project no longer has: rows of the table, and `METHOD /path` as code in what the team
 * writes. Where no endpoint of the project is known, nobody can tell.
 */
export function endpointMismatches(
  lines: readonly DocumentLine[],
  declared: readonly Operation[],
): Mismatch[] {
  if (declared.length === 0) return [];
  return lines.flatMap(({ line, content, region, isCode }) => {
    const named = region === 'endpoints' ? inRow(content) : region === null && !isCode ? inText(content) : [];
    return named
      .filter((operation) => declarationOf(declared, operation) === undefined)
      .map(({ method, path }) => ({
        line,
        kind: 'endpoint' as const,
        message: `the project has no endpoint ${method} ${path}`,
        hint:
          region === null
            ? 'Change or strike it.'
            : '`rearguard workspace refresh` takes it out of the table.',
      }));
  });
}

/** One that was only measured is declared nowhere, and no code can be gone. */
function inRow(content: string): Operation[] {
  if (!content.startsWith('| ')) return [];
  const cells = content.slice(2, -2).split(' | ');
  if (cells[ENDPOINT_CELLS.declared] === NOT_MEASURED) return [];
  const operation = operationIn(codeIn(cells[ENDPOINT_CELLS.endpoint] ?? '') ?? '');
  return operation === null ? [] : [operation];
}

function inText(content: string): Operation[] {
  return [...content.matchAll(/`((?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/[^`]*)`/g)].flatMap(
    ([, text = '']) => {
      const operation = operationIn(text);
      // `/api/…` and `/api/*` stand for many.
      return operation === null || /…|\*/.test(operation.path) ? [] : [operation];
    },
  );
}
