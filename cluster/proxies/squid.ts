import type { CachingProxy, Place } from './caching-proxy.ts';

/**
 * Squid as an accelerator, its cache in memory. `collapsed_forwarding` has requests wait for one that is under way; it
 * says `Cache-Status` by itself, and knows no `stale-while-revalidate`.
 */
export const squid: CachingProxy = {
  name: 'squid',
  summary: 'collapsed_forwarding on',
  executable: 'squid',
  package: 'squid',
  image: 'SQUID_IMAGE',
  // -N: one process, in the foreground.
  command: () => 'squid -N -d 1 -f config',
  config: ({ name, host, port, replicas }: Place) => `\
http_port ${host}:${port} accel defaultsite=${name} no-vhost
visible_hostname ${name}
${replicas.map((replica) => `cache_peer ${replica.host} parent ${replica.port} 0 name=${replica.name} originserver round-robin no-query no-digest no-netdb-exchange`).join('\n')}
never_direct allow all
http_access allow all
collapsed_forwarding on
# Only what the headers say is kept, and only in memory.
refresh_pattern . 0 0% 0
cache_mem 16 MB
max_filedescriptors 16384
client_persistent_connections on
server_persistent_connections on
access_log none
cache_log /dev/null
cache_store_log none
pid_filename none
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
`,
  waits: 'everyone',
  staleWhileRevalidate: false,
  ignoresAge: false,
};
