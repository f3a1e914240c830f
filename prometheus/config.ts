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

/** The rules, where the configurations below look for them. */
export const RULES = fileNamed('rules.yml');

/** Gives the lab's prometheus.yml for one cluster at known addresses. */
export const localConfig = (targets: Targets): string =>
  configWith(
    Object.entries(targets).map(([job, addresses]) => ({
      job_name: job,
      static_configs: [{ targets: addresses }],
    })),
  );

/** Gives the lab's prometheus.yml for all clusters whose targets lie in a folder. The files label them with their job and run. */
export const discoveringConfig = (folder: string): string =>
  configWith([
    {
      job_name: 'runs',
      // A change is noticed at once where the system tells of changes.
      file_sd_configs: [{ files: [`${folder}/*.json`], refresh_interval: '1s' }],
    },
  ]);

/** The intervals and rules of prometheus.yml, and jobs that find their targets in another way. */
function configWith(jobs: readonly object[]): string {
  const shared = readFileSync(fileNamed('prometheus.yml'), 'utf8').replace(/\$\{PROJECT_URL\}/, PROJECT_URL);
  const [before = ''] = shared.split(/^scrape_configs:$/m);
  return [
    before.replace('[rules.yml]', JSON.stringify([RULES])),
    'scrape_configs: ',
    JSON.stringify(jobs),
  ].join('');
}
