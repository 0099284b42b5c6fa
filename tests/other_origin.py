"""A page of another origin, and the ways in which it can try to read what a server on this machine says, or bid it."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path


@contextmanager
def elsewhere(folder: Path) -> Iterator[int]:
    """A server of somebody else's on this machine; gives its port."""
    (folder / "index.html").write_text("<!doctype html><title>elsewhere</title><body></body>")
    handler = partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


ATTACKS = {
    "image": """new Promise(done => {
      const image = new Image(); image.onload = image.onerror = () => done('none'); image.src = asked;
    })""",
    "fetch by GET": "fetch(asked, {mode: 'no-cors'}).then(a => a.text(), String)",
    "simple POST": """fetch(asked, {
      method: 'POST', mode: 'no-cors', body: JSON.stringify({query}), headers: {'content-type': 'text/plain'}
    }).then(a => a.text(), String)""",
    "JSON POST": """fetch(`${url}/graphql`, {
      method: 'POST', body: JSON.stringify({query}), headers: {'content-type': 'application/json'}
    }).then(a => a.text(), String)""",
    "beacon": "String(navigator.sendBeacon(asked, new Blob([JSON.stringify({query})], {type: 'text/plain'})))",
    "websocket": """new Promise(done => {
      const socket = new WebSocket(url.replace('http', 'ws') + '/graphql', 'graphql-ws');
      socket.onopen = () => { socket.send(JSON.stringify({type: 'connection_init'})); };
      socket.onmessage = message => done(message.data);
      socket.onerror = () => done('refused');
    })""",
    "form": """new Promise(done => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      const form = document.body.appendChild(document.createElement('form'));
      frame.name = 'hidden';
      Object.assign(form, {method: 'post', target: 'hidden', enctype: 'text/plain', action: asked});
      const field = form.appendChild(document.createElement('input'));
      field.name = JSON.stringify({query}).slice(0, -1) + ', "x": "'; field.value = '"}';
      form.submit(); setTimeout(() => done('sent'), 2000);
    })""",
    "navigation": "new Promise(done => { window.open(asked); setTimeout(() => done('opened'), 2000); })",
}
WITH = "([url, query]) => { const asked = `${url}/graphql?query=${encodeURIComponent(query)}`; return %s; }"
