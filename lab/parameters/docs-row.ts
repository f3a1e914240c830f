import { SETTINGS } from '../../record/settings.ts';
import { takersOf } from './commands.ts';
import { defaultOf, type Name, type Parameter, rangeOf } from './parameters.ts';

/** Where the docs list what a registry knows. */
const REGISTRY_PAGES: Readonly<Record<string, string>> = {
  STRATEGY: 'strategies.md',
  STRATEGIES: 'strategies.md',
  LEASE_BACKEND: 'leases.md',
  PROXY: 'proxies.md',
  FAULT: 'faults.md',
  ABLATE: 'ablation.md',
  ALERT: 'runbook.md#alerts',
};

/** The row of docs/parameters.md for a parameter. */
export function docsRow(parameter: Parameter): string {
  const { name, about } = parameter;
  const setting = Object.values(SETTINGS).find((candidate) => candidate.name === name);
  const page = REGISTRY_PAGES[name];
  const cells = [
    `\`${name}\``,
    `\`${defaultOf(parameter)}\``,
    // Not the lab's own: how many replicas a machine holds differs.
    page ? `[a name](${page})` : rangeOf(setting ?? parameter),
    about,
    takersOf(name as Name).join(', '),
    setting?.variable ? `\`${setting.variable.name}\`` : '',
  ];
  return `| ${cells.join(' | ')} |`;
}
