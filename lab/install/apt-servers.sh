#!/bin/sh
# apt-servers.sh [--missing MESSAGE] PACKAGE...: installs servers from apt if it can and may, but starts and enables none:
# the lab starts servers of its own. Otherwise it fails with MESSAGE, which says what to type.
set -eu
missing=
if [ "$1" = --missing ]; then
  missing=$2
  shift 2
fi
if [ "${DOGPILE_INSTALL:-1}" != 0 ] && [ "$(id -u 2>/dev/null)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing $* with apt-get (DOGPILE_INSTALL=0 forbids this)"
  log=$(mktemp)
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    # Tells Debian's packages to start nothing.
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    trap 'rm -f $policy' EXIT
    # Without these, dash dies of a signal and skips the line above.
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
  fi
  if { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
    rm -f "$log"
    if [ -d /run/systemd/system ]; then
      for service; do systemctl disable -q "$service" 2>/dev/null || true; done
    fi
    exit 0
  fi
  echo "apt-get failed: see $log" >&2
fi
echo "dogpile-lab: ${missing:-missing on this machine: $*. Type: apt-get install $*}" >&2
exit 1
