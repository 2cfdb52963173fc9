import type { CommandContext, HttpTarget } from 'rearguard';
import type { Flow, Options } from '../options.ts';

export interface ChosenFlow {
  name: string;
  flow: Flow;
  target: HttpTarget;
}

/** The flows that were asked for, with their targets; `missing` says why one cannot be followed. */
export function chooseFlows(
  ctx: Pick<CommandContext<Options>, 'options' | 'targets'>,
  wanted: string | undefined,
): { chosen: ChosenFlow[]; missing: { name: string; reason: string }[] } {
  const targets = ctx.targets.filter((target): target is HttpTarget => target.kind === 'http');
  const flows = Object.entries(ctx.options.flows).filter(([name]) => wanted === undefined || name === wanted);
  const chosen: ChosenFlow[] = [];
  const missing =
    wanted !== undefined && flows.length === 0
      ? [{ name: wanted, reason: 'the config has no such flow' }]
      : [];
  for (const [name, flow] of flows) {
    const named = targets.filter(({ name: one }) => flow.target === undefined || one === flow.target);
    const [target] = named;
    if (target === undefined) missing.push({ name, reason: 'the config has no such HTTP target' });
    else if (named.length > 1)
      missing.push({ name, reason: 'the config has several targets, and the flow names none' });
    else chosen.push({ name, flow, target });
  }
  return { chosen, missing };
}
