# The usual cache, which a dogpile gets through: whoever misses recomputes. Judge it:
#   make herd APP='python3 examples/python/naive.py' RATE=200
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

sys.path.append("/usr/lib/python3/dist-packages")  # Where Debian's python3-redis is.
import redis

NAME, ORIGIN_URL, TTL_MS = os.environ["NAME"], os.environ["ORIGIN_URL"], int(os.environ["TTL_MS"])
store = redis.Redis.from_url(os.environ["REDIS_URL"])


def get(key):
    cached = store.get(key)
    if cached:
        return cached
    value = recompute(key)
    store.set(key, value, px=TTL_MS)
    return value


def recompute(key):
    with urlopen(f"{ORIGIN_URL}/recompute/{key}?by={NAME}") as answer:
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
