import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const fileNamed = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));

export interface Targets {
  /** host:port of each replica. */
  readonly app: readonly string[];
  readonly origin: readonly string[];
}

/**
 * The lab's prometheus.yml for a cluster without DNS: the intervals, jobs and rules are the same, and only where the
 * targets come from is replaced.
 */
export function localConfig(targets: Targets): string {
  const shared = readFileSync(fileNamed('prometheus.yml'), 'utf8');
  const [before = ''] = shared.split(/^scrape_configs:$/m);
  const jobs = Object.entries(targets).map(([job, addresses]) => ({
    job_name: job,
    static_configs: [{ targets: addresses }],
  }));
  return [
    before.replace('[rules.yml]', JSON.stringify([fileNamed('rules.yml')])),
    'scrape_configs: ',
    JSON.stringify(jobs),
  ].join('');
}
