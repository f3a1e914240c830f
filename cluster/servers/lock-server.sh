#!/bin/sh
# lock-server.sh (postgres|mariadb|memcached) PORT: becomes that server, with nothing in it, on loopback or where HOST
# says. As root it becomes nobody first: PostgreSQL insists. Its folder is removed once it is gone, however it went.
set -eu
kind=$1 port=$2 host=${HOST:-127.0.0.1}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
PATH=$PATH:/usr/sbin${bin:+:$bin}
folder=$(mktemp -d "${TMPDIR:-/tmp}/dogpile-$kind.XXXXXX")
tail -s 0.2 --pid=$$ -f /dev/null >/dev/null 2>&1 && rm -rf "$folder" &
as=
if [ "$(id -u)" = 0 ]; then
  chown nobody "$folder"
  as='setpriv --reuid=nobody --regid=nogroup --clear-groups'
fi
cd "$folder"
case $kind in
  postgres)
    $as initdb -D "$folder/data" -U lab -A trust --no-sync --no-locale -E UTF8 >"$folder/initdb.log" 2>&1 ||
      { cat "$folder/initdb.log"; exit 1; }
    echo 'host all all all trust' >>"$folder/data/pg_hba.conf"
    # Nothing here is worth a sync.
    exec $as postgres -D "$folder/data" -h "$host" -p "$port" -k "$folder" -c fsync=off -c shared_buffers=16MB \
      -c autovacuum=off -c max_wal_senders=0 -c wal_level=minimal
    ;;
  mariadb)
    # Locks need no tables, and nobody to be known. One that starts removes the temporary tables of others in its tmpdir.
    $as mkdir "$folder/data" "$folder/tmp"
    exec $as mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" --bind-address="$host" \
      --port="$port" --pid-file="$folder/pid" --tmpdir="$folder/tmp" --skip-grant-tables --skip-networking=0 --innodb=OFF --default-storage-engine=MyISAM
    ;;
  memcached)
    exec $as memcached -l "$host" -p "$port" -m "${MEMCACHED_MB:-16}"
    ;;
esac
