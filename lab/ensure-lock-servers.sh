#!/bin/sh
# Makes sure of the servers that LEASE_BACKEND may need, named as arguments (postgres mariadb memcached; none: all three):
# on the PATH or where Debian puts them, else from apt where that is possible and allowed. Nothing is left running or
# enabled: the lab starts servers of its own.
set -eu
# Containers bring their own.
case "${RUNTIME:-auto}" in
  compose) exit 0 ;;
  auto) docker version >/dev/null 2>&1 && exit 0 ;;
esac
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
packages=$(echo "$missing" | sed 's/postgres/postgresql/; s/mariadb/mariadb-server-core/')
if [ "${LAB_INSTALL:-1}" != 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing$packages with apt-get (LAB_INSTALL=0 forbids this)"
  log=$(mktemp)
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    # Debian's way to have packages start nothing.
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    trap 'rm -f $policy' EXIT
  fi
  # shellcheck disable=SC2086
  if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } >"$log" 2>&1; then
    rm -f "$log"
    for server in $missing; do
      service=$(echo "$server" | sed 's/postgres/postgresql/')
      if [ -d /run/systemd/system ]; then systemctl disable -q "$service" 2>/dev/null || true; fi
    done
    exit 0
  fi
  echo "apt-get failed: see $log" >&2
fi
echo "dogpile-lab: there is no$missing. Type: apt-get install$packages" >&2
exit 1
