/** How well lines were grouped, as the literature counts it. */
export interface GroupingScore {
  /** Grouping accuracy: share of lines whose group holds exactly the lines of their label (Zhu et al., ICSE-SEIP 2019). */
  ga: number;
  /** F1 of groups: precision over found groups, recall over labels (Jiang et al., ISSTA 2024). */
  fga: number;
  groups: number;
  labels: number;
}

/** `groups` and `labels` of the same lines, in the same order. */
export function scoreGrouping(
  groups: readonly (string | number)[],
  labels: readonly string[],
): GroupingScore {
  const labelsOfGroup = new Map<string | number, Map<string, number>>();
  const sizeOfLabel = new Map<string, number>();
  for (const [line, label] of labels.entries()) {
    const group = groups[line] as string | number;
    const counts = labelsOfGroup.get(group) ?? new Map<string, number>();
    counts.set(label, (counts.get(label) ?? 0) + 1);
    labelsOfGroup.set(group, counts);
    sizeOfLabel.set(label, (sizeOfLabel.get(label) ?? 0) + 1);
  }
  let rightLines = 0;
  let rightGroups = 0;
  for (const counts of labelsOfGroup.values()) {
    const [only, second] = counts;
    if (only === undefined || second !== undefined || sizeOfLabel.get(only[0]) !== only[1]) continue;
    rightLines += only[1];
    rightGroups += 1;
  }
  return {
    ga: rightLines / labels.length,
    fga: (2 * rightGroups) / (labelsOfGroup.size + sizeOfLabel.size),
    groups: labelsOfGroup.size,
    labels: sizeOfLabel.size,
  };
}
