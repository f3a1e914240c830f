import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Settings } from '../../record/settings.ts';
import { proxyNamed } from '../proxies/index.ts';
import { replicaService, type Service } from './services.ts';

/** Writes what each proxy is told into the run's folder. Gives what compose.yaml is told of them. */
export async function prepareProxies(
  settings: Settings,
  services: readonly Service[],
  { folder, images, hostOf, names }: ProxyGround,
): Promise<Record<string, string>> {
  const proxy = proxyNamed(settings.proxy);
  if (!proxy) return {};
  const replicas = names.map((name) => ({ name, host: hostOf(name), port: replicaService(name).port }));
  const places = services.map(({ name, port }) => ({ name, host: '0.0.0.0', port, replicas }));
  for (const place of places)
    await writeFile(join(folder, `${place.name}.conf`), proxy.config(place, settings));
  const pinned = { ...parseEnv(readFileSync(images, 'utf8')), ...process.env };
  return {
    PROXY_IMAGE: pinned[proxy.image] ?? '',
    // Alike but for their names, which are in their configurations.
    PROXY_COMMAND: places[0] ? proxy.command(places[0]) : '',
  };
}

export interface ProxyGround {
  readonly folder: string;
  /** The file that pins the images. */
  readonly images: string;
  /** The replicas, and the one name of each container in the cluster's networks. */
  readonly names: readonly string[];
  hostOf(name: string): string;
}
