#!/bin/sh
# Makes sure of the servers that LEASE_BACKEND may need, named as arguments (postgres mariadb memcached; none: all three):
# on the PATH or where Debian puts them, else from apt: see apt-servers.sh.
set -eu
has() {
  case $1 in
    postgres) command -v postgres || ls /usr/lib/postgresql/*/bin/postgres ;;
    mariadb) command -v mariadbd || ls /usr/sbin/mariadbd ;;
    memcached) command -v memcached ;;
    *) echo "dogpile-lab: no lock server $1. Allowed: postgres, mariadb, memcached" >&3; exit 64 ;;
  esac 3>&2 >/dev/null 2>&1
}
missing=
for server in ${*:-postgres mariadb memcached}; do has "$server" || missing="$missing $server"; done
[ -n "$missing" ] || exit 0
# The server packages that bring no service along where there are such.
# shellcheck disable=SC2046
exec "$(dirname "$0")/apt-servers.sh" $(echo "$missing" | sed 's/postgres/postgresql/; s/mariadb/mariadb-server-core/')
