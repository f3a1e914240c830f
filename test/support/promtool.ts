import { spawnSync } from 'node:child_process';

/** What promtool says; throws with it when it is not content. */
export function promtool(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (error)
    throw new Error('there is no promtool. Type: lab/install/ensure-prometheus.sh', { cause: error });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}
