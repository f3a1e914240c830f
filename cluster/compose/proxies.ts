import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { setUp } from '../proxies/set-up.ts';
import type { Member } from '../topology.ts';

export interface ProxyGround {
  readonly folder: string;
  /** The file that pins the images. */
  readonly images: string;
  /** `host:port` of a replica in the cluster's networks: of its container alone, not of the service. */
  at(replica: string): string;
}

/** Writes each proxy's configuration into the run's folder. Gives compose.yaml's variables for them. */
export async function prepareProxies(
  proxies: readonly Member[],
  { folder, images, at }: ProxyGround,
): Promise<Record<string, string>> {
  const setUps = proxies.map((proxy) => ({
    file: join(folder, `${proxy.name}.conf`),
    ...setUp(proxy, { host: '0.0.0.0', port: proxy.port }, at),
  }));
  for (const { file, config } of setUps) await writeFile(file, config);
  // Alike but for their names, which are in their configurations.
  const [first] = setUps;
  if (!first) return {};
  const pinned: NodeJS.Dict<string> = { ...parseEnv(readFileSync(images, 'utf8')), ...process.env };
  return { PROXY_IMAGE: pinned[first.image] ?? '', PROXY_COMMAND: first.command };
}
