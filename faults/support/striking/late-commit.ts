import { keysOf } from '../../../backends/redis/keys.ts';
import { askRedis } from '../../../cluster/ask-redis.ts';
import type { Plan, Scene } from '../strike.ts';
import { letGo } from './holder.ts';
import { monitorOf } from './monitor.ts';

const EXECUTED_WITHIN_MS = 5000;

/**
 * Lets go a commit that the relay holds, waits until the store has executed it, and records what the store has then. The
 * victim cannot record it: it is frozen, and on waking it finds its call too late and drops the reply. So the lab watches
 * the store itself.
 */
export async function letCommitThrough(scene: Scene, plan: Plan): Promise<void> {
  const { cluster, settings, until, note } = scene;
  const { entry } = keysOf(settings.key);
  const monitor = await monitorOf(cluster.redis.url, until);
  try {
    let storeAt: number | undefined;
    monitor.on('monitor', (seconds: string, args: readonly string[]) => {
      const isIt = /^eval/i.test(args[0] ?? '') && args.includes(entry) && args.includes(`${plan.fence}`);
      if (isIt) storeAt ??= Number(seconds) * 1000;
    });
    await letGo(scene, plan);
    const executedAt = await until('the late commit', () => storeAt, EXECUTED_WITHIN_MS);
    const [fence, version] = await askRedis(cluster.redis.url, (client) =>
      client.hmget(entry, 'fence', 'version'),
    );
    note('late commit', { storeAt: executedAt, fence: Number(fence ?? 0), version: Number(version ?? 0) });
  } finally {
    monitor.disconnect();
  }
}
