#!/bin/sh
# Makes sure of the proxies that PROXY may ask for: on the PATH or where Debian puts them, else from apt: see
# apt-servers.sh. The arguments name their packages (squid nginx varnish); without any, all three.
set -eu
PATH=$PATH:/usr/sbin
missing=
for proxy in ${*:-squid nginx varnish}; do
  case $proxy in
    squid | nginx) command -v "$proxy" ;;
    varnish) command -v varnishd ;;
    *) echo "dogpile-lab: no proxy $proxy. Allowed: squid, nginx, varnish" >&2; exit 64 ;;
  esac >/dev/null || missing="$missing $proxy"
done
[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086
exec "$(dirname "$0")/apt-servers.sh" $missing
