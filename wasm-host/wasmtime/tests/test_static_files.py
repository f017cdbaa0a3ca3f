"""Static files beside the module's routes."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from martlet_host.app import create_app
from martlet_host.facts import Policy
from martlet_host.publication import Publication


@pytest.fixture
def shop(folder, fault_module, tmp_path_factory):
    """Asks a host with two folders of files, one request."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    (first / "index.html").write_text("<h1>Shop</h1>")
    (first / "app.js").write_text("first")
    (second / "app.js").write_text("second")
    (second / "shop").mkdir()
    (second / "shop" / "products.json").write_text("[]")
    (first.parent / "secret").write_text("secret")
    snapshots = folder.publish()

    def ask(method: str, path: str, **more: object) -> httpx.Response:
        async def once() -> httpx.Response:
            publication = Publication(fault_module, snapshots, 1 << 20, poll_s=3600)
            app = create_app(publication, Policy(), [first, second])
            async with app.router.lifespan_context(app):
                transport = httpx.ASGITransport(app=app)
                async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
                    return await client.request(method, path, **more)

        return asyncio.run(once())

    return ask


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("/", "<h1>Shop</h1>", "text/html"),
        ("/?product=1", "<h1>Shop</h1>", "text/html"),
        ("/app.js", "first", "text/javascript"),
        ("/shop/products.json", "[]", "application/json"),
    ],
)
def test_files_are_served_from_the_first_folder_that_has_them(shop, path, text, kind):
    response = shop("GET", path)
    assert (response.status_code, response.text) == (200, text)
    assert response.headers["content-type"].startswith(kind)
    assert response.headers["cache-control"] == "no-cache"
    again = shop("GET", path, headers={"if-none-match": response.headers["etag"]})
    assert again.status_code == 304


def test_what_is_no_file_is_the_modules(shop):
    assert shop("GET", "/visits").text == "A"
    assert shop("POST", "/echo/app.js", content=b"x").content.endswith(b"x")
    assert shop("POST", "/app.js").text != "first"
    assert shop("GET", "/shop").text != "[]"


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/shop/../../secret"])
def test_nothing_outside_of_the_folders_is_served(shop, path):
    assert shop("GET", path).text != "secret"
