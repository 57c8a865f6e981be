"""Someone's browser on a hub, without a screen: log in, start a server, ask it."""

from __future__ import annotations

import time
from typing import Any

import requests

SECONDS = 300.0


class Visitor:
    """One person, logged in at the hub under `address`."""

    def __init__(self, address: str, name: str, password: str) -> None:
        self.address, self.name = address, name
        self.session = requests.Session()
        self.session.get(f"{address}/hub/login", timeout=SECONDS).raise_for_status()
        answer = self.session.post(
            f"{address}/hub/login",
            params={"next": "/hub/home"},
            data={"username": name, "password": password, "_xsrf": self._xsrf("/hub/")},
            timeout=SECONDS,
        )
        answer.raise_for_status()
        if "/hub/home" not in answer.url:
            raise PermissionError(f"the hub does not let {name} in")

    def start(self) -> None:
        """Start one's own server and enter it."""
        begun = time.monotonic()
        self.session.get(f"{self.address}/hub/spawn/{self.name}", timeout=SECONDS)
        while time.monotonic() - begun < SECONDS:
            answer = self.session.get(self.own("lab"), timeout=SECONDS)
            if answer.ok and answer.url.startswith(self.own("")):
                return
            time.sleep(0.5)
        raise TimeoutError(f"the server of {self.name} did not start")

    def own(self, path: str) -> str:
        return f"{self.address}/user/{self.name}/{path}"

    def get(self, path: str) -> requests.Response:
        """Ask the own server."""
        return self.session.get(self.own(path), timeout=SECONDS)

    def post(self, path: str, data: Any) -> requests.Response:
        """Ask the own server to do something, as JupyterLab does."""
        headers = {"X-XSRFToken": self._xsrf(f"/user/{self.name}/")}
        return self.session.post(
            self.own(path), json=data, headers=headers, timeout=SECONDS
        )

    def _xsrf(self, path: str) -> str:
        return self.session.cookies.get("_xsrf", path=path) or ""
