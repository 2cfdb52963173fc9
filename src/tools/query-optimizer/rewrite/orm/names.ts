/** Names of models and relations, as data access layers make them from names of tables and columns. */

/** `public.order_items` -> `order_items` */
export function bareName(table: string): string {
  return table.split('.').at(-1) ?? table;
}

/** `order_items` -> `OrderItems` */
export function pascalCase(name: string): string {
  return words(name).map(capitalised).join('');
}

/** `order_items` -> `orderItems` */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** `OrderItem`, `orderItem` -> `order_item` */
export function snakeCase(name: string): string {
  return words(name).join('_').toLowerCase();
}

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
};

/** Of English names; what follows no rule is left as it is. */
export function singular(name: string): string {
  const irregular = Object.entries(IRREGULAR).find(([many]) => name.toLowerCase().endsWith(many));
  if (irregular !== undefined) return name.slice(0, name.length - irregular[0].length) + irregular[1];
  if (/[^aeiou]ies$/i.test(name)) return `${name.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh|z)es$/i.test(name)) return name.slice(0, -2);
  return /[^su]s$/i.test(name) ? name.slice(0, -1) : name;
}

export function plural(name: string): string {
  const one = singular(name);
  const irregular = Object.entries(IRREGULAR).find(([, single]) => one.toLowerCase().endsWith(single));
  if (irregular !== undefined) return one.slice(0, one.length - irregular[1].length) + irregular[0];
  if (/[^aeiou]y$/i.test(one)) return `${one.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh|z)$/i.test(one) ? `${one}es` : `${one}s`;
}

/** What a foreign key points to: `customer_id`, `customerId` -> `customer`. */
export function relationName(column: string): string {
  return column.replace(/(?:_id|Id|_uuid)$/, '');
}

function words(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
