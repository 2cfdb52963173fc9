/** Hosts that stand in code without anybody depending on them. */

const PLACEHOLDERS =
  /(?:^|\.)(?:example|test|invalid|localhost)$|(?:^|\.)example\.(?:com|org|net|edu)$|(?:^|[.-])(?:your|changeme|placeholder|yourdomain|yourcompany|mydomain|foo)(?=[.-]|$)|^(?:host|hostname|server|domain|ip|address)$/;

/** Namespaces, schemas and licences: names that only look like addresses. */
const NAMES_ONLY =
  /(?:^|\.)(?:w3\.org|json-schema\.org|schema\.org|xmlsoap\.org|xmlns\.com|purl\.org|openxmlformats\.org|oasis-open\.org|spdx\.org|opensource\.org|creativecommons\.org|gnu\.org|ogp\.me|sitemaps\.org|unicode\.org|openapis\.org|swagger\.io|schemastore\.org)$|^schemas?\./;

/** Files for browsers and package registries: builds and pages need them, the running backend does not. */
const DELIVERY =
  /(?:^|\.)(?:jsdelivr\.net|unpkg\.com|cdnjs\.cloudflare\.com|esm\.sh|fonts\.googleapis\.com|fonts\.gstatic\.com|gravatar\.com|shields\.io|registry\.npmjs\.org|registry\.yarnpkg\.com|pypi\.org|rubygems\.org|crates\.io|proxy\.golang\.org|repo\.maven\.apache\.org)$/;

const READING =
  /^(?:docs?|developers?|help|support|wiki|blog|learn|www|status|community|forum|man)\.|(?:^|\.)(?:github\.com|githubusercontent\.com|github\.io|gitlab\.com|bitbucket\.org|stackoverflow\.com|stackexchange\.com|mozilla\.org|wikipedia\.org|wikimedia\.org|npmjs\.com|readthedocs\.io|readthedocs\.org|medium\.com|dev\.to|ietf\.org|rfc-editor\.org|iana\.org|nodejs\.org|python\.org|golang\.org|go\.dev|pkg\.go\.dev|rust-lang\.org|docs\.rs|ruby-doc\.org|php\.net|oracle\.com|apache\.org|microsoft\.com|youtube\.com|youtu\.be|google\.com|goo\.gl|bit\.ly|twitter\.com|x\.com|linkedin\.com|facebook\.com|reddit\.com|tc39\.es|whatwg\.org|ecma-international\.org|can-i-use\.com|caniuse\.com|eslint\.org|typescriptlang\.org)$/;

/** A host that is no real one, or this very machine. */
export function isPlaceholderHost(host: string): boolean {
  return host === 'localhost' || PLACEHOLDERS.test(host);
}

/** Whether a URL with this host in code says nothing about what the backend needs. */
export function isIrrelevantHost(host: string): boolean {
  return isPlaceholderHost(host) || NAMES_ONLY.test(host) || DELIVERY.test(host);
}

/** Pages for people; an API may live there too, but then only the code around it could say so. */
export function isReadingHost(host: string): boolean {
  return READING.test(host);
}

/** A name that is made for programs. */
export function isApiHost(host: string): boolean {
  return /^(?:[\w-]+\.)?(?:api|apis|gateway|hooks|webhooks?|ingest|events)\b/.test(host);
}
