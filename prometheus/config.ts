import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';

export const fileNamed = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Where the project's files are on the web: `.env` says it. Compose reads it there, and an old Prometheus expands no variable. */
const PROJECT_URL = parseEnv(readFileSync(new URL('../.env', import.meta.url), 'utf8')).PROJECT_URL ?? '';

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
  const shared = readFileSync(fileNamed('prometheus.yml'), 'utf8').replace(/\$\{PROJECT_URL\}/, PROJECT_URL);
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
