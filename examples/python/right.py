# One recompute per expiry in the whole fleet, even if a process dies, freezes, or Redis forgets everything. Judge it:
#   make faults APP='python3 examples/python/right.py' \
#     CLAIM='recomputes<=1 monotonic survives=kill-holder,pause-holder,redis-down,flush'
import json
import os
import re
import sys
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from time import sleep
from urllib.request import urlopen

sys.path.append("/usr/lib/python3/dist-packages")  # Where Debian's python3-redis is.
import redis

NAME, ORIGIN_URL, TTL_MS = os.environ["NAME"], os.environ["ORIGIN_URL"], int(os.environ["TTL_MS"])
LEASE_MS = 2000
ORIGIN_TIMEOUT_MS = 1900  # Less than the lease, which nobody renews.
KEPT_MS = 600_000  # How long the last value is there for a failing origin.
RETRY_MS = 500  # How long that origin is spared.
POLL_MS = 20

# Without Redis each command fails soon.
store = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=1, socket_connect_timeout=1)

# Grants the lease to one process. Each grant has a higher fence than all before: also after Redis lost the last one,
# since it is the time then.
acquire = store.register_script("""
  local value, last, lease, fence = unpack(KEYS)
  local fresh = redis.call('GET', value)
  if fresh then return {'fresh', fresh, ''} end
  if redis.call('EXISTS', lease) == 1 then return {'held', '', ''} end
  local time = redis.call('TIME')
  local previous = tonumber(redis.call('GET', fence) or 0)
  local mine = string.format('%.0f', math.max(previous + 1, time[1] * 1000 + math.floor(time[2] / 1000)))
  redis.call('SET', fence, mine, 'PX', ARGV[2])
  redis.call('SET', lease, mine, 'PX', ARGV[1])
  return {'granted', redis.call('GET', last) or '', mine}""")

# Writes only under the newest fence: a process that froze and lost its lease overwrites nothing newer.
commit = store.register_script("""
  local value, last, lease, fence = unpack(KEYS)
  if redis.call('GET', fence) ~= ARGV[1] then return 0 end
  redis.call('SET', value, ARGV[2], 'PX', ARGV[3])
  redis.call('SET', last, ARGV[2], 'PX', ARGV[4])
  redis.call('DEL', lease)
  return 1""")

fills, fills_lock = {}, Lock()


def keys_of(key):
    return [f"{{{key}}}:{part}" for part in ("value", "last", "lease", "fence")]


def get(key):
    try:
        fresh = store.get(keys_of(key)[0])
        if fresh:
            return fresh
    except redis.RedisError:
        pass
    # Everybody in this process waits for the same fill.
    with fills_lock:
        leads = key not in fills
        shared = fills.setdefault(key, Future())
    if leads:
        try:
            shared.set_result(fill(key))
        except Exception as error:
            shared.set_exception(error)
        finally:
            del fills[key]
    return shared.result()


def fill(key):
    while True:
        try:
            state, last, fence = acquire(keys_of(key), [LEASE_MS, KEPT_MS])
        except redis.RedisError:
            return recompute(key)  # This process does without Redis.
        if state == b"fresh":
            return last
        if state == b"held":
            sleep(POLL_MS / 1000)
            continue
        try:
            value, ttl_ms = recompute(key, last), TTL_MS
        except OSError:
            if not last:
                raise
            value, ttl_ms = last, RETRY_MS
        try:
            accepted = commit(keys_of(key), [fence, value, ttl_ms, KEPT_MS])
        except redis.RedisError:
            accepted = True
        if accepted:
            return value
        # Somebody else was granted the lease meanwhile: what they make is newer.


def recompute(key, last=None):
    replaces = f"&replaces={json.loads(last)['version']}" if last else ""
    url = f"{ORIGIN_URL}/recompute/{key}?by={NAME}{replaces}"
    with urlopen(url, timeout=ORIGIN_TIMEOUT_MS / 1000) as answer:
        return answer.read()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # Connections stay open.
    wbufsize = -1  # Each answer goes out in one piece.

    def do_GET(self):
        asked = re.fullmatch(r"/keys/([\w.:-]+)", self.path)
        try:
            self.respond(200, get(asked[1])) if asked else self.respond(404, b"type: /keys/KEY")
        except OSError as error:
            self.respond(502, str(error).encode())

    def respond(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 1024  # Many clients connect at once.


Server((os.environ.get("HOST", "127.0.0.1"), int(os.environ["PORT"])), Handler).serve_forever()
