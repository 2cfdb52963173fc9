/** Areas of an API in the order in which the document lists them. */
export const ENDPOINT_AREAS = [
  'Authentication',
  'User management',
  'Core functionality',
  'Admin operations',
] as const;
export type EndpointArea = (typeof ENDPOINT_AREAS)[number];

/** By the words between the slashes: `/api/users/me/password` is about users, `/admin/users` is for admins. */
const WORDS: readonly (readonly [EndpointArea, RegExp])[] = [
  ['Admin operations', /^(?:admin|administration|backoffice|staff|internal|management)$/],
  [
    'Authentication',
    /^(?:auth|authn|oauth2?|login|signin|logout|signout|signup|register|registration|tokens?|sessions?|passwords?|password-reset|reset-password|forgot-password|refresh|verify-email|mfa|2fa|sso|callback)$/,
  ],
  ['User management', /^(?:users?|accounts?|profiles?|me|members?|settings|preferences|customers?)$/],
];

export function areaOf(path: string): EndpointArea {
  const words = (path.split('?')[0] ?? '')
    .toLowerCase()
    .split('/')
    .map((word) => word.replaceAll('_', '-'));
  return WORDS.find(([, pattern]) => words.some((word) => pattern.test(word)))?.[0] ?? 'Core functionality';
}
