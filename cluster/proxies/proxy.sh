#!/bin/sh
# proxy.sh CONFIG COMMAND: becomes COMMAND, a proxy, in a folder of its own with a copy of CONFIG as `config`. As root it
# becomes nobody first. The folder is removed once it is gone, however it went.
set -eu
config=$1 command=$2
PATH=$PATH:/usr/sbin
folder=$(mktemp -d "${TMPDIR:-/tmp}/dogpile-proxy.XXXXXX")
# Not of the proxy's process group, which is ended as one.
(cd / && exec setsid sh -c 'tail -s 0.2 --pid="$1" -f /dev/null; rm -rf "$2"' - $$ "$folder" >/dev/null 2>&1) &
cat <"$config" >"$folder/config"
as=
if [ "$(id -u)" = 0 ]; then
  chown nobody "$folder"
  as='setpriv --reuid=nobody --regid=nogroup --clear-groups'
fi
cd "$folder"
eval "exec $as $command"
