import type { Settings } from '../../record/settings.ts';
import type { CachingProxy, Place } from './caching-proxy.ts';

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** The configuration, with what is to be said of the cache beyond its being there. */
const config = ({ name, host, port, replicas }: Place, caching: readonly string[]) => `\
daemon off;
worker_processes 2;
worker_rlimit_nofile 16384;
pid pid;
error_log stderr warn;
events { worker_connections 8192; }
http {
  access_log off;
${TEMPORARY.map((kind) => `  ${kind}_temp_path temporary-${kind};`).join('\n')}
  proxy_cache_path cache keys_zone=answers:1m use_temp_path=off;
  upstream replicas {
${replicas.map((replica) => `    server ${replica.host}:${replica.port};`).join('\n')}
    keepalive 256;
  }
  map $upstream_cache_status $how {
    HIT hit;
    UPDATING "hit; detail=stale";
    STALE "hit; detail=stale";
    EXPIRED fwd=stale;
    default fwd=miss;
  }
  server {
    listen ${host}:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_cache answers;
      proxy_cache_key $request_uri;
${caching.map((line) => `      ${line};`).join('\n')}
      proxy_hide_header Cache-Status;
      add_header Cache-Status "$upstream_http_cache_status, ${name}; $how" always;
    }
  }
}
`;

const SHARED = {
  executable: 'nginx',
  package: 'nginx',
  image: 'NGINX_IMAGE',
  command: () => 'nginx -p ./ -e stderr -c config',
  ignoresAge: true,
} as const;

/**
 * nginx as it is of use at an expiry: `proxy_cache_lock` is for what is not in the cache yet, and `use_stale updating` for
 * what is there and past its time. With grace the one that fetches does not wait for it either.
 */
export const nginx: CachingProxy = {
  ...SHARED,
  name: 'nginx',
  summary: 'proxy_cache_lock on, and proxy_cache_use_stale updating',
  config: (place: Place, { proxyGraceMs }: Pick<Settings, 'proxyGraceMs'>) =>
    config(place, [
      'proxy_cache_lock on',
      'proxy_cache_use_stale updating',
      ...(proxyGraceMs > 0 ? ['proxy_cache_background_update on'] : []),
    ]),
  waits: 'winner',
  staleWhileRevalidate: true,
};

/** The lock by itself, as it is often taken for the whole cure. */
export const nginxLock: CachingProxy = {
  ...SHARED,
  name: 'nginx-lock',
  summary: 'proxy_cache_lock on, and nothing else: a trap',
  config: (place: Place) => config(place, ['proxy_cache_lock on']),
  waits: 'everyone',
  staleWhileRevalidate: false,
};
