import { createConsole } from './console.ts';
import { createDesktop } from './desktop.ts';
import { createDiscord } from './discord.ts';
import { createGithub } from './github.ts';
import type { Notifier, NotifierDeps, NotifierKind, PlainNotifierSettings, SettingsOf } from './notifier.ts';
import { createOpsgenie } from './opsgenie.ts';
import { createPagerduty } from './pagerduty.ts';
import { createSlack } from './slack.ts';
import { createTeams } from './teams.ts';
import { createTelegram } from './telegram.ts';
import { createWebhook } from './webhook.ts';

/** One sender per kind; a new kind is a file and a line here. */
const SENDERS: {
  [Kind in NotifierKind]: (settings: SettingsOf<Kind>, deps: NotifierDeps) => Notifier | Promise<Notifier>;
} = {
  slack: createSlack,
  discord: createDiscord,
  teams: createTeams,
  telegram: createTelegram,
  // The SMTP client loads only where mail is sent.
  email: async (settings, deps) => (await import('./email.ts')).createEmail(settings, deps),
  pagerduty: createPagerduty,
  opsgenie: createOpsgenie,
  webhook: createWebhook,
  github: createGithub,
  desktop: (_, deps) => createDesktop(deps),
  console: (_, deps) => createConsole(deps),
};

export async function createNotifier(settings: PlainNotifierSettings, deps: NotifierDeps): Promise<Notifier> {
  const create = SENDERS[settings.kind] as (
    settings: PlainNotifierSettings,
    deps: NotifierDeps,
  ) => Notifier | Promise<Notifier>;
  return create(settings, deps);
}
