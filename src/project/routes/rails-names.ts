/** How Rails and Laravel make one of many: the rules that names of resources meet, the first that fits decides. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/^(.*_)?(news|series|species|information|equipment|feedback|metadata)$/, '$&'],
  [/people$/, 'person'],
  [/children$/, 'child'],
  [/media$/, 'medium'],
  [/data$/, 'datum'],
  [/movies$/, 'movie'],
  [/(alias|status|bus)es$/, '$1'],
  [/(vert|ind)ices$/, '$1ex'],
  [/(matr)ices$/, '$1ix'],
  [/(analy|diagno|ba|paren?the|synop)ses$/, '$1sis'],
  [/(quiz)zes$/, '$1'],
  [/([^aeiouy]|qu)ies$/, '$1y'],
  [/([lr])ves$/, '$1f'],
  [/(x|ch|ss|sh|o)es$/, '$1'],
  [/(ss|us|is)$/, '$1'],
  [/s$/, ''],
];

/** `varieties` is `variety`. */
export function singular(name: string): string {
  const rule = RULES.find(([pattern]) => pattern.test(name));
  return rule === undefined ? name : name.replace(rule[0], rule[1]);
}
