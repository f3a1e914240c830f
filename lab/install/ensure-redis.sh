#!/bin/sh
# Makes sure of a Redis server: redis-server or valkey-server on the PATH, else from apt: see apt-servers.sh.
set -eu
command -v redis-server >/dev/null || command -v valkey-server >/dev/null && exit 0
exec "${0%/*}/apt-servers.sh" --missing \
  'there is no redis-server or valkey-server. Type: apt-get install redis-server, or brew install redis' redis-server
