import { isReadingHost } from './hosts.ts';

/** A vendor whose API hosts and status page are public knowledge. */
export interface Vendor {
  name: string;
  /** Host of the API; the first is proposed where only a client library is seen. */
  hosts: readonly string[];
  /** The address that answers programs. */
  statusPage: string;
}

const VENDORS: readonly Vendor[] = [
  { name: 'stripe', hosts: ['api.stripe.com'], statusPage: 'https://www.stripestatus.com' },
  { name: 'sendgrid', hosts: ['api.sendgrid.com'], statusPage: 'https://status.sendgrid.com' },
  { name: 'slack', hosts: ['slack.com', 'hooks.slack.com'], statusPage: 'https://slack-status.com/feed/rss' },
  { name: 'twilio', hosts: ['api.twilio.com'], statusPage: 'https://status.twilio.com' },
  { name: 'github', hosts: ['api.github.com'], statusPage: 'https://www.githubstatus.com' },
  { name: 'openai', hosts: ['api.openai.com'], statusPage: 'https://status.openai.com' },
  { name: 'anthropic', hosts: ['api.anthropic.com'], statusPage: 'https://status.anthropic.com' },
  { name: 'cloudflare', hosts: ['api.cloudflare.com'], statusPage: 'https://www.cloudflarestatus.com' },
  { name: 'mailgun', hosts: ['api.mailgun.net'], statusPage: 'https://status.mailgun.com' },
  { name: 'datadog', hosts: ['api.datadoghq.com'], statusPage: 'https://status.datadoghq.com' },
  { name: 'sentry', hosts: ['sentry.io'], statusPage: 'https://status.sentry.io' },
  { name: 'discord', hosts: ['discord.com'], statusPage: 'https://discordstatus.com' },
  { name: 'digitalocean', hosts: ['api.digitalocean.com'], statusPage: 'https://status.digitalocean.com' },
  {
    name: 'pagerduty',
    hosts: ['events.pagerduty.com', 'api.pagerduty.com'],
    statusPage: 'https://status.pagerduty.com',
  },
  { name: 'postmark', hosts: ['api.postmarkapp.com'], statusPage: 'https://status.postmarkapp.com' },
  { name: 'intercom', hosts: ['api.intercom.io'], statusPage: 'https://www.intercomstatus.com' },
  { name: 'hubspot', hosts: ['api.hubapi.com'], statusPage: 'https://status.hubspot.com' },
  { name: 'cloudinary', hosts: ['api.cloudinary.com'], statusPage: 'https://status.cloudinary.com' },
  { name: 'dropbox', hosts: ['api.dropboxapi.com'], statusPage: 'https://status.dropbox.com' },
];

/** The vendor whose host this is, or is below one of its hosts (`o1.ingest.sentry.io`); its pages for people do not count. */
export function vendorOfHost(host: string): Vendor | undefined {
  return VENDORS.find(({ hosts }) =>
    hosts.some((own) => host === own || (host.endsWith(`.${own}`) && !isReadingHost(host))),
  );
}

const STATUS_HOSTS = new Set(VENDORS.map(({ statusPage }) => new URL(statusPage).host));

/** A page that tells of a dependency is none itself. */
export function isStatusHost(host: string): boolean {
  return STATUS_HOSTS.has(host) || host.startsWith('status.');
}

export function vendorNamed(name: string): Vendor | undefined {
  return VENDORS.find((vendor) => vendor.name === name);
}
