"""The API docs pages, from local assets: they work without the internet and load no inline script."""

from __future__ import annotations

import json
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi.encoders import jsonable_encoder
from fastapi.openapi.docs import get_swagger_ui_oauth2_redirect_html, swagger_ui_default_parameters
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
"""
SWAGGER = (
    _HEAD
    + """<link rel="stylesheet" href="{base}/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui" data-openapi="{openapi}" data-csrf="{csrf}" data-options="{options}" data-oauth="{oauth}"></div>
<script src="{base}/assets/swagger-ui-bundle.js"></script>
<script src="{base}/assets/start.js"></script>
</body>
</html>
"""
)
REDOC = (
    _HEAD
    + """</head>
<body>
<redoc spec-url="{openapi}"></redoc>
<script src="{base}/assets/redoc.standalone.js"></script>
</body>
</html>
"""
)

# Sends the CSRF cookie's token along, so that requests made from the docs page pass the check of a session.
START = """(function () {
  "use strict";
  var place = document.getElementById("swagger-ui");
  function cookie(name) {
    var found = document.cookie.split("; ").find(function (part) { return part.indexOf(name + "=") === 0; });
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }
  var options = JSON.parse(place.dataset.options);
  var oauth = JSON.parse(place.dataset.oauth);
  options.url = place.dataset.openapi;
  options.domNode = place;
  options.presets = [SwaggerUIBundle.presets.apis];
  if (options.oauth2RedirectUrl) { options.oauth2RedirectUrl = window.location.origin + options.oauth2RedirectUrl; }
  options.requestInterceptor = function (request) {
    var token = cookie(place.dataset.csrf);
    if (token) { request.headers["X-CSRFToken"] = token; }
    return request;
  };
  window.ui = SwaggerUIBundle(options);
  if (oauth) { window.ui.initOAuth(oauth); }
})();
"""

ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "redoc.standalone.js": "text/javascript",
}
_CACHE = {"cache-control": "public, max-age=86400"}


def asset_folder() -> Path:
    """Return the folder of the installed distribution that holds Swagger UI and ReDoc; it is not imported."""
    spec = find_spec("fastapi_offline")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The API docs pages need the distribution fastapi-offline: pip install fastapi-offline")
    return Path(next(iter(spec.submodule_search_locations))) / "static"


def asset(name: str) -> Response:
    """Return one file of the docs pages; 404 for any other name."""
    if name == "start.js":
        return Response(START, media_type="text/javascript", headers=_CACHE)
    if name in ASSETS:
        return FileResponse(asset_folder() / name, media_type=ASSETS[name], headers=_CACHE)
    return Response("Not Found", status_code=404)


def install(app: Any, template: str, page_url: str, openapi_url: str, csrf_cookie: str) -> None:
    """Add a docs page made from *template*, and its assets, to *app*; it has the application's Swagger UI options."""
    redirect_url = app.swagger_ui_oauth2_redirect_url if template is SWAGGER else None

    async def docs_page(request: Request) -> Response:
        root = request.scope.get("root_path", "").rstrip("/")
        options = {**swagger_ui_default_parameters, "layout": "BaseLayout", **(app.swagger_ui_parameters or {})}
        options.pop("dom_id", None)
        if redirect_url:
            options["oauth2RedirectUrl"] = root + redirect_url
        values = {
            "title": f"{app.title} - API",
            "base": root + page_url,
            "openapi": root + openapi_url,
            "csrf": csrf_cookie,
            "options": json.dumps(jsonable_encoder(options)),
            "oauth": json.dumps(jsonable_encoder(app.swagger_ui_init_oauth)),
        }
        return HTMLResponse(template.format(**{name: escape(value) for name, value in values.items()}))

    async def docs_asset(request: Request) -> Response:
        return asset(request.path_params["name"])

    app.add_route(page_url, docs_page, include_in_schema=False)
    app.add_route(page_url + "/assets/{name}", docs_asset, include_in_schema=False)
    if redirect_url:

        async def oauth2_page(request: Request) -> Response:
            return get_swagger_ui_oauth2_redirect_html()

        app.add_route(redirect_url, oauth2_page, include_in_schema=False)
