import type { Alert, Condition } from '../../core/alert.ts';
import type { Coverage } from '../../core/coverage.ts';
import type { Finding, Subject } from '../../core/finding.ts';

/** What all monitors say, where the newest word counts: several may look at the same subject. */
export interface Conclusions {
  report(source: string, conclusion: Conclusion, monotonicMs: number): void;
  /** Forgets the others. */
  retain(sources: Iterable<string>): void;
  conditions(): readonly Condition[];
  /** Whether someone came to a verdict after the condition was last seen; asked where it is absent. */
  isDecided(alert: Alert): boolean;
  /** Whether nobody will ever say that all is well: its monitor is gone, or nobody has known the subject for `patienceMs`. */
  isUnwatched(alert: Alert, monotonicMs: number, patienceMs: number): boolean;
}

interface Conclusion {
  findings: readonly Finding[];
  coverage: Coverage;
}

interface Reported {
  /** Ascends with every report of any monitor. */
  sequence: number;
  /** Monotonic; of the monitor's first report. */
  sinceMs: number;
  conditions: readonly Condition[];
  /** By fingerprint, in whatever state. */
  found: ReadonlySet<string>;
  coverage(): CoverageIndex;
}

const OPEN: ReadonlySet<Finding['state']> = new Set(['new', 'ongoing', 'regressed']);
/** Findings that never become alerts are remembered too; past this many those that are gone are forgotten. */
const SIGHTINGS_KEPT = 10_000;

export function createConclusions(): Conclusions {
  const bySource = new Map<string, Reported>();
  /** Sequence of the report that had the condition last, by fingerprint. */
  const sightings = new Map<string, number>();
  let retained: ReadonlySet<string> | undefined;
  let sequence = 0;
  let standing: readonly Condition[] | undefined;

  /** Not those that another monitor has found gone since. */
  function standingConditions(): Condition[] {
    const all = [...bySource.values()];
    return all.flatMap((reported) =>
      reported.conditions.filter(
        (condition) => !all.some((other) => other.sequence > reported.sequence && decides(other, condition)),
      ),
    );
  }

  function forgetSightings(): void {
    const current = new Set(standingConditions().map(({ fingerprint }) => fingerprint));
    for (const fingerprint of sightings.keys()) if (!current.has(fingerprint)) sightings.delete(fingerprint);
  }

  return {
    report(source, { findings, coverage }, monotonicMs) {
      sequence += 1;
      let index: CoverageIndex | undefined;
      const conditions = findings
        .filter(({ state }) => OPEN.has(state))
        .map((finding) => conditionOf(finding, source));
      for (const { fingerprint } of conditions) sightings.set(fingerprint, sequence);
      bySource.set(source, {
        sequence,
        sinceMs: bySource.get(source)?.sinceMs ?? monotonicMs,
        conditions,
        found: new Set(findings.map(({ fingerprint }) => fingerprint)),
        // A conclusion about a thousand subjects comes every few seconds and is seldom asked.
        coverage: () => (index ??= indexCoverage(coverage, findings)),
      });
      standing = undefined;
      if (sightings.size > SIGHTINGS_KEPT) forgetSightings();
    },
    retain(sources) {
      retained = new Set(sources);
      for (const source of bySource.keys()) if (!retained.has(source)) bySource.delete(source);
      standing = undefined;
    },
    conditions: () => (standing ??= standingConditions()),
    isDecided(alert) {
      const seen = sightings.get(alert.fingerprint) ?? 0;
      return [...bySource.values()].some((reported) => reported.sequence > seen && decides(reported, alert));
    },
    isUnwatched({ source, subject }, monotonicMs, patienceMs) {
      if (source === undefined) return false;
      if (retained !== undefined && !retained.has(source)) return true;
      const own = bySource.get(source);
      if (own === undefined || monotonicMs - own.sinceMs <= patienceMs) return false;
      return ![...bySource.values()].some((reported) => knows(reported.coverage(), subject));
    },
  };
}

/** Whether it came to a verdict, and the verdict is that there is nothing to be told. */
function decides(reported: Reported, { fingerprint, rule, subject }: Condition): boolean {
  if (reported.conditions.some((condition) => condition.fingerprint === fingerprint)) return false;
  // What is found in another state is muted or resolved.
  return (
    reported.found.has(fingerprint) || reported.coverage().rules.get(keyOf(subject))?.includes(rule) === true
  );
}

function knows({ anySubject, rules }: CoverageIndex, subject: Subject): boolean {
  return anySubject || rules.has(keyOf(subject));
}

function conditionOf(finding: Finding, source: string): Condition {
  const { id, fingerprint, rule, severity, title, subject, evidence, fix, verify } = finding;
  const advice = fix.steps[0] ?? fix.summary;
  return { id, fingerprint, rule, severity, title, subject, evidence, advice, verify: verify.argv, source };
}

/** Asked again after every report, so it is made of as little as will do. */
interface CoverageIndex {
  /** By subject; every subject that is known is among them. */
  rules: ReadonlyMap<string, readonly string[]>;
  /** It could not look at something it does not name, which may be any. */
  anySubject: boolean;
}

function indexCoverage({ checked, notChecked }: Coverage, findings: readonly Finding[]): CoverageIndex {
  const rules = new Map<string, readonly string[]>();
  const add = (subject: Subject, more: readonly string[]): void => {
    const key = keyOf(subject);
    const known = rules.get(key);
    rules.set(key, known === undefined || known.length === 0 ? more : [...known, ...more]);
  };
  for (const entry of checked) add(entry.subject, entry.rules);
  for (const { subject } of notChecked) if (subject !== undefined) add(subject, []);
  for (const { subject } of findings) add(subject, []);
  return { rules, anySubject: notChecked.some(({ subject }) => subject === undefined) };
}

function keyOf({ kind, name }: Pick<Subject, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}
