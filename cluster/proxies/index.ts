import type { CachingProxy } from './caching-proxy.ts';
import { nginx, nginxLock } from './nginx.ts';
import { squid } from './squid.ts';
import { varnish } from './varnish.ts';

/** Every proxy that can stand in front of the replicas. */
export const proxies: readonly CachingProxy[] = [squid, nginx, nginxLock, varnish];

export const proxyNamed = (name: string | null | undefined): CachingProxy | undefined =>
  proxies.find((proxy) => proxy.name === name);
