import { counted } from '../../core/counted.ts';
import { type FindingDraft, findingFingerprint, findingId } from '../../core/finding.ts';
import type { Insight } from '../../core/insight.ts';
import { quoteForeign } from '../../core/text.ts';
import type { ExplainedIncident } from './analyze/assess.ts';
import type { LogWindow } from './analyze/model.ts';
import { ALIAS, RULES } from './rules.ts';

const MAX_NAMED = 3;
/** More than this is no order of work. */
const MAX_INSIGHTS = 5;
const MAX_TITLE = 90;
const MAX_LINKED = 10;

/** What to do first: each incident once, by its best explanation; then what keeps happening, most frequent first. */
export function insightsOf(
  incidents: readonly ExplainedIncident[],
  findings: readonly FindingDraft[],
  window: LogWindow,
): Insight[] {
  const titles = new Map(window.groups.map(({ id, title }) => [id, title]));
  const ofGroup = new Map(findings.map((finding) => [finding.subject.name, finding]));
  const ofIncidents = incidents.flatMap(({ incident, cause }) => {
    const about = incident.detections.flatMap(({ group }) => ofGroup.get(group) ?? []);
    const [best] = cause.candidates;
    const [first] = about;
    if (first === undefined || first.rule === RULES.disappearedError.id) return [];
    return [
      {
        action: best === undefined ? 'Look at what is new' : `Look first at: ${best.title}`,
        because: `${named(about.map(({ subject }) => titles.get(subject.name) ?? subject.name))}${best === undefined ? '; no cause is supported by what was read' : `; ${best.evidence[0] ?? best.counterCheck}`}`,
        about,
      },
    ];
  });
  const frequent = findings.filter(({ rule }) => rule === RULES.frequentError.id);
  const all = [
    ...ofIncidents,
    ...(frequent.length === 0
      ? []
      : [
          {
            action: `Mend or ignore ${counted(frequent.length, 'error that keeps', 'errors that keep')} happening`,
            because: named(frequent.map(({ subject }) => titles.get(subject.name) ?? subject.name)),
            about: frequent,
          },
        ]),
  ];
  return all.slice(0, MAX_INSIGHTS).map(({ action, because, about }, index) => ({
    priority: index + 1,
    action,
    because,
    ...(about[0]?.impact === undefined ? {} : { worth: about[0].impact.summary }),
    findings: about
      .slice(0, MAX_LINKED)
      .map(({ rule, subject }) => findingId(ALIAS, findingFingerprint(rule, subject))),
  }));
}

function named(titles: readonly string[]): string {
  const shown = [...new Set(titles)]
    .slice(0, MAX_NAMED)
    .map((title) => quoteForeign(title, MAX_TITLE))
    .join('; ');
  return titles.length > MAX_NAMED ? `${shown} and ${titles.length - MAX_NAMED} more` : shown;
}
