import type { CachingProxy, Place } from './caching-proxy.ts';

const identifier = (name: string) => name.replaceAll('-', '_');

/**
 * Varnish coalesces by itself: whoever asks for what is being fetched is put on a list and woken by it. It takes its
 * grace from `stale-while-revalidate`.
 */
export const varnish: CachingProxy = {
  name: 'varnish',
  summary: 'request coalescing, on by itself',
  executable: 'varnishd',
  package: 'varnish',
  image: 'VARNISH_IMAGE',
  // Only what the headers say is kept: by itself Varnish keeps for two minutes what says nothing, and all ten seconds longer.
  // In each pool one thread at a time accepts: with its two a herd's connections queued for seconds on a busy machine.
  command: ({ host, port }: Place) =>
    `varnishd -F -j none -n "$PWD" -f "$PWD/config" -T none -a ${host}:${port} -s malloc,16m -l 2m -p default_ttl=0 -p default_grace=0 -p default_keep=0 -p thread_pools=8 -p thread_pool_min=25`,
  config: ({ name, replicas }: Place) => `\
vcl 4.1;
import directors;
${replicas.map((replica) => `backend ${identifier(replica.name)} { .host = "${replica.host}"; .port = "${replica.port}"; }`).join('\n')}
sub vcl_init {
  new fleet = directors.round_robin();
${replicas.map((replica) => `  fleet.add_backend(${identifier(replica.name)});`).join('\n')}
}
sub vcl_recv {
  set req.backend_hint = fleet.backend();
}
sub vcl_deliver {
  if (obj.uncacheable) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", ${name}; fwd=bypass";
  } else if (obj.hits == 0) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", ${name}; fwd=miss; stored";
  } else if (obj.ttl < 0s) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", ${name}; hit; detail=stale";
  } else {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", ${name}; hit";
  }
}
`,
  waits: 'everyone',
  staleWhileRevalidate: true,
  ignoresAge: false,
};
