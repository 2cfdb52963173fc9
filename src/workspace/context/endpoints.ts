import { formatQuantity, NOT_MEASURED } from '../../core/quantity.ts';
import type { ProjectFacts } from '../../project/facts.ts';
import { areaOf, ENDPOINT_AREAS } from './endpoint-groups.ts';
import { declarationOf, operationIn } from './endpoint-match.ts';
import type { ContextFacts, EndpointFigure } from './facts.ts';
import { dayIn, figureIn, isSteady } from './steady.ts';
import { tableHead, tableRow, type WrittenRow, writtenRows } from './table.ts';
import { code, listOf } from './words.ts';

/** Cells of a row of the endpoints' table. */
export const ENDPOINT_CELLS = { area: 0, endpoint: 1, declared: 2, p95: 3, errors: 4, measured: 5 } as const;
const HEAD = ['area', 'endpoint', 'declared in', 'p95', 'errors', 'measured'];
const MAX_ENDPOINT = 80;
const MAX_FILE = 60;

interface Line {
  endpoint: string;
  area: string;
  /** Without its line, which moves with every edit; null where no declaration was found. */
  file: string | null;
  p95: string;
  errors: string;
  measured: string;
  /** Over its objective, or failing. */
  isBad: boolean;
}

/** The endpoints that matter most, with their current figures. `written` is the region as it stands in the file. */
export function endpointsBody(
  { endpoints, today }: Pick<ContextFacts, 'endpoints' | 'today'>,
  project: ProjectFacts,
  room: number,
  written: string,
): string {
  const rows = writtenRows(written, ENDPOINT_CELLS.endpoint);
  const lines = linesOf(endpoints, project, rows, today);
  if (lines.length === 0) {
    return 'No endpoint was found in the code or measured. `rearguard health status --endpoints /path` measures one.';
  }
  const chosen = new Set(lines.toSorted(byImportance).slice(0, room));
  const shown = lines.filter((line) => chosen.has(line)).toSorted(byArea);
  return [
    ...tableHead(HEAD),
    ...shown.map(({ area, endpoint, file, p95, errors, measured }) =>
      tableRow([area, endpoint, file === null ? NOT_MEASURED : code(file, MAX_FILE), p95, errors, measured]),
    ),
    ...leftOutLine(
      lines.filter((line) => !chosen.has(line)),
      project,
    ),
  ].join('\n');
}

function linesOf(
  figures: readonly EndpointFigure[],
  project: ProjectFacts,
  rows: ReadonlyMap<string, WrittenRow>,
  today: string,
): Line[] {
  const declared = project.endpoints.map(({ value }) => value);
  const byDeclaration = new Map<(typeof declared)[number] | undefined, EndpointFigure[]>();
  for (const figure of figures) {
    const called = operationIn(figure.endpoint);
    const key = called === null ? undefined : declarationOf(declared, called);
    byDeclaration.set(key, [...(byDeclaration.get(key) ?? []), figure]);
  }
  const known = declared.map((operation) => {
    const name = `${operation.method} ${operation.path}`;
    const file = operation.location.replace(/:\d+$/, '');
    return lineOf(name, file, slowest(byDeclaration.get(operation) ?? []), rows, today);
  });
  const others = (byDeclaration.get(undefined) ?? []).map((figure) =>
    lineOf(figure.endpoint, null, figure, rows, today),
  );
  return [...new Map([...known, ...others].map((line) => [line.endpoint, line])).values()];
}

/** Of several calls of one operation: the others are no worse. */
function slowest(figures: readonly EndpointFigure[]): EndpointFigure | undefined {
  return figures.toSorted((a, b) => (b.p95Ms ?? Infinity) - (a.p95Ms ?? Infinity))[0];
}

function lineOf(
  name: string,
  file: string | null,
  figure: EndpointFigure | undefined,
  rows: ReadonlyMap<string, WrittenRow>,
  today: string,
): Line {
  const endpoint = code(name, MAX_ENDPOINT);
  const row = writtenRowOf(endpoint, rows);
  const line = { endpoint, area: areaOf(name.slice(name.indexOf(' ') + 1)), file };
  return { ...line, ...cellsOf(figure, row, today) };
}

function writtenRowOf(endpoint: string, rows: ReadonlyMap<string, WrittenRow>): WrittenRow | undefined {
  return [...rows.values()].find(({ cells }) => cells[ENDPOINT_CELLS.endpoint] === endpoint);
}

function cellsOf(
  figure: EndpointFigure | undefined,
  row: WrittenRow | undefined,
  today: string,
): Pick<Line, 'p95' | 'errors' | 'measured' | 'isBad'> {
  const cells = row?.cells ?? [];
  const before = {
    p95: cells[ENDPOINT_CELLS.p95] ?? NOT_MEASURED,
    errors: cells[ENDPOINT_CELLS.errors] ?? NOT_MEASURED,
    measured: cells[ENDPOINT_CELLS.measured] ?? NOT_MEASURED,
  };
  const writtenP95 = figureIn(before.p95);
  const writtenErrors = figureIn(before.errors);
  const writtenOn = dayIn(before.measured);
  if (figure === undefined) {
    // A day that is still to come was typed, not measured.
    const isKept = writtenOn !== null && writtenOn <= today;
    const empty = { p95: NOT_MEASURED, errors: NOT_MEASURED, measured: NOT_MEASURED };
    return { ...(isKept ? before : empty), isBad: isKept && (writtenErrors ?? 0) > 0 };
  }
  const { p95Ms, errorPercent, objectiveMs, measuredOn } = figure;
  const isSlow = (p95: number | null): boolean => p95 !== null && p95 > objectiveMs;
  const isBad = isSlow(p95Ms) || errorPercent > 0;
  const steady =
    (writtenOn ?? '') <= today &&
    isSteady({
      writtenOn,
      measuredOn,
      figures: [
        [writtenP95, p95Ms],
        [writtenErrors, errorPercent],
      ],
      sameSide: isSlow(writtenP95) === isSlow(p95Ms),
    });
  if (steady) return { ...before, isBad };
  return {
    p95: p95Ms === null ? NOT_MEASURED : formatQuantity(p95Ms, 'ms'),
    errors: formatQuantity(errorPercent, '%'),
    measured: measuredOn,
    isBad,
  };
}

/** Bad ones first, then measured ones, then those that are no plumbing; the rest as it comes. */
function byImportance(a: Line, b: Line): number {
  return importance(b) - importance(a);
}

const PLUMBING =
  /\/(?:health|healthz|livez|readyz|ready|live|ping|metrics|docs|openapi|swagger|schema|favicon)/;

function importance({ isBad, measured, endpoint }: Line): number {
  return (isBad ? 4 : 0) + (measured === NOT_MEASURED ? 0 : 2) + (PLUMBING.test(endpoint) ? 0 : 1);
}

function byArea(a: Line, b: Line): number {
  const area = (line: Line): number => ENDPOINT_AREAS.findIndex((name) => name === line.area);
  return area(a) - area(b) || Number(b.isBad) - Number(a.isBad) || importance(b) - importance(a);
}

function leftOutLine(left: readonly Line[], { openapi }: ProjectFacts): string[] {
  if (left.length === 0) return [];
  const files = [...new Set(left.flatMap(({ file }) => (file === null ? [] : [code(file, MAX_FILE)])))];
  const places = [
    ...(openapi === null ? [] : [`the API document ${code(openapi.value, MAX_FILE)}`]),
    ...(files.length === 0 ? [] : [`the code: ${listOf(files, 4)}`]),
    ...(left.some(({ file }) => file === null) ? ['`rearguard health performance-report`'] : []),
  ];
  return ['', `${left.length} more in ${places.join('; ')}`];
}
