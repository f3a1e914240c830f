import type { Settings } from '../../record/settings.ts';

/** Where something listens, or is reached. */
interface NamedAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** Where a proxy stands: its own name, where it listens, and the replicas it balances over. */
export interface Place extends NamedAddress {
  readonly replicas: readonly NamedAddress[];
}

/**
 * A caching proxy that collapses: of many requests for the same thing it forwards one. It tells how each answer came about
 * by a last member of `Cache-Status` (RFC 9211) that bears its name: `hit`, `hit; detail=stale`, or `fwd=…`.
 */
export interface CachingProxy {
  readonly name: string;
  readonly summary: string;
  /** Its executable, the Debian package that brings it, and the variable of .env that names the image that does. */
  readonly executable: 'squid' | 'nginx' | 'varnishd';
  readonly package: string;
  readonly image: 'SQUID_IMAGE' | 'NGINX_IMAGE' | 'VARNISH_IMAGE';
  /** A shell command that becomes it, in the foreground, in a folder of its own where `config` is. */
  command(place: Place): string;
  config(place: Place, settings: Pick<Settings, 'proxyGraceMs'>): string;
  /** Who waits while a value that is past its time is fetched again, where there is no grace. */
  readonly waits: 'everyone' | 'winner';
  /** Serves stale while it revalidates, as told by `stale-while-revalidate` (RFC 5861). */
  readonly staleWhileRevalidate: boolean;
  /** Takes a value for new that was some time in the store already (RFC 9111, 5.1). */
  readonly ignoresAge: boolean;
}
