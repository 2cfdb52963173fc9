/** The first form of a page that asks for a password, else the first one: where it goes and what it sends by itself. Null where there is none. */
export function loginForm(html: string): { action: string | null; hidden: Record<string, string> } | null {
  const forms = [...html.matchAll(/<form\b([^>]*)>([^]*?)(?:<\/form>|$)/gi)];
  const form = forms.find(([, , body = '']) => asksForPassword(body)) ?? forms[0];
  if (form === undefined) return null;
  const [, attributes = '', body = ''] = form;
  const hidden: Record<string, string> = {};
  for (const [, input = ''] of body.matchAll(/<input\b([^>]*)>/gi)) {
    const name = attributeOf(input, 'name');
    if (name !== null && attributeOf(input, 'type')?.toLowerCase() === 'hidden') {
      hidden[name] = attributeOf(input, 'value') ?? '';
    }
  }
  return { action: attributeOf(attributes, 'action'), hidden };
}

export function asksForPassword(html: string): boolean {
  return /<input\b[^>]*type\s*=\s*["']?password/i.test(html);
}

function attributeOf(attributes: string, name: string): string | null {
  const pattern = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i');
  const [, double, single, bare] = pattern.exec(attributes) ?? [];
  const value = double ?? single ?? bare;
  return value === undefined ? null : decodeEntities(value);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal, hex, name: string | undefined) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    },
  );
}
