#!/bin/sh
# Makes sure of Debian's Redis client for Python, which the examples in Python use; else from apt: see apt-servers.sh.
set -eu
python3 -c 'import redis' 2>/dev/null && exit 0
[ -e /usr/lib/python3/dist-packages/redis ] && exit 0
exec "${0%/*}/apt-servers.sh" --missing \
  'there is no Redis client for Python. Type: apt-get install python3-redis, or pip install redis' python3-redis
